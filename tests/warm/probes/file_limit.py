import os, resource, signal
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with open("large", "wb", buffering=0) as file:
        file.write(b"x" * 2000)
        file.write(b"x" * 2000)
except OSError as error:
    print(error)
print(os.path.getsize("large"))
