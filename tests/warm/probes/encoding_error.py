import sys
sys.stdout.reconfigure(encoding="ascii")
print("ascii")
print("ä")
