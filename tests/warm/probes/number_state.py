import decimal, numpy as np, random, pandas as pd
print(decimal.getcontext(), np.geterr(), np.get_printoptions(), np.random.get_state()[0], np.random.get_state()[2:])
print(decimal.Decimal(1) / 7, random.getstate()[0], random.getstate()[2])
random.seed(1), np.random.seed(1)
print(random.random(), np.random.rand(), random.gauss(0, 1), np.random.default_rng(1).random())
print(pd.get_option("display.max_rows"), pd.get_option("display.width"), pd.get_option("mode.chained_assignment"))
print(pd.DataFrame({"a": range(100), "b": 0.1}))
import contextvars
print(list(contextvars.copy_context()))
