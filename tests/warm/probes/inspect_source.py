import inspect, linecache, sys
def function(a, b=2, *c, d: int = 3) -> "x":
    """Documented."""
    return a  # a comment
class Class:
    attribute = 1
print(inspect.getsource(function), inspect.getsource(Class), inspect.signature(function), inspect.getfile(function))
print(inspect.getmodule(function), inspect.stack()[-1].filename, len(inspect.stack()))
import traceback
try:
    function()
except TypeError:
    traceback.print_exc()
print(traceback.format_stack())
