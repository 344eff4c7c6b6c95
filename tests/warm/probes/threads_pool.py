from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
import time
def work(number):
    time.sleep(0.1)
    print("worked")
for number in range(2):
    pool.submit(work, number)
print("main ends")
