import os, subprocess
os.environ["ADDED"] = "1"
os.environ.pop("HOME", None)
text = subprocess.run(["/bin/sh", "-c", "/proc/self/exe env 2>/dev/null; set"], capture_output=True, text=True).stdout
print(sorted(line for line in text.splitlines() if not line.startswith(("_=", "PPID"))))
