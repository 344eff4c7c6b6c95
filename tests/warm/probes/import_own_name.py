import probe
print("twice", __name__, probe.__name__)
