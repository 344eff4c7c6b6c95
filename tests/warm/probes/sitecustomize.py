import sys, importlib.util
for name in ["sitecustomize", "usercustomize", "site"]:
    print(name, name in sys.modules, importlib.util.find_spec(name) is not None)
try:
    import sitecustomize
    print(sitecustomize.__file__)
except ImportError as error:
    print(error)
import site
print(site.ENABLE_USER_SITE, site.getsitepackages())
print(exit, quit, copyright is not None)
