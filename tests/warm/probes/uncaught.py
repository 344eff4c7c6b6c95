def inner(value):
    raise ValueError(f"no such thing: {value!r}")

def outer():
    try:
        inner({"a": [1, 2]})
    except ValueError as error:
        error.add_note("a note")
        raise RuntimeError("on the way out") from error

print("before", end="")
outer()
