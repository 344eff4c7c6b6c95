import faulthandler
print(faulthandler.is_enabled())
faulthandler.enable()
import ctypes
def deep():
    ctypes.string_at(0)
deep()
