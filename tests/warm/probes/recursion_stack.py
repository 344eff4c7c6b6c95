import resource, sys
sys.setrecursionlimit(1_000_000)
import functools
def through_c(level):
    return functools.reduce(lambda a, b: through_c(level - 1) if level else 0, [1, 2])
print(through_c(5_000))
print(resource.getrlimit(resource.RLIMIT_STACK))
