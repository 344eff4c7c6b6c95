try:
    print(input("asked: "))
except EOFError as error:
    print("end", error)
breakpoint() if False else None
