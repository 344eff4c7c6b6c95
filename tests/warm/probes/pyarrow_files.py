import pandas as pd, pyarrow, pyarrow.parquet
frame = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]})
frame.to_parquet("frame.parquet")
frame.to_csv("frame.csv")
frame.to_excel("frame.xlsx") if False else None
print(pd.read_parquet("frame.parquet"), pyarrow.cpu_count(), pyarrow.io_thread_count(), pyarrow.default_memory_pool().backend_name)
print(pyarrow.compute.sum(pyarrow.array(range(100000)))) if hasattr(pyarrow, "compute") else None
import pyarrow.csv
print(pyarrow.csv.read_csv("frame.csv").to_pandas())
