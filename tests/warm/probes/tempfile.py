import os, pathlib, tempfile
print(tempfile.gettempdir(), tempfile.gettempprefix(), pathlib.Path.home(), pathlib.Path("~").expanduser(), os.path.expanduser("~nobody"))
with tempfile.TemporaryDirectory() as folder:
    print(os.path.dirname(folder), oct(os.stat(folder).st_mode))
open("mode", "w").close()
os.mkdir("folder")
print(oct(os.stat("mode").st_mode), oct(os.stat("folder").st_mode), os.stat("mode").st_uid)
kept = tempfile.TemporaryDirectory()
print("kept")
