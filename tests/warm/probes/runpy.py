import runpy, sys
open("other.py", "w").write("print(__name__, __file__, __spec__)\nimport sys\nprint(sys.argv)")
runpy.run_path("other.py", run_name="__main__")
print(__name__, sys.argv)
