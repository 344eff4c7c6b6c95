import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.exceptions import ConvergenceWarning
X = np.arange(40.0).reshape(20, 2) * 1000
y = np.arange(20) % 2
LogisticRegression(max_iter=1).fit(X, y)
LogisticRegression(max_iter=1).fit(X, y)
np.mean([])
np.log(np.array([0.0, -1.0]))
import pandas as pd
pd.concat([pd.Series([], dtype=float), pd.Series([1.0])])
pd.to_datetime(["1 Jan 2020", "2020-02-03"], format=None, errors="ignore")
print("done")
