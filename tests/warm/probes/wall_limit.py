#: wall_seconds 1
import atexit, time
atexit.register(print, "never")
print("begins", flush=True)
print("buffered")
time.sleep(60)
