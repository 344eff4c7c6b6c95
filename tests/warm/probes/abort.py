import os, sys
print("lost", flush=True)
os.abort()
