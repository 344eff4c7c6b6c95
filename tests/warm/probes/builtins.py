import builtins
print(sorted(vars(builtins)))
print(builtins._ if hasattr(builtins, "_") else "no _", __debug__, help)
assert False, "asserts are on"
