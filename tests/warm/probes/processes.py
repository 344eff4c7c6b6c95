import os
for name in sorted((name for name in os.listdir("/proc") if name.isdigit()), key=int):
    print(name, open(f"/proc/{name}/comm").read().strip())
