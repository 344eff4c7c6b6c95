import sys, cProfile
def function():
    return 1
print(sys.gettrace(), sys.getprofile())
events = []
sys.settrace(lambda frame, event, argument: events.append((event, frame.f_code.co_name)))
function()
sys.settrace(None)
print(events)
cProfile.run("function()", "profile.out") if False else None
