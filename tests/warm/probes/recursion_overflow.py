import functools, sys
sys.setrecursionlimit(10_000_000)
def through_c(level):
    return functools.reduce(lambda a, b: through_c(level + 1), [1, 2])
print("begins", flush=True)
through_c(0)
