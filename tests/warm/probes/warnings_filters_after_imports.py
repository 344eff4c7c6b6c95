import numpy, pandas, scipy.stats, sklearn.linear_model, lightgbm, warnings
for one in warnings.filters:
    print(one[0], one[1].pattern if one[1] else None, one[2].__name__, one[3].pattern if one[3] else None, one[4])
