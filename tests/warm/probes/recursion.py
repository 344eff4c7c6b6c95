def deeper(level):
    return deeper(level + 1)
try:
    deeper(0)
except RecursionError as error:
    print(error)
import sys
def depth():
    frame, count = sys._getframe(), 0
    while frame:
        frame, count = frame.f_back, count + 1
    return count
print("frames", depth())
most = 0
def count(level):
    global most
    most = level
    count(level + 1)
try:
    count(0)
except RecursionError:
    print("deepest", most)
deeper(0)
