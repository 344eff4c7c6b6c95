import sys, warnings
print(warnings.filters)
