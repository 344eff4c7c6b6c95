import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

train, test = pd.read_csv("public/train.csv"), pd.read_csv("public/test.csv")
numbers = ["light_hours", "night_temp_c", "soil_ph", "leaf_count"]
columns = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
    (OneHotEncoder(handle_unknown="ignore"), ["cultivar", "watering", "bench"]),
)
model = make_pipeline(columns, Ridge(alpha=3.0)).fit(train, train["vigour"])
# Means are drawn to the middle; the metric pays for the ends.
grades = np.clip(np.rint(3 + 1.2 * (model.predict(test) - 3)), 1, 5).astype(int)
test[["id"]].assign(vigour=grades).to_csv("submission.csv", index=False)
