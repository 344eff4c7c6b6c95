import multiprocessing as mp, time
def work():
    time.sleep(0.3)
    print("child ends", flush=True)
process = mp.Process(target=work)
process.start()
daemon = mp.Process(target=time.sleep, args=(30,), daemon=True)
daemon.start()
print("main ends")
