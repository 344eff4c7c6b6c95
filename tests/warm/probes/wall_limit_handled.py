#: wall_seconds 1
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to end"))
print("begins")
time.sleep(60)
