# Prints what the public files look like: rows, columns, types, missing cells, distinct values.
import pandas as pd

for name in ("train", "test"):
    table = pd.read_csv(f"public/{name}.csv", low_memory=False)
    print(f"{name}: {len(table)} rows, {len(table.columns)} columns")
    if name == "train":
        for column in table.columns[:40]:
            cells = table[column]
            print(f"  {column}: {cells.dtype}, {cells.nunique()} distinct, {cells.isna().mean():.1%} missing")
