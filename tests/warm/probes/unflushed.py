import os, sys
file = open("left-open.txt", "w")
file.write("buffered")
sys.stdout.write("no end of line")
sys.stderr.write("neither here")
