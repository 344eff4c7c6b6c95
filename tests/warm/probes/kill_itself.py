import os, signal
print("seen", flush=True)
print("lost")
os.kill(os.getpid(), signal.SIGKILL)
