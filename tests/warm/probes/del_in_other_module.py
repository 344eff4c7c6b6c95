import beside
class Ends:
    def __del__(self):
        print("ended", flush=True)
beside.kept = Ends()
print("end")
