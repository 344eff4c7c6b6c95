import numpy as np, scipy.linalg, sklearn, threadpoolctl
import lightgbm
from sklearn.metrics import pairwise_distances
print(sorted((one["user_api"], one["num_threads"], one["filepath"]) for one in threadpoolctl.threadpool_info()))
with threadpoolctl.threadpool_limits(2):
    print(np.round(np.linalg.norm(np.ones((500, 500)) @ np.ones((500, 500))), 6))
from sklearn.cluster import KMeans
print(KMeans(3, n_init=1, random_state=0).fit(np.arange(300.0).reshape(100, 3)).inertia_)
from sklearn.ensemble import HistGradientBoostingRegressor
print(HistGradientBoostingRegressor(max_iter=5).fit(np.arange(300.0).reshape(100, 3), np.arange(100.0)).predict([[1, 2, 3]]))
model = lightgbm.LGBMRegressor(n_estimators=5, num_threads=2, verbose=-1).fit(np.arange(300.0).reshape(100, 3), np.arange(100.0))
print(model.predict([[1, 2, 3]]))
