import beside, sys
print(beside.NAME, beside.__file__, beside.__spec__)
print(sys.path)
import importlib.util
print(importlib.util.find_spec("probe"), importlib.util.find_spec("nothing_of_the_kind"))
open("made.py", "w").write("x = 1")
try:
    import made
except ImportError as error:
    print(error)
import __main__
print(__main__.sys is sys)
