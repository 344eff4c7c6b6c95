import multiprocessing as mp, sys
print("imported as", __name__, flush=True)
def square(x):
    return x * x
if __name__ == "__main__":
    with mp.get_context("spawn").Pool(1) as pool:
        print(pool.map(square, range(10)))
