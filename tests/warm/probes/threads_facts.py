import threading
main = threading.main_thread()
print(main is threading.current_thread(), main.daemon, main.name)
print(threading.active_count(), [thread.name for thread in threading.enumerate()])
print(main.ident == threading.get_ident(), main.native_id == threading.get_native_id())
thread = threading.Thread(target=lambda: print(threading.current_thread().name))
thread.start()
thread.join()
print(threading.stack_size())
import os
print(os.getpid() == threading.get_native_id())
