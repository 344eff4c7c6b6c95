import subprocess, sys
script = "import sys, os; print(sys.argv, sys.path[0], sys.flags.safe_path, sorted(os.environ)); sys.exit(3)"
done = subprocess.run([sys.executable, "-c", script, "a"], capture_output=True, text=True)
print(done)
