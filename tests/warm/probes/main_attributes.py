import sys
main = sys.modules["__main__"]
for name, value in sorted(vars(main).items()):
    if name not in ("main", "name", "value", "__loader__", "__builtins__"):
        print(name, repr(value))
print(type(__loader__).__name__, __loader__.path, __loader__.name)
print(__builtins__ is sys.modules["builtins"], type(__builtins__).__name__)
print(list(vars(main)))
print(sys.argv, sys.orig_argv, sys.path, sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix)
print(sys.flags)
print(sys._xoptions, sys.warnoptions, sys.dont_write_bytecode, sys.flags.safe_path, sys.pycache_prefix)
print(sys.implementation, sys.version, sys.platform, sys.maxsize, sys.byteorder)
print(sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile())
print(sys.meta_path, sys.path_hooks)
print(sys.float_repr_style, sys.int_info, sys.hash_info, sys.get_int_max_str_digits())
print(sys.stdin, sys.stdout, sys.stderr)
print(sys.__stdout__ is sys.stdout, sys.stdout.line_buffering, sys.stderr.line_buffering, sys.stdout.write_through)
print(sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__, hasattr(sys, "last_value"), hasattr(sys, "ps1"))
frame = sys._getframe()
print(frame.f_back, frame.f_code.co_name, frame.f_code.co_filename, frame.f_globals is vars(main), frame.f_locals is frame.f_globals)
