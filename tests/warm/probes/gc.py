import gc
print(gc.isenabled(), gc.get_threshold(), gc.get_debug(), len(gc.callbacks), gc.garbage)
seen = []
def callback(phase, info):
    if phase == "stop":
        seen.append(info["generation"])
class Node:
    def __del__(self):
        print("collected")
node = Node()
node.itself = node
gc.callbacks.append(callback)
del node
found = gc.collect()
gc.callbacks.remove(callback)
print(seen)
print("frozen", gc.get_freeze_count())
