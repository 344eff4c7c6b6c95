import os, sys
print("before", end=" ")
if os.fork() == 0:
    print("child")
    sys.exit(3)
print("parent", os.wait()[1] >> 8)
