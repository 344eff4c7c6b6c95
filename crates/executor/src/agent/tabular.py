# Solves a task of one table by what its metadata says: TASK and MODEL stand above.
import numpy as np
import pandas as pd

# The commonest values of a column of text have a column each, and the commonest words where cells hold several.
MOST_VALUES, MOST_WORDS = 30, 60
# Labels or items that are looked at one by one, the commonest; rows that are learnt from.
MOST_ITEMS, MOST_ROWS = 50, 50_000
# Metrics of labels to which rare classes matter as much as common ones.
BALANCED = {"balanced_accuracy", "macro_f1", "macro_recall", "macro_jaccard", "macro_f_beta", "f1", "jaccard", "mcc", "cohen_kappa"}
LOGARITHMIC = {"rmsle", "column_mean_rmsle", "mape", "smape", "rmspe"}

identifier, targets = TASK["data"]["id_column"], TASK["data"]["target_columns"]
form, metric = TASK["submission"], TASK["metric"]["name"]
columns, prediction, labels = form["columns"], form["prediction"], form["labels"]

# Labels and ids stay as they are written; elsewhere only empty cells are missing.
as_text = {name: str for name in [identifier, *targets]}
reading = {"dtype": as_text, "keep_default_na": False, "na_values": [""], "low_memory": False}
train, test = pd.read_csv("public/train.csv", **reading), pd.read_csv("public/test.csv", **reading)
train = train.dropna(subset=targets) if prediction not in ("label_set", "ranking", "text") else train
if len(train) > MOST_ROWS:
    train = train.sample(MOST_ROWS, random_state=0).sort_index()
shared = [name for name in test.columns if name in train.columns and name not in as_text]


def is_number(name):
    return pd.api.types.is_numeric_dtype(train[name]) and pd.api.types.is_numeric_dtype(test[name])


def is_date(cells):
    return pd.to_datetime(cells.dropna().iloc[:100], errors="coerce", format="mixed", utc=True).notna().mean() > 0.9


def features(table):
    """A column of numbers for all that a model can use; missing numbers stay missing."""
    made = {}
    for name in shared:
        reference, cells = train[name], table[name]
        if is_number(name):
            reference, made[name] = reference.astype(float), cells.astype(float)
            # Amounts over orders of magnitude are seen better as logarithms.
            if MODEL == "linear" and reference.min() >= 0 and reference.skew() > 2:
                made[name] = np.log1p(made[name].clip(lower=0))
            continue
        known = reference.dropna().astype(str)
        cells = cells.astype(object).where(cells.notna(), "").astype(str)
        counts = known.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        if len(counts) > MOST_VALUES:
            made[f"{name} count"] = cells.map(counts).fillna(0).astype(float)
        if len(counts) > MOST_VALUES and is_date(known):
            moments = pd.to_datetime(cells, errors="coerce", format="mixed", utc=True)
            made[f"{name} day"] = (moments - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
            for part in ("month", "dayofyear", "weekday", "hour"):
                made[f"{name} {part}"] = getattr(moments.dt, part).astype(float)
            continue
        for value in counts.index[:MOST_VALUES]:
            # A value that occurs a few times teaches nothing.
            if len(counts) <= MOST_VALUES or counts[value] >= 5:
                made[f"{name}={value}"] = (cells == value).astype(float)
        if len(counts) <= MOST_VALUES or known.iloc[:1000].str.split().map(len).mean() < 3:
            continue
        words = known.str.lower().str.findall(r"\w+").map(set).explode().value_counts()
        words = words[words >= 5].sort_index().sort_values(ascending=False, kind="stable").index[:MOST_WORDS]
        own = cells.str.lower().str.findall(r"\w+").map(set)
        for word in words:
            made[f"{name}~{word}"] = own.map(lambda found: float(word in found))
    return pd.DataFrame(made, index=table.index) if made else pd.DataFrame({"nothing": np.zeros(len(table))}, index=table.index)


X, X_test = features(train), features(test)
if MODEL == "linear":
    center = X.median().fillna(0)
    X, X_test = X.fillna(center), X_test.fillna(center)
    mean, spread = X.mean(), X.std().replace(0, 1).fillna(1)
    X, X_test = (X - mean) / spread, ((X_test - mean) / spread).clip(-10, 10)
X, X_test = X.to_numpy(), X_test.to_numpy()
# Few rows per column need a firmer hand.
firm = {0: 100.0, 1: 100.0}.get(len(X) // X.shape[1], 10.0 if len(X) < 20 * X.shape[1] else 1.0)


def boosted(classes):
    rows = len(X)
    return {
        "n_estimators": 60 if classes > 10 else 150, "learning_rate": 0.05, "num_leaves": 7 if rows < 500 else 15,
        "min_child_samples": 5 if rows < 500 else 10, "colsample_bytree": 0.5 if X.shape[1] > 20 else 1.0,
        "deterministic": True, "force_row_wise": True, "random_state": 0, "n_jobs": 1, "verbose": -1,
    }


def chances(truth):
    """Classes of `truth`, and the probability of each for every row of test."""
    classes, codes = np.unique(np.asarray(truth), return_inverse=True)
    if len(classes) == 1:
        return classes, np.ones((len(X_test), 1))
    weight = "balanced" if prediction == "label" and metric in BALANCED else None
    if MODEL == "boosted":
        from lightgbm import LGBMClassifier

        model = LGBMClassifier(class_weight=weight, **boosted(len(classes)))
    else:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=1 / firm, max_iter=100, class_weight=weight)
    return classes, model.fit(X, codes).predict_proba(X_test)


def chance(truth):
    """The probability that the yes-or-no question is answered by yes, for every row of test."""
    classes, shares = chances(np.asarray(truth).astype(int))
    return shares[:, list(classes).index(1)] if 1 in classes else np.zeros(len(X_test))


def amounts(truth):
    """A number for every row of test, within the range of train."""
    truth = np.asarray(truth, dtype=float)
    logarithmic = truth.min() > -1 and metric in LOGARITHMIC or truth.min() >= 0 and pd.Series(truth).skew() > 2 and metric != "rmse"
    learnt = np.log1p(truth) if logarithmic else truth
    if MODEL == "boosted":
        from lightgbm import LGBMRegressor

        model = LGBMRegressor(objective="mae" if metric in ("mae", "column_mean_mae", "median_absolute_error") else "l2", **boosted(1))
    else:
        from sklearn.linear_model import Ridge

        model = Ridge(alpha=firm, solver="lsqr", random_state=0)
    predicted = model.fit(X, learnt).predict(X_test)
    predicted = np.expm1(np.clip(predicted, None, 700)) if logarithmic else predicted
    return np.clip(predicted, truth.min(), truth.max())


def items():
    """The commonest labels or items of train, which stand between blanks, and the probability of each for every row of test."""
    sets = train[targets[0]].fillna("").map(lambda cell: set(cell.split()))
    counts = sets.explode().dropna().value_counts().sort_index().sort_values(ascending=False, kind="stable")
    known = [item for item in counts.index if not labels or item in labels][:MOST_ITEMS]
    return known, np.array([chance(sets.map(lambda cell: item in cell)) for item in known]), sets


def nearest():
    """Number of the row of train that is most like it, for every row of test."""
    from sklearn.neighbors import NearestNeighbors

    filled = [np.nan_to_num(table) for table in (X, X_test)]
    return NearestNeighbors(n_neighbors=1).fit(filled[0]).kneighbors(filled[1], return_distance=False)[:, 0]


submission = pd.DataFrame({identifier: test[identifier]})
if prediction == "number" and len(targets) == 2 and len(columns) == 2:
    # A time, and whether the event happened then: who has more risk has less time.
    time, event = pd.to_numeric(train[targets[0]]), pd.to_numeric(train[targets[1]], errors="coerce").fillna(0)
    submission[columns[1]] = chance((event == 1) & (time <= time.median()))
elif prediction == "number":
    for column, target in zip(columns[1:], targets):
        submission[column] = amounts(pd.to_numeric(train[target]))
elif prediction == "probability" and len(targets) == 1:
    submission[columns[1]] = chance(train[targets[0]] == form["positive_label"])
elif prediction == "probability":
    for column, target in zip(columns[1:], targets):
        submission[column] = chance(pd.to_numeric(train[target]) == 1)
elif prediction == "class_probabilities":
    classes, shares = chances(train[targets[0]])
    for label in columns[1:]:
        submission[label] = shares[:, list(classes).index(label)] if label in classes else 1e-6
elif prediction == "label" and TASK["task"]["objective"] == "ordinal":
    # Numbers are cut into grades so that each has the share that it has in train.
    ranks = train[targets[0]].map({label: rank for rank, label in enumerate(labels)})
    shares = ranks.value_counts(normalize=True).reindex(range(len(labels)), fill_value=0).cumsum()
    predicted = amounts(ranks)
    grades = np.searchsorted(np.quantile(predicted, shares.iloc[:-1].clip(0, 1)), predicted)
    submission[columns[1]] = np.array(labels)[grades]
elif prediction == "label":
    classes, shares = chances(train[targets[0]])
    submission[columns[1]] = classes[shares.argmax(axis=1)]
elif prediction == "label_set":
    # As many labels as a row of train has on average, of those that are likelier for this row than for others.
    known, shares, sets = items()
    usual = np.array([[sets.map(lambda cell: item in cell).mean()] for item in known])
    chosen = (shares >= 0.5) | (shares > 2 * usual) & (shares > 0.2)
    submission[columns[1]] = [" ".join(item for item, yes in zip(known, row) if yes) for row in chosen.T]
elif prediction == "ranking":
    known, shares, _ = items()
    order = (-shares).argsort(axis=0, kind="stable")
    submission[columns[1]] = [" ".join(known[place] for place in row) for row in order.T]
else:
    submission[columns[1]] = train[targets[0]].fillna("").to_numpy()[nearest()]
submission[columns].to_csv("submission.csv", index=False)
print(f"{MODEL}: {X.shape[1]} features of {len(shared)} columns")
