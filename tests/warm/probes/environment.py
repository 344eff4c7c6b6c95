import os
for name, value in sorted(os.environ.items()):
    print(name, repr(value))
print(sorted(os.environb) == sorted(map(os.fsencode, os.environ)))
