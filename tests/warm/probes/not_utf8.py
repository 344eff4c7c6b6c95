print("a")
x = "ä"
