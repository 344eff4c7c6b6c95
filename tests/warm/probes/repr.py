class Thing:
    pass
print(Thing, type, len, {"a": Thing}, range(3), NotImplemented, ...)
