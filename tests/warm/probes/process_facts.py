import os, resource, signal, sys
print("ppid", os.getppid())
print("pid", os.getpid())
print("session", os.getpgrp(), os.getsid(0))
print(os.getcwd(), os.environ.get("PWD"), os.getuid(), os.getgid(), os.geteuid(), os.getegid(), os.getgroups())
mask = os.umask(0)
os.umask(mask)
print(oct(mask), os.nice(0), os.getpriority(os.PRIO_PROCESS, 0))
print(os.sched_getaffinity(0) == set(range(os.cpu_count())), os.sched_getscheduler(0))
for name in sorted(dir(resource)):
    if name.startswith("RLIMIT_"):
        print(name, resource.getrlimit(getattr(resource, name)))
print(os.uname().nodename, os.ctermid())
for name in ["oom_score_adj", "cgroup", "comm", "timerslack_ns", "coredump_filter", "personality", "loginuid", "sessionid"]:
    try:
        print(name, open(f"/proc/self/{name}").read().strip())
    except OSError as error:
        print(name, error)
print(os.isatty(0), os.isatty(1))
