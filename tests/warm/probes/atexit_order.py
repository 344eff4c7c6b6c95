import atexit, sys
class Ends:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print("del", self.name)
def fails():
    raise ValueError("at exit")
atexit.register(print, "first registered")
atexit.register(fails)
atexit.register(lambda: atexit.register(print, "registered at exit"))
atexit.register(print, "last registered")
_private = Ends("private")
public = Ends("public")
sys.kept = Ends("in sys")
cycle = Ends("in a cycle")
cycle.itself = cycle
print("end")
