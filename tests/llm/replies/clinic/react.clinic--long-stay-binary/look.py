import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

train = pd.read_csv("public/train.csv")
answers = (train["long_stay"] == "yes").astype(int)
print(train.shape, round(answers.mean(), 3), train["patient"].nunique())
columns = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["age", "triage", "temperature_c", "pulse"]),
    (OneHotEncoder(handle_unknown="ignore"), ["ward"]),
    (CountVectorizer(binary=True, token_pattern=r"[^,]+"), "note"),
)
folds = list(GroupKFold(5).split(train, answers, train["patient"]))
models = {f"logistic, C={c}": LogisticRegression(C=c, max_iter=1000) for c in (0.1, 0.3, 1.0)}
models["forest"] = RandomForestClassifier(400, min_samples_leaf=5, random_state=0, n_jobs=1)
for name, model in models.items():
    chances = cross_val_predict(make_pipeline(columns, model), train, answers, cv=folds, method="predict_proba")[:, 1]
    print(name, round(roc_auc_score(answers, chances), 3))
