import os
for name in sorted(os.listdir("/proc/self/fd"), key=int):
    try:
        target = os.readlink(f"/proc/self/fd/{name}").split("[")[0].split("(")[0].split(":")[0]
        flags = next(line.split()[1] for line in open(f"/proc/self/fdinfo/{name}") if line.startswith("flags"))
        print(name, target, flags, os.get_inheritable(int(name)))
    except OSError as error:
        print(name, error.errno)
print(os.open("/dev/null", os.O_RDONLY))
import sys
print(sys.stdin.read(), sys.stdin.encoding, sys.stdin.errors)
print([(stream.encoding, stream.errors, stream.newlines, stream.name, stream.mode, stream.isatty()) for stream in (sys.stdout, sys.stderr)])
