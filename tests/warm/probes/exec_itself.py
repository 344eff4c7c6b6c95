import os, sys
if len(sys.argv) < 5:
    print("first", flush=True)
    os.execv(sys.executable, [sys.executable, *sys.argv, "again"])
print("second", sys.argv)
