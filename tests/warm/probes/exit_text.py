import sys
print("out", end="")
sys.exit("ended: ä")
