import io, sys
sys.stderr = io.StringIO()
print("x")
raise ValueError("kept in memory")
