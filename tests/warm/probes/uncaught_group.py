raise ExceptionGroup("several", [ValueError(1), TypeError("two"), ExceptionGroup("more", [KeyError("k")])])
