def numbers():
    try:
        yield 1
    finally:
        print("generator closed")
held = numbers()
print(next(held))
