import signal, time
def heard(number, frame):
    print("alarm")
signal.signal(signal.SIGALRM, heard)
signal.setitimer(signal.ITIMER_REAL, 0.05)
time.sleep(0.3)
signal.setitimer(signal.ITIMER_REAL, 0.05)
signal.signal(signal.SIGALRM, signal.SIG_DFL)
time.sleep(3)
