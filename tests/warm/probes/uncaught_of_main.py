class OwnError(Exception):
    pass

class Other:
    class NestedError(OwnError):
        def __str__(self):
            raise ZeroDivisionError
raise Other.NestedError("x")
