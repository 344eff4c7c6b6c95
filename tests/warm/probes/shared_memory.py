from multiprocessing import shared_memory, Lock, Queue
memory = shared_memory.SharedMemory("own", create=True, size=100)
import os
print(os.listdir("/dev/shm"), Lock().acquire())
queue = Queue()
queue.put(1)
print(queue.get())
