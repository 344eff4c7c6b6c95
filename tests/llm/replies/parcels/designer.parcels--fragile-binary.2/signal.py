import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.metrics import roc_auc_score

data = pd.read_csv("raw/parcels.csv", sep=";", encoding="cp1252")
data["Density"] = data["Weight kg"] / data["Volume l"]
texts = ["District", "Service", "Weekday"]
numbers = ["Weight kg", "Volume l", "Density", "Distance km", "Stops"]
scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
columns = make_column_transformer((OneHotEncoder(), texts), (scaled, numbers))
truth = (data["Fragile"] == "yes").to_numpy()
rng = np.random.default_rng(0)
folds = StratifiedKFold(5, shuffle=True, random_state=0)


def auc(model, truth):
    guess = cross_val_predict(make_pipeline(columns, model), data[texts + numbers], truth, cv=folds, method="predict_proba")
    return roc_auc_score(truth, guess[:, 1])


for model in [LogisticRegression(C=0.1, max_iter=1000), RandomForestClassifier(100, min_samples_leaf=5, random_state=0, n_jobs=1)]:
    shuffled = [auc(model, rng.permutation(truth)) for _ in range(10)]
    print(type(model).__name__, "AUC", round(auc(model, truth), 3), "| labels shuffled:", round(min(shuffled), 3), "to", round(max(shuffled), 3))
