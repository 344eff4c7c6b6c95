import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

data = pd.read_csv("raw/parcels.csv", sep=";", encoding="latin-1")
target = "Delivery hours"
print(data.shape, "| labels unique:", data["Parcel"].is_unique, "| twins:", int(data.drop(columns="Parcel").duplicated().sum()))
print("missing:", data.isna().sum().loc[lambda n: n > 0].to_dict())
print("label number against hours:", round(data["Parcel"].str[1:].astype(int).corr(data[target], method="spearman"), 3))
print("hours:", data[target].describe().round(1).to_dict())
print(data.groupby("Service")[target].agg(["size", "mean"]).round(1).to_dict("index"))

texts = ["District", "Service", "Fragile", "Weekday"]
numbers = ["Weight kg", "Volume l", "Distance km", "Stops"]
columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), texts), (SimpleImputer(), numbers))
folds = KFold(5, shuffle=True, random_state=1)
for model in [DummyRegressor(strategy="median"), Ridge(), RandomForestRegressor(300, random_state=1, n_jobs=1)]:
    scores = -cross_val_score(make_pipeline(columns, model), data[texts + numbers], data[target], cv=folds, scoring="neg_mean_absolute_error")
    print("hours, MAE:", type(model).__name__, round(float(np.mean(scores)), 2))
for column in texts + numbers:
    alone = make_column_transformer((OneHotEncoder(handle_unknown="ignore") if column in texts else SimpleImputer(), [column]))
    model = RandomForestRegressor(200, min_samples_leaf=5, random_state=1, n_jobs=1)
    score = -cross_val_score(make_pipeline(alone, model), data[[column]], data[target], cv=folds, scoring="neg_mean_absolute_error").mean()
    print("  with", column, "alone:", round(float(score), 2))
