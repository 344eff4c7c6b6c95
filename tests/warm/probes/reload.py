import importlib, json
print(importlib.reload(json).__name__)
import random
importlib.reload(random)
