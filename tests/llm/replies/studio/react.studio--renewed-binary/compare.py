import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

train = pd.read_csv("public/train.csv")
truth = train["renewed"] == "yes"


def features(data):
    data = data.copy()
    end = pd.Timestamp("2023-11-30")
    data["days_since_last"] = (end - pd.to_datetime(data["last_visit"])).dt.days.fillna(120)
    data["days_a_member"] = (end - pd.to_datetime(data["joined"])).dt.days
    data["early"] = data["visits_september"] + data["visits_october"]
    data["attended"] = data["early"] + data["visits_november"] - data["without_minutes"]
    return data


texts = ["plan", "town", "referred"]
few = ["visits_november", "early", "without_minutes"]
many = [*few, "attended", "days_since_last", "days_a_member", "mean_minutes", "age", "pilates", "rowing", "spinning", "yoga"]
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=5, random_state=0)
for name, numbers, model in [
    ("logistic, few", few, LogisticRegression(max_iter=1000)),
    ("logistic, many", many, LogisticRegression(C=0.3, max_iter=1000)),
    ("forest, many", many, RandomForestClassifier(200, min_samples_leaf=4, random_state=0, n_jobs=1)),
]:
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), texts), (scaled, numbers))
    scores = cross_val_score(make_pipeline(columns, model), features(train), truth, cv=folds, scoring="roc_auc")
    print(f"{name}: {scores.mean():.3f} +- {scores.std():.3f} over folds")
