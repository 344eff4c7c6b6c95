import sys
for number in range(20000):
    print(number)
sys.stderr.write("x" * 200_000)
