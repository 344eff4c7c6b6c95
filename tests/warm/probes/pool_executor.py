from concurrent.futures import ProcessPoolExecutor
def square(x):
    return x * x
if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        print(list(pool.map(square, range(5))))
    from joblib import Parallel, delayed
    print(Parallel(n_jobs=2)(delayed(square)(x) for x in range(5)))
