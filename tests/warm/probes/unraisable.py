import sys
class Bad:
    def __del__(self):
        raise ValueError("unraisable")
Bad()
print(sys.unraisablehook is sys.__unraisablehook__)
