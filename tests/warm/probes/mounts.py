import re
for line in open("/proc/self/mountinfo"):
    fields = line.split()
    print(fields[4], fields[5], fields[fields.index("-") + 1])
