import pandas as pd

members = pd.read_csv("raw/members.csv", dtype="str", keep_default_na=False)
visits = pd.read_csv("raw/visits.csv", dtype="str", keep_default_na=False)
print(members.head(3).to_csv(index=False))
print("empty cells:", {c: int((t[c] == "").sum()) for t in (members, visits) for c in t.columns if (t[c] == "").any()})
for column in ["plan", "town", "referred", "renewed"]:
    print(column, members[column].value_counts().to_dict())
print("age", members["age"].astype(int).min(), "to", members["age"].astype(int).max())
print("visits by month", visits["day"].str[:7].value_counts().sort_index().to_dict())
