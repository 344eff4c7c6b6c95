import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import HuberRegressor, Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

train = pd.read_csv("public/train.csv")
target = "Delivery hours"
print(train.groupby(["Service", "Weekday"])[target].mean().unstack().round(1))


def features(data):
    data = data.copy()
    data["Service and weekday"] = data["Service"] + " " + data["Weekday"]
    return data


texts = ["District", "Service", "Fragile", "Weekday"]
numbers = ["Weight kg", "Volume l", "Distance km", "Stops"]


def columns(texts):
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_column_transformer((OneHotEncoder(handle_unknown="ignore"), texts), (scaled, numbers))


folds = KFold(10, shuffle=True, random_state=0)
for name, chosen, model in [
    ("ridge", texts, Ridge(1.0)),
    ("ridge, service x weekday", [*texts, "Service and weekday"], Ridge(1.0)),
    ("huber, service x weekday", [*texts, "Service and weekday"], HuberRegressor(alpha=1.0, max_iter=1000)),
    ("boosting", texts, GradientBoostingRegressor(n_estimators=300, learning_rate=0.05, max_depth=3, subsample=0.7, random_state=0)),
]:
    scores = -cross_val_score(make_pipeline(columns(chosen), model), features(train), train[target], cv=folds, scoring="neg_mean_absolute_error")
    print(f"{name}: {scores.mean():.3f} +- {scores.std() / np.sqrt(len(scores)):.3f}")
