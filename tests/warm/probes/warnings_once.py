import warnings
def warn(text):
    warnings.warn(text, stacklevel=1)
for _ in range(3):
    warn("only once")
    warn("another")
warnings.warn("old", DeprecationWarning)
warnings.warn("later", PendingDeprecationWarning)
warnings.warn("resource", ResourceWarning)
warnings.warn("future", FutureWarning)
print(sorted(warnings.onceregistry), "__warningregistry__" in globals())
import numpy as np
np.float64(1) / np.float64(0)
import pandas as pd
frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
part = frame[frame["a"] > 1]
part["b"] = 5
open("left open")if False else None
