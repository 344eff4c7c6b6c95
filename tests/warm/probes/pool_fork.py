import multiprocessing as mp
def square(x):
    return x * x
if __name__ == "__main__":
    print(mp.get_start_method(), mp.current_process().name, mp.parent_process())
    with mp.get_context("fork").Pool(2) as pool:
        print(pool.map(square, range(10)))
        print(pool.apply(mp.current_process)._parent_name if False else "")
