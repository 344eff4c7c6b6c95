import os, signal, sys
def handle(number, frame):
    print("heard", number, frame.f_code.co_name, frame.f_back is None)
    sys.exit(11)
signal.signal(signal.SIGTERM, handle)
os.kill(os.getpid(), signal.SIGTERM)
