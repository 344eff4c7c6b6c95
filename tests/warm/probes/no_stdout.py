import sys
print("x")
sys.stdout = None
print("unseen")
