//! The attempts: what hostile code tries, in Python, and the exact words in which it must fail.
//!
//! `DONE` is success. Each attempt has a control beside it: the same act where it is allowed, which must be `DONE`,
//! so that a broken script can't pass for a denied one. `$NAMES` are filled in by `Ground::script`.
//! This file is long because each attempt is written out, with what it must print.

use sandbox::{Limits, Outcome};

/// One attempt.
pub(crate) struct Attack {
    /// What is tried.
    pub(crate) name: &'static str,
    /// In which role it is tried.
    pub(crate) role: Role,
    /// The script, after `prelude.py`.
    pub(crate) script: &'static str,
    /// How the run may end. Who enforces a limit differs between root and others.
    pub(crate) outcomes: &'static [Outcome],
    /// Its wall-clock limit: short where the attempt is sure to use it up, else long enough for a busy machine.
    pub(crate) wall_seconds: u64,
    /// What it must print, exactly; nothing where that can't be foreseen.
    pub(crate) prints: Option<&'static str>,
}

/// The role of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Solver,
    Grade,
}

/// Small limits, so that breaking them is quick.
pub(crate) fn limits(attack: &Attack) -> Limits {
    const MIB: u64 = 1 << 20;
    Limits {
        wall_seconds: attack.wall_seconds,
        grace_seconds: 1,
        cpu_seconds: 5,
        memory_bytes: 400 * MIB,
        address_space_bytes: 4096 * MIB,
        processes: 24,
        file_bytes: 16 * MIB,
        disk_bytes: 24 * MIB,
        disk_files: 500,
        temporary_bytes: 8 * MIB,
        output_bytes: 64 << 10,
        output_stop_bytes: 8 * MIB,
        open_files: 256,
    }
}

/// Seconds that nothing here needs unless the machine is overloaded.
const AMPLE: u64 = 30;

const ENDED: &[Outcome] = &[Outcome::Exited(0)];

pub(crate) const ATTACKS: &[Attack] = &[
    Attack {
        name: "read the answers",
        role: Role::Solver,
        script: r#"
attempt("at the grader's path", read("/private/answers.csv"))
attempt("at their own path", read("$ANSWERS"))
attempt("beside the public files", read("/public/../private/answers.csv"))
beyond("through the first process", read("/proc/1/root/private/answers.csv"))
beyond("through the first process, own path", read("/proc/1/root$ANSWERS"))
attempt("by file handle", lambda: call(304, -100, b"\0" * 64, 0))
attempt("public files", read("/public/train.csv"))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "at the grader's path: ENOENT
at their own path: ENOENT
beside the public files: ENOENT
through the first process: out of reach
through the first process, own path: out of reach
by file handle: denied
public files: DONE
",
        ),
    },
    Attack {
        name: "the grader does read them (control)",
        role: Role::Grade,
        script: r#"
print(open("/private/answers.csv").read().strip())
print(open("/submission/submission.csv").read().strip())
attempt("change the answers", write("/private/answers.csv"))
attempt("change the submission", write("/submission/submission.csv"))
attempt("public files are not its business", read("/public/train.csv"))
attempt("the score", write("/work/score.json"))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "the answers
the submission
change the answers: denied
change the submission: denied
public files are not its business: ENOENT
the score: DONE
",
        ),
    },
    Attack {
        name: "read the host's files",
        role: Role::Solver,
        script: r#"
print(*sorted(os.listdir("/")))
print(*sorted(os.listdir("/dev")))
for path in ["/etc/passwd", "/etc/hostname", "$SECRET", "/proc/1/root$SECRET", "/proc/1/cwd$SECRET"]:
    beyond("a file of the host", read(path))
attempt("the disks", lambda: os.listdir("/sys/block"))
attempt("own code", read("/code/attack.py"))
print("descriptors:", *sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1])
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "code dev nix proc public tmp work
fd full null random shm stderr stdin stdout urandom zero
a file of the host: out of reach
a file of the host: out of reach
a file of the host: out of reach
a file of the host: out of reach
a file of the host: out of reach
the disks: ENOENT
own code: DONE
descriptors: 0 1 2
",
        ),
    },
    Attack {
        name: "reach the network",
        role: Role::Solver,
        script: r#"
def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect(address)

def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", address)

def open_socket(family, kind):
    return lambda: socket.socket(family, kind).close()

def talk_to_oneself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()

attempt("a service of the host", lambda: connect(socket.AF_INET, ("127.0.0.1", $PORT)))
attempt("the same by name space of paths", lambda: connect(socket.AF_UNIX, "\0$ABSTRACT"))
attempt("another machine", lambda: connect(socket.AF_INET, ("192.0.2.1", 80)))
attempt("another machine, IPv6", lambda: connect(socket.AF_INET6, ("2001:db8::1", 80)))
attempt("a datagram", lambda: send(("192.0.2.1", 53)))
attempt("raw packets", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
attempt("the link", open_socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("the kernel's network settings", open_socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("the machine below this one", open_socket(socket.AF_VSOCK, socket.SOCK_STREAM))
attempt("oneself", talk_to_oneself)
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "a service of the host: ECONNREFUSED
the same by name space of paths: ECONNREFUSED
another machine: ENETUNREACH
another machine, IPv6: ENETUNREACH
a datagram: ENETUNREACH
raw packets: denied
the link: EAFNOSUPPORT
the kernel's network settings: EAFNOSUPPORT
the machine below this one: EAFNOSUPPORT
oneself: DONE
",
        ),
    },
    Attack {
        name: "see the parent's environment and processes",
        role: Role::Solver,
        script: r#"
print("foreign variables:", *sorted(set(os.environ) - set("$VARIABLES".split())))
print("processes:", *sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
attempt("the test's own process", read("/proc/$PID/status"))
attempt("a signal to it", lambda: os.kill($PID, 0))
attempt("a signal to everybody else", lambda: os.kill(-1, 0))
for file in ["environ", "cmdline"]:
    try:
        text = open(f"/proc/1/{file}", "rb").read()
    except PermissionError:
        text = b""
    print("the first process tells a path of the host:", b"$FOLDER" in text, file)
# Who is not root can't give up groups. Inside, its own is 1000, and all others are the group that has no number.
groups = set(os.getgroups()) - {1000, 65534}
print("user:", os.getuid(), os.getgid(), groups or "no other group", os.uname().nodename)
attempt("own process", read("/proc/self/status"))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "foreign variables:
processes: 1 2
the test's own process: ENOENT
a signal to it: ESRCH
a signal to everybody else: ESRCH
the first process tells a path of the host: False environ
the first process tells a path of the host: False cmdline
user: 1000 1000 no other group sandbox
own process: DONE
",
        ),
    },
    Attack {
        name: "write outside",
        role: Role::Solver,
        script: r#"
for path in ["/x", "/nix/x", "/nix/store/x", "/dev/x", "/public/x", "/code/x", "$PYTHON"]:
    attempt("a new file", write(path))
attempt("change a public file", write("/public/train.csv"))
attempt("remove a public file", lambda: os.remove("/public/train.csv"))
attempt("its mode", lambda: os.chmod("/public/train.csv", 0o777))
attempt("its time", lambda: os.utime("/public/train.csv", (0, 0)))
attempt("mode of a device", lambda: os.chmod("/dev/null", 0o600))
attempt("mode of what is read", lambda: os.fchmod(0, 0o666))
attempt("owner of a device", lambda: os.chown("/dev/null", 1000, 1000))
attempt("a device of one's own", lambda: os.mknod("/work/disk", 0o60600, os.makedev(254, 0)))
attempt("the kernel's crash handler", write("/proc/sys/kernel/core_pattern"))
attempt("the kernel's caches", write("/proc/sys/vm/drop_caches"))
attempt("own importance", write("/proc/self/oom_score_adj"))
for path in ["/work/x", "/tmp/x", "/dev/shm/x", "/dev/null"]:
    attempt("where it may", write(path))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "a new file: denied
a new file: denied
a new file: denied
a new file: denied
a new file: denied
a new file: denied
a new file: denied
change a public file: denied
remove a public file: denied
its mode: denied
its time: denied
mode of a device: denied
mode of what is read: denied
owner of a device: denied
a device of one's own: denied
the kernel's crash handler: denied
the kernel's caches: denied
own importance: denied
where it may: DONE
where it may: DONE
where it may: DONE
where it may: DONE
",
        ),
    },
    Attack {
        name: "mount, unshare, and other ways out of the namespaces",
        role: Role::Solver,
        script: r#"
NEW_USER, NEW_NET, NEW_MOUNT = 0x10000000, 0x40000000, 0x20000
attempt("mount", lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, 0))
attempt("remount", lambda: call(165, b"none", b"/public", 0, 0x1020, 0))
attempt("umount", lambda: call(166, b"/public", 2))
attempt("pivot_root", lambda: call(155, b"/tmp", b"/tmp"))
attempt("chroot", lambda: os.chroot("/tmp"))
attempt("fsopen", lambda: call(430, b"tmpfs", 0))
attempt("open_tree", lambda: call(428, -100, b"/", 1))
attempt("move_mount", lambda: call(429, -100, b"/tmp", -100, b"/work", 0))
attempt("mount_setattr", lambda: call(442, -100, b"/public", 0, 0, 0))
for flags in (NEW_USER, NEW_NET, NEW_MOUNT):
    attempt("unshare", lambda: call(272, flags))
    attempt("clone", lambda: call(56, flags | signal.SIGCHLD, 0, 0, 0, 0))
attempt("clone3", lambda: call(435, b"\0" * 88, 88))
attempt("setns", lambda: call(308, os.open("/proc/1/ns/net", os.O_RDONLY), 0))
attempt("become root", lambda: os.setuid(0))
attempt("rename the host", lambda: socket.sethostname("x"))
status = open("/proc/self/status").read().splitlines()
print(*[" ".join(line.split()) for line in status if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))])
attempt("getpid", lambda: call(39))
attempt("fork", lambda: os.waitpid(os.fork() or os._exit(0), 0))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "mount: denied
remount: denied
umount: denied
pivot_root: denied
chroot: denied
fsopen: denied
open_tree: denied
move_mount: denied
mount_setattr: denied
unshare: denied
clone: denied
unshare: denied
clone: denied
unshare: denied
clone: denied
clone3: ENOSYS
setns: denied
become root: EINVAL
rename the host: denied
CapInh: 0000000000000000 CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 CapAmb: 0000000000000000 NoNewPrivs: 1 Seccomp: 2
getpid: DONE
fork: DONE
",
        ),
    },
    Attack {
        name: "ptrace, and other doors of the kernel",
        role: Role::Solver,
        script: r#"
child = os.fork()
if child == 0:
    time.sleep(30)
    os._exit(0)
ATTACH, TRACE_ME = 16, 0
attempt("ptrace a child", lambda: call(101, ATTACH, child, 0, 0))
attempt("be traced", lambda: call(101, TRACE_ME, 0, 0, 0))
attempt("read its memory", lambda: call(310, child, 0, 0, 0, 0, 0))
attempt("write its memory", lambda: call(311, child, 0, 0, 0, 0, 0))
attempt("take its descriptors", lambda: call(438, 0, 0, 0))
attempt("the first process' memory", write("/proc/1/mem"))
for name, number in {
    "bpf": 321, "keyctl": 250, "add_key": 248, "request_key": 249, "userfaultfd": 323, "io_uring": 425,
    "perf": 298, "kexec": 246, "module": 175, "module file": 313, "handles": 303, "swap": 167, "reboot": 169,
    "log": 103, "clock": 227, "accounting": 163, "shared memory": 29, "message queue": 68, "quota": 179,
}.items():
    attempt(name, lambda: call(number, 0, 0, 0, 0, 0))
attempt("files without a mount", lambda: call(319, b"x", 0))
attempt("the other numbering", lambda: call(0x40000000 | 39))
attempt("terminal input", lambda: call(16, 0, 0x5412, b"x"))
attempt("another personality", lambda: call(135, 0x0040000))
attempt("signal a child", lambda: os.kill(child, signal.SIGKILL))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "ptrace a child: denied
be traced: denied
read its memory: denied
write its memory: denied
take its descriptors: denied
the first process' memory: denied
bpf: denied
keyctl: denied
add_key: denied
request_key: denied
userfaultfd: denied
io_uring: denied
perf: denied
kexec: denied
module: denied
module file: denied
handles: denied
swap: denied
reboot: denied
log: denied
clock: denied
accounting: denied
shared memory: denied
message queue: denied
quota: denied
files without a mount: ENOSYS
the other numbering: ENOSYS
terminal input: denied
another personality: denied
signal a child: DONE
",
        ),
    },
    Attack {
        name: "fork bomb",
        role: Role::Solver,
        script: r#"
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
"#,
        outcomes: &[Outcome::ProcessesExceeded, Outcome::TimedOut],
        wall_seconds: 2,
        prints: None,
    },
    Attack {
        name: "a few processes (control)",
        role: Role::Solver,
        script: r#"
children = [os.fork() or os._exit(0) for _ in range(8)]
for child in children:
    os.waitpid(child, 0)
print("done")
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some("done\n"),
    },
    Attack {
        name: "memory bomb",
        role: Role::Solver,
        script: r#"
hoard = []
while True:
    hoard.append(b"x" * (4 << 20))
"#,
        outcomes: &[Outcome::MemoryExceeded],
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "memory bomb of many processes",
        role: Role::Solver,
        script: r#"
for _ in range(12):
    if os.fork() == 0:
        hoard = b"x" * (60 << 20)
        time.sleep(30)
time.sleep(30)
"#,
        outcomes: &[Outcome::MemoryExceeded],
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "memory bomb in the kernel",
        role: Role::Solver,
        script: r#"
hoard = []
for _ in range(8):
    if os.fork() == 0:
        break
while True:
    try:
        hoard.append(socket.socketpair())
        hoard[-1][0].setblocking(False)
        while True:
            hoard[-1][0].send(b"x" * 4096)
    except BlockingIOError:
        pass
    except OSError:
        time.sleep(1)
"#,
        outcomes: &[Outcome::MemoryExceeded],
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "address space bomb",
        role: Role::Solver,
        script: r#"
import mmap
attempt("8 GiB without touching them", lambda: mmap.mmap(-1, 8 << 30))
attempt("1 MiB", lambda: mmap.mmap(-1, 1 << 20))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "8 GiB without touching them: ENOMEM
1 MiB: DONE
",
        ),
    },
    Attack {
        name: "much memory that is shared (control)",
        role: Role::Solver,
        script: r#"
import gc
shared = b"x" * (150 << 20)
gc.disable()
for _ in range(6):
    if os.fork() == 0:
        time.sleep(0.6)
        os._exit(0)
for _ in range(6):
    os.wait()
print("done")
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some("done\n"),
    },
    Attack {
        name: "disk fill",
        role: Role::Solver,
        script: r#"
block = b"x" * (1 << 20)

def fill(folder, name):
    with open(f"{folder}/{name}", "wb", buffering=0) as file:
        while True:
            file.write(block)

attempt("one large file", lambda: fill("/work", 0))
attempt("a second", lambda: fill("/work", 1))
attempt("a third", lambda: fill("/work", 2))
attempt("the temporary folder", lambda: fill("/tmp", 0))
attempt("shared memory", lambda: fill("/dev/shm", 0))
attempt("a hole", lambda: os.truncate("/work/0", 1 << 40))
os.remove("/work/0")
attempt("a small file", write("/work/small"))
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(
            "one large file: EFBIG
a second: ENOSPC
a third: ENOSPC
the temporary folder: ENOSPC
shared memory: ENOSPC
a hole: EFBIG
a small file: DONE
",
        ),
    },
    Attack {
        name: "burn processor time in several processes",
        role: Role::Solver,
        script: r#"
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        break
while True:
    pass
"#,
        outcomes: &[Outcome::CpuExceeded],
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "files without end",
        role: Role::Solver,
        script: r#"
number = 0
while True:
    number += 1
    open(f"/work/{number}", "w").close()
"#,
        outcomes: &[Outcome::DiskExceeded],
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "endless output",
        role: Role::Solver,
        script: r#"
while True:
    print("y" * 4000)
"#,
        outcomes: &[Outcome::OutputExceeded],
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "endless output, the other stream, nothing caught",
        role: Role::Solver,
        script: r#"
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    os.write(2, b"y" * 4000)
"#,
        outcomes: &[Outcome::OutputExceeded],
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "outlive the time limit",
        role: Role::Solver,
        script: r#"
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.05)
            open("/work/heartbeat", "a").write("x")
    os._exit(0)
while True:
    time.sleep(1)
"#,
        outcomes: &[Outcome::TimedOut],
        wall_seconds: 2,
        prints: None,
    },
    Attack {
        name: "outlive the program itself",
        role: Role::Solver,
        script: r#"
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open("/work/heartbeat", "a").write("x")
        while True:
            time.sleep(0.05)
            open("/work/heartbeat", "a").write("x")
    os._exit(0)
while not os.path.exists("/work/heartbeat"):
    time.sleep(0.01)
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: None,
    },
    Attack {
        name: "leave something else than files",
        role: Role::Solver,
        script: r#"
os.symlink("/etc/passwd", "/work/link")
os.symlink("$ANSWERS", "/work/link-to-answers")
os.symlink("/etc", "/work/folder-link")
os.mkfifo("/work/pipe")
os.mkdir("/work/folder")
open("/work/twice", "w").write("x")
os.link("/work/twice", "/work/second")
open("/work/large", "wb").write(b"x" * 2000)
socket.socket(socket.AF_UNIX).bind("/work/socket")
open("/work/submission.csv", "w").write("id,y\n")
os.chmod("/work/submission.csv", 0o4777)
"#,
        outcomes: ENDED,
        wall_seconds: AMPLE,
        prints: Some(""),
    },
];
