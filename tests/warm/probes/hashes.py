import numpy
print(hash("text"), hash(b"bytes"), hash((1, "a")), hash(1.5), hash(None) == hash(None), list({"a", "b", "c", "delta", "e"}))
print({"x": 1}.__repr__(), frozenset(["p", "q", "r"]))
import decimal, datetime
print(hash(decimal.Decimal("1.5")), hash(datetime.date(2020, 1, 2)))
