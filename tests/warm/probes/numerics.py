import numpy as np, scipy.linalg, lightgbm, sklearn.linear_model, sklearn.ensemble, hashlib, threadpoolctl
rng = np.random.default_rng(0)
X = rng.normal(size=(300, 20))
y = X @ rng.normal(size=20) + rng.normal(size=300)
digest = lambda array: hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
print(digest(X @ X.T), digest(np.linalg.inv(X.T @ X)), digest(scipy.linalg.svd(X)[1]), digest(np.exp(X)), digest(np.fft.fft(y)))
print(digest(sklearn.linear_model.Ridge().fit(X, y).predict(X)), digest(sklearn.ensemble.RandomForestRegressor(10, random_state=0).fit(X, y).predict(X)))
print(digest(lightgbm.LGBMRegressor(n_estimators=20, verbose=-1, num_threads=1).fit(X, y).predict(X)))
print(digest(sklearn.linear_model.LogisticRegression().fit(X, y > 0).predict_proba(X)))
for one in threadpoolctl.threadpool_info():
    print({name: value for name, value in one.items() if name not in ("filepath",)})
