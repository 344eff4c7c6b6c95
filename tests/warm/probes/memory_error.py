import numpy
try:
    numpy.ones(1 << 40)
except MemoryError as error:
    print(error)
bytearray(1 << 45)
