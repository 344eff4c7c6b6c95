class Ends:
    def __del__(self):
        try:
            import json
            print("import", json.dumps("works"))
        except ImportError as error:
            print("import", error)
kept = Ends()
print("end")
