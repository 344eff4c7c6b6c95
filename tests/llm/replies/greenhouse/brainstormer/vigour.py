import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import KFold, cross_val_predict

data = pd.read_csv("raw/greenhouse.csv")
print(data.groupby("vigour")[["light_hours", "leaf_count"]].describe()[[("light_hours", "min"), ("light_hours", "50%"), ("light_hours", "max"), ("leaf_count", "min"), ("leaf_count", "max")]])

X = pd.get_dummies(data.drop(columns=["plant", "sown", "flowered", "vigour"])).fillna(10)
forest = RandomForestRegressor(200, min_samples_leaf=3, random_state=0, n_jobs=1)
folds = KFold(5, shuffle=True, random_state=0)
for name, columns in {"all": list(X), "light_hours": ["light_hours"], "without leaf_count": [c for c in X if c != "leaf_count"]}.items():
    predicted = cross_val_predict(forest, X[columns], data["vigour"], cv=folds).round().astype(int)
    print(name, round(cohen_kappa_score(data["vigour"], predicted, weights="quadratic"), 3))
