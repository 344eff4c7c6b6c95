import os, sys
class Ends:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print(self.name, os is not None, sys.is_finalizing(), flush=True)
        if self.name == "fails":
            raise ValueError("in __del__")
a, b, c = Ends("a"), Ends("b"), Ends("fails")
def keeps():
    return a
table = {"key": Ends("in a table")}
