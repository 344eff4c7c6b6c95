import copyreg, pickle
class Point:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return self.x == other.x
def function():
    return 1
data = pickle.dumps([Point(1), function, Point])
print(data)
print(pickle.loads(data)[0] == Point(1), pickle.loads(data)[1] is function)
print(Point, Point.__module__, function.__module__, Point(1).__class__.__qualname__)
import joblib
joblib.dump(Point(2), "point.joblib")
print(joblib.load("point.joblib").x)
