import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

data = pd.read_csv("raw/greenhouse.csv")
print(data.groupby("flowered")[["light_hours", "night_temp_c", "soil_ph", "leaf_count", "vigour"]].mean().round(2))
print(pd.crosstab(data["cultivar"], data["flowered"]))
print(data[["light_hours", "leaf_count", "vigour"]].corr(method="spearman").round(2))

late = data["sown"] > data["sown"].sort_values().iloc[round(0.6 * len(data))]
print("sown late:", late.sum(), "flowered:", data.groupby(late)["flowered"].value_counts().to_dict())
print("rows that agree in all but the plant:", data.drop(columns="plant").duplicated().sum())

X = pd.get_dummies(data.drop(columns=["plant", "sown", "flowered"])).fillna(0)
y = data["flowered"] == "yes"
folds = StratifiedKFold(5, shuffle=True, random_state=0)
forest = RandomForestClassifier(200, min_samples_leaf=3, random_state=0, n_jobs=1)
conditions = [name for name in X if name not in ("vigour", "leaf_count")]
for name, columns in {"all": list(X), "without vigour and leaf_count": conditions}.items():
    print(name, cross_val_score(forest, X[columns], y, cv=folds, scoring="roc_auc").mean().round(3))
for column in ["light_hours", "night_temp_c", "leaf_count", "vigour"]:
    print(column, "alone", cross_val_score(forest, X[[column]], y, cv=folds, scoring="roc_auc").mean().round(3))
