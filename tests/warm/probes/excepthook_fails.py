import sys
def hook(kind, error, trace):
    raise TypeError("the hook itself")
sys.excepthook = hook
raise ValueError("first")
