import sys
print("loaded", len(sys.modules))
import json, numpy, pandas, sklearn, lightgbm
print(json.__name__, numpy.__version__, pandas.__version__, sklearn.__version__, lightgbm.__version__)
