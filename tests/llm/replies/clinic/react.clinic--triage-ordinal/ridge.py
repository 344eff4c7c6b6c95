import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

train, test = pd.read_csv("public/train.csv"), pd.read_csv("public/test.csv")
columns = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["age", "temperature_c", "pulse"]),
    (CountVectorizer(binary=True, token_pattern=r"[^,]+"), "note"),
)
model = make_pipeline(columns, Ridge(3.0)).fit(train, train["triage"])
mean = train["triage"].mean()
# Predictions are drawn to the mean; the metric pays for spreading them again.
grades = np.clip(np.rint(mean + 1.5 * (model.predict(test) - mean)), 1, 5).astype(int)
test[["id"]].assign(triage=grades).to_csv("submission.csv", index=False)
