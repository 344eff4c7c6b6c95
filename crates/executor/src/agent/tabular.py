# Solves a task of one table by what its metadata says: TASK and MODEL stand above.
import numpy as np
import pandas as pd

# Text with more values than this says little to a model of columns; how often a value occurs still may.
MOST_CATEGORIES = 30

identifier, targets = TASK["data"]["id_column"], TASK["data"]["target_columns"]
columns, prediction = TASK["submission"]["columns"], TASK["submission"]["prediction"]

# Labels and ids stay as they are written; elsewhere only empty cells are missing.
as_text = {name: str for name in [identifier, *targets]}
train = pd.read_csv("public/train.csv", dtype=as_text, keep_default_na=False, na_values=[""], low_memory=False)
test = pd.read_csv("public/test.csv", dtype=as_text, keep_default_na=False, na_values=[""], low_memory=False)
shared = [name for name in test.columns if name in train.columns and name not in as_text]


def features(table):
    made = {}
    for name in shared:
        reference, cells = train[name], table[name]
        if pd.api.types.is_numeric_dtype(reference) and pd.api.types.is_numeric_dtype(test[name]):
            made[name] = pd.to_numeric(cells).astype(float).fillna(reference.median())
            continue
        counts = reference.astype(str).value_counts()
        cells = cells.astype(str)
        if len(counts) <= MOST_CATEGORIES:
            for value in counts.index:
                made[f"{name}={value}"] = (cells == value).astype(float)
        else:
            made[f"{name} count"] = cells.map(counts).fillna(0).astype(float)
            dates = pd.to_datetime(cells, errors="coerce", format="mixed")
            if dates.notna().mean() > 0.9:
                made[f"{name} day"] = dates.dt.dayofyear.fillna(0).astype(float)
                made[f"{name} year"] = dates.dt.year.fillna(0).astype(float)
    if not made:
        made["nothing"] = np.zeros(len(table))
    return pd.DataFrame(made).fillna(0.0)


X, X_test = features(train), features(test)
X.columns = X_test.columns = [f"f{number}" for number in range(X.shape[1])]
center, spread = X.mean(), X.std().replace(0, 1).fillna(1)


def classifier():
    if MODEL == "boosted":
        from lightgbm import LGBMClassifier

        return LGBMClassifier(n_estimators=150, learning_rate=0.05, num_leaves=15, deterministic=True,
                              force_row_wise=True, random_state=0, n_jobs=1, verbose=-1)
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=300)


def regressor():
    if MODEL == "boosted":
        from lightgbm import LGBMRegressor

        return LGBMRegressor(n_estimators=150, learning_rate=0.05, num_leaves=15, deterministic=True,
                             force_row_wise=True, random_state=0, n_jobs=1, verbose=-1)
    from sklearn.linear_model import Ridge

    return Ridge(solver="lsqr", random_state=0)


def inputs(table):
    return table if MODEL == "boosted" else (table - center) / spread


submission = pd.DataFrame({identifier: test[identifier]})
if prediction == "number":
    for column, target in zip(columns[1:], targets):
        truth = pd.to_numeric(train[target])
        # Amounts over orders of magnitude are learnt as logarithms.
        logarithmic = truth.min() >= 0 and truth.skew() > 2
        model = regressor().fit(inputs(X), np.log1p(truth) if logarithmic else truth)
        predicted = model.predict(inputs(X_test))
        predicted = np.expm1(np.clip(predicted, None, 700)) if logarithmic else predicted
        submission[column] = np.clip(predicted, truth.min(), truth.max())
elif prediction == "probability" and len(targets) == 1:
    positive = TASK["submission"]["positive_label"]
    model = classifier().fit(inputs(X), train[targets[0]] == positive)
    submission[columns[1]] = model.predict_proba(inputs(X_test))[:, 1]
elif prediction == "probability":
    for column, target in zip(columns[1:], targets):
        truth = pd.to_numeric(train[target])
        if truth.nunique() < 2:
            submission[column] = float(truth.iloc[0])
        else:
            submission[column] = classifier().fit(inputs(X), truth).predict_proba(inputs(X_test))[:, 1]
elif prediction == "class_probabilities":
    model = classifier().fit(inputs(X), train[targets[0]])
    shares = pd.DataFrame(model.predict_proba(inputs(X_test)), columns=model.classes_)
    for column in columns[1:]:
        submission[column] = shares[column] if column in shares else 1e-6
elif prediction == "label":
    codes, labels = pd.factorize(train[targets[0]], sort=True)
    submission[columns[1]] = labels[classifier().fit(inputs(X), codes).predict(inputs(X_test))]
else:
    # No model of columns writes sets, rankings or texts: the sample is what there is.
    submission = pd.read_csv("public/sample_submission.csv", dtype=str, keep_default_na=False)
submission[columns].to_csv("submission.csv", index=False)
print(f"{MODEL}: {X.shape[1]} features of {len(shared)} columns")
