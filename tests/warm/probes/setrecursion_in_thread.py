import sys, threading
def deep(level):
    return deep(level - 1) if level else 0
sys.setrecursionlimit(5000)
thread = threading.Thread(target=lambda: print(deep(4000)))
thread.start()
thread.join()
print(deep(4000))
