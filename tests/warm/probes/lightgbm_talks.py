import lightgbm, numpy as np
X = np.arange(300.0).reshape(100, 3)
lightgbm.LGBMRegressor(n_estimators=3, num_threads=1, force_col_wise=True).fit(X, X[:, 0])
print("end")
