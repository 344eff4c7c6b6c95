import warnings
warnings.simplefilter("always")
open("/dev/null")
file = open("/dev/null")
print("end")
