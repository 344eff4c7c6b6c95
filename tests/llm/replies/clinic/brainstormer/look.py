import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold, cross_val_score

data = pd.read_csv("raw/clinic.csv", parse_dates=["arrived", "left"])
days = (data["left"] - data["arrived"]).dt.days
print("days:", days.value_counts().sort_index().to_dict())
print("stays of a patient:", data["patient"].value_counts().value_counts().to_dict())
print("gaps:", data.isna().sum()[lambda gaps: gaps > 0].to_dict())
complaint = data["note"].str.split(", ").str[0]
print(days.groupby(complaint).agg(["mean", "count"]).round(1))
for column in ["ward", "triage"]:
    print(days.groupby(data[column]).agg(["mean", "count"]).round(1))

X = pd.get_dummies(data[["ward", "note"]])
X[["age", "triage", "temperature_c", "pulse"]] = data[["age", "triage", "temperature_c", "pulse"]].fillna(data[["temperature_c", "pulse"]].median())
forest = RandomForestClassifier(200, min_samples_leaf=3, random_state=0, n_jobs=1)
for least in (4, 5, 6, 7):
    long = days >= least
    score = cross_val_score(forest, X, long, groups=data["patient"], cv=GroupKFold(5), scoring="roc_auc").mean()
    print(f"{least} days or more: {long.mean():.2f} of stays, AUC {score:.3f} for new patients")
