import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

train = pd.read_csv("public/train.csv")
print(train["triage"].value_counts().sort_index().to_dict())
columns = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["age", "temperature_c", "pulse"]),
    (CountVectorizer(binary=True, token_pattern=r"[^,]+"), "note"),
)
folds = list(GroupKFold(5).split(train, train["triage"], train["patient"]))
models = {f"ridge, alpha={alpha}": Ridge(alpha) for alpha in (1.0, 3.0, 10.0)}
models["forest"] = RandomForestRegressor(400, min_samples_leaf=4, random_state=0, n_jobs=1)
for name, model in models.items():
    predicted = cross_val_predict(make_pipeline(columns, model), train, train["triage"], cv=folds)
    for stretch in (1.0, 1.5):
        grades = np.clip(np.rint(2.8 + stretch * (predicted - 2.8)), 1, 5).astype(int)
        print(name, stretch, round(cohen_kappa_score(train["triage"], grades, weights="quadratic"), 3))
