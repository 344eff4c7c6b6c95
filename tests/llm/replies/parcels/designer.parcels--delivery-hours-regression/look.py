import pandas as pd

raw = open("raw/parcels.csv", "rb").read()
print("first line:", raw.split(b"\n")[0])
print("bytes beyond ASCII:", sorted({hex(byte) for byte in raw if byte > 127}), "| CR:", raw.count(b"\r"), "| quotes:", raw.count(b'"'))
data = pd.read_csv("raw/parcels.csv", sep=";", encoding="cp1252", dtype="str", keep_default_na=False)
print(data.shape, sorted(data["District"].unique()))
print("cells with blanks around:", int(sum((data[c] != data[c].str.strip()).sum() for c in data.columns)))
print("empty:", (data == "").sum().loc[lambda n: n > 0].to_dict())
features = [c for c in data.columns if c not in ("Parcel", "Delivery hours")]
print("rows that agree in every feature:", int(data.duplicated(features, keep=False).sum()))
print("decimals of the target:", data["Delivery hours"].str.partition(".")[2].str.len().value_counts().to_dict())
