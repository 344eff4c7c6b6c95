import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

train, test = pd.read_csv("public/train.csv"), pd.read_csv("public/test.csv")
truth = train["renewed"] == "yes"


def features(data):
    return data.assign(early=data["visits_september"] + data["visits_october"])


texts = ["plan", "town", "referred"]
numbers = ["visits_november", "early", "without_minutes"]
columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), texts), (StandardScaler(), numbers))
model = make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(features(train), truth)
submission = test[["id"]].assign(renewed=model.predict_proba(features(test))[:, 1].round(4))
submission.to_csv("submission.csv", index=False)
weights = pd.Series(model[-1].coef_[0], columns.get_feature_names_out())
print(weights.round(2).to_string())
