class Own(SystemExit):
    pass
try:
    raise Own(3)
finally:
    print("finally")
