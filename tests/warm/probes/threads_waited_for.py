import atexit, threading, time
def work():
    time.sleep(0.2)
    print("thread ends", threading.main_thread().is_alive())
atexit.register(print, "at exit")
threading.Thread(target=work).start()
threading._register_atexit(print, "threading's own")
print("main ends")
