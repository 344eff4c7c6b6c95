import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

train, test = pd.read_csv("public/train.csv"), pd.read_csv("public/test.csv")
truth = train["Fragile"] == "yes"


def features(data):
    return data.drop(columns=["id", "Fragile"], errors="ignore").assign(Density=data["Weight kg"] / data["Volume l"])


texts = ["District", "Service", "Weekday"]
numbers = ["Weight kg", "Volume l", "Density", "Distance km", "Stops"]
scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), texts), (scaled, numbers))
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=5, random_state=0)
models = {
    "logistic": LogisticRegression(C=0.1, max_iter=1000),
    "forest": RandomForestClassifier(300, min_samples_leaf=5, random_state=0, n_jobs=1),
}
for name, model in models.items():
    scores = cross_val_score(make_pipeline(columns, model), features(train), truth, cv=folds, scoring="roc_auc")
    print(f"{name}: {scores.mean():.3f} (folds from {scores.min():.2f} to {scores.max():.2f})")
model = make_pipeline(columns, models["logistic"]).fit(features(train), truth)
test[["id"]].assign(Fragile=model.predict_proba(features(test))[:, 1].round(4)).to_csv("submission.csv", index=False)
