import sys
sys.excepthook = lambda *_: sys.exit(23)
raise ValueError("first")
