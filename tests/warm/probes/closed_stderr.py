import sys
sys.stderr.close()
print("x")
raise ValueError("unseen")
