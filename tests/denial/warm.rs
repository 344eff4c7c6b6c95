//! What only the warm path has to fear: other runs of the same server, the server itself, and what a run leaves in it.
//!
//! The attempts of the cold path are made on the warm one too, in `main`.

use std::time::Duration;

use process::Stopwatch;
use sandbox::{ForkServer, Outcome, SandboxError};

use crate::attacks::{Attack, Role};
use crate::ground::{Ground, Way};

const fn script(name: &'static str, script: &'static str) -> Attack {
    Attack {
        name,
        role: Role::Solver,
        script,
        outcomes: &[Outcome::Exited(0)],
        wall_seconds: 30,
        prints: None,
    }
}

/// Runs a script that must end well, and gives what it printed.
async fn printed(ground: &Ground, way: &Way, attack: &Attack) -> String {
    let completed = ground.run(attack, way).await;
    let record = &completed.record;
    assert!(
        record.outcome.is_success(),
        "{}: {}\n{}",
        attack.name,
        record.outcome,
        record.stderr.text()
    );
    record.stdout.text().into_owned()
}

fn handles_of(server: &ForkServer) -> usize {
    let folder = format!("/proc/{}/fd", server.process());
    fs_err::read_dir(folder).unwrap().count()
}

pub(crate) fn children_of(server: &ForkServer) -> Vec<String> {
    let process = server.process();
    let children = format!("/proc/{process}/task/{process}/children");
    let text = fs_err::read_to_string(children).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_one_server_are_strangers() {
    const VICTIM: Attack = script(
        "be attacked",
        r#"
secret = "s3cret-of-a-run" * 1000
for folder in ["/work", "/tmp", "/dev/shm"]:
    open(f"{folder}/secret", "w").write(secret)
listener = socket.socket(socket.AF_UNIX)
listener.bind("\0warm-victim")
listener.listen()
open("/work/ready", "w").close()
deadline = time.monotonic() + 20
while time.monotonic() < deadline and not os.path.exists("/public/stop"):
    time.sleep(0.01)
print("undisturbed")
"#,
    );
    const INTRUDER: Attack = script(
        "look for another run",
        r#"
for folder in ["/work", "/tmp", "/dev/shm"]:
    print(folder, os.listdir(folder))
print("processes:", *sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
def connect():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\0warm-victim")
attempt("its socket", connect)
for process in [3, 4, $VICTIM]:
    attempt("its memory", read(f"/proc/{process}/mem"))
    attempt("a signal to it", lambda: os.kill(process, 9))
    attempt("its memory, by call", lambda: call(310, process, 0, 0, 0, 0, 0))
    attempt("its trace", lambda: call(101, 16, process, 0, 0))
    attempt("a handle on it", lambda: os.pidfd_open(process))
"#,
    );
    let ground = Ground::new().await;
    let server = ground.fork_server().await;
    let way = Way::Warm(server.clone());
    let stop = ground.public("stop");
    let victim = ground.run(&VICTIM, &way);
    let intruder = async {
        let watch = Stopwatch::start();
        let victim = loop {
            if let Some(child) = children_of(&server).pop() {
                break child;
            }
            assert!(watch.elapsed() < Duration::from_secs(20), "it never began");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        // Time to leave its traces.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let text = INTRUDER.script.replace("$VICTIM", &victim);
        let attack = Attack {
            script: text.leak(),
            ..INTRUDER
        };
        let said = printed(&ground, &way, &attack).await;
        fs_err::write(&stop, "").unwrap();
        said
    };
    let (victim, said) = tokio::join!(victim, intruder);
    let one = "its memory: ENOENT\na signal to it: ESRCH\nits memory, by call: denied\nits trace: denied\na handle on it: ESRCH\n";
    let expected = format!(
        "/work []\n/tmp []\n/dev/shm []\nprocesses: 1 2\nits socket: ECONNREFUSED\n{}",
        one.repeat(3)
    );
    assert_eq!(said, expected);
    assert_eq!(victim.record.stdout.text(), "undisturbed\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_can_not_be_reached() {
    const REACH: Attack = script(
        "reach the server",
        r#"
print("descriptors:", *sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1])
for number in range(3, 64):
    try:
        os.write(number, b"{}")
    except OSError as error:
        assert error.errno == errno.EBADF, (number, error)
    else:
        print("written to", number)
print("unix sockets:", len(open("/proc/net/unix").readlines()) - 1)
attempt("a signal to it", lambda: os.kill($SERVER, 9))
attempt("a signal to the parent", lambda: os.kill(os.getppid() or $SERVER, 9))
attempt("its memory", read("/proc/$SERVER/mem"))
attempt("its trace", lambda: call(101, 16, $SERVER, 0, 0))
attempt("a handle on it", lambda: os.pidfd_open($SERVER))
for space in ["user", "mnt", "pid", "net"]:
    def enter():
        handle = os.open(f"/proc/1/ns/{space}", os.O_RDONLY)
        call(308, handle, 0)
    attempt(f"the {space} namespace of the first process", enter)
attempt("a user namespace", lambda: call(272, 0x10000000))
attempt("memory of the first process", write("/proc/1/mem"))
"#,
    );
    let ground = Ground::new().await;
    let server = ground.fork_server().await;
    let text = REACH
        .script
        .replace("$SERVER", &server.process().to_string());
    let attack = Attack {
        script: text.leak(),
        ..REACH
    };
    let said = printed(&ground, &Way::Warm(server.clone()), &attack).await;
    let expected = "descriptors: 0 1 2
unix sockets: 0
a signal to it: ESRCH
a signal to the parent: ESRCH
its memory: ENOENT
its trace: denied
a handle on it: ESRCH
the user namespace of the first process: denied
the mnt namespace of the first process: denied
the pid namespace of the first process: denied
the net namespace of the first process: denied
a user namespace: denied
memory of the first process: denied
";
    assert_eq!(said, expected);
    assert!(server.is_alive());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_for_the_next_run() {
    const POISON: Attack = script(
        "poison what the next run imports",
        r#"
import builtins, fcntl, json, random, pandas, numpy
F_SETSIG = 10
fcntl.fcntl(0, F_SETSIG, 37)
fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
random.seed(1)
numpy.random.seed(1)
json.dumps = lambda *_: "poisoned"
pandas.read_csv = None
builtins.len = lambda _: 13
sys.path.insert(0, "/work")
sys.modules["csv"] = None
os.environ["POISON"] = "1"
os.umask(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for folder in ["/work", "/tmp", "/dev/shm"]:
    open(f"{folder}/sitecustomize.py", "w").write("print('poisoned')")
for folder in [os.path.dirname(json.__file__), os.path.dirname(pandas.__file__), "/nix/store"]:
    attempt("a file of the environment", write(f"{folder}/sitecustomize.py"))
"#,
    );
    const EXHAUST: Attack = script(
        "exhaust what might be shared",
        r#"
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
except OSError as error:
    print(errno.errorcode[error.errno])
for one in kept:
    one.close()
for folder in ["/tmp", "/dev/shm"]:
    try:
        with open(f"{folder}/large", "wb", buffering=0) as file:
            while True:
                file.write(b"x" * (1 << 20))
    except OSError as error:
        print(folder, errno.errorcode[error.errno])
"#,
    );
    const FORKS: Attack = Attack {
        name: "fork at the time limit",
        role: Role::Solver,
        script: r#"
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    try:
        if os.fork() == 0:
            os.setsid()
            time.sleep(0.05)
            if os.fork() == 0:
                time.sleep(1)
            os._exit(0)
    except OSError:
        pass
    time.sleep(0.02)
"#,
        outcomes: &[Outcome::TimedOut, Outcome::ProcessesExceeded],
        wall_seconds: 1,
        prints: None,
    };
    const NEXT: Attack = script(
        "be the next run",
        r#"
import fcntl, json, random, numpy, pandas, csv
F_GETSIG = 11
print(json.dumps([len("ab")]), callable(pandas.read_csv), csv.QUOTE_ALL, "POISON" in os.environ)
print(oct(os.umask(0o22)), signal.getsignal(signal.SIGTERM), sys.path[0])
print([fcntl.fcntl(0, flag) for flag in (fcntl.F_GETFL, F_GETSIG)])
for folder in ["/work", "/tmp", "/dev/shm"]:
    print(folder, os.listdir(folder))
    open(f"{folder}/file", "wb").write(b"x" * 1000000)
print(len([open("/dev/null") for _ in range(200)]))
"#,
    );
    const DRAW: Attack = script(
        "draw numbers",
        "import random, numpy\nprint(random.random(), numpy.random.rand())\n",
    );
    const CLEAN: &str = "[2] True 1 False
0o22 0 /code
[32768, 0]
/work []
/tmp []
/dev/shm []
200
";
    let ground = Ground::new().await;
    let server = ground.fork_server().await;
    let way = Way::Warm(server.clone());
    assert_eq!(printed(&ground, &way, &NEXT).await, CLEAN);
    let handles = handles_of(&server);

    let said = printed(&ground, &way, &POISON).await;
    assert_eq!(said, "a file of the environment: denied\n".repeat(3));
    assert_eq!(printed(&ground, &way, &NEXT).await, CLEAN);

    let said = printed(&ground, &way, &EXHAUST).await;
    assert_eq!(said, "EMFILE\n/tmp ENOSPC\n/dev/shm ENOSPC\n");
    assert_eq!(printed(&ground, &way, &NEXT).await, CLEAN);

    let completed = ground.run(&FORKS, &way).await;
    let outcome = completed.record.outcome;
    assert!(
        FORKS.outcomes.contains(&outcome),
        "{outcome}: {}",
        completed.record.stderr.text()
    );
    assert_eq!(children_of(&server), Vec::<String>::new());
    assert_eq!(printed(&ground, &way, &NEXT).await, CLEAN);

    // Two runs without a seed don't draw the same numbers because they have the same parent.
    let first = printed(&ground, &way, &DRAW).await;
    assert_ne!(first, printed(&ground, &way, &DRAW).await);

    assert_eq!(handles_of(&server), handles);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_fails_no_more_than_the_runs_in_flight() {
    const SLEEPER: Attack = script("sleep warm", "time.sleep(30)");
    const QUICK: Attack = script("be quick", "print('quick')");
    let ground = Ground::new().await;
    let server = ground.fork_server().await;
    let way = Way::Warm(server.clone());
    let sleeper = ground.try_run(&SLEEPER, &way);
    let killer = async {
        let watch = Stopwatch::start();
        while children_of(&server).is_empty() {
            assert!(watch.elapsed() < Duration::from_secs(20), "it never began");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let children = children_of(&server);
        kill(server.process()).await;
        children
    };
    let (ended, children) = tokio::join!(sleeper, killer);
    let error = ended.unwrap_err();
    assert!(
        matches!(error, SandboxError::ForkServer { begun: true, .. }),
        "{error:?}"
    );
    for child in children {
        assert!(
            fs_err::metadata(format!("/proc/{child}")).is_err(),
            "{child} is left"
        );
    }
    let watch = Stopwatch::start();
    while server.is_alive() {
        assert!(watch.elapsed() < Duration::from_secs(20), "it was killed");
    }
    let error = ground.try_run(&QUICK, &way).await.unwrap_err();
    assert!(
        matches!(error, SandboxError::ForkServer { begun: false, .. }),
        "{error:?}"
    );
    let another = Way::Warm(ground.fork_server().await);
    assert_eq!(printed(&ground, &another, &QUICK).await, "quick\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_holds_ends() {
    let ground = Ground::new().await;
    let server = ground.fork_server().await;
    let process = server.process();
    drop(server);
    let watch = Stopwatch::start();
    while fs_err::metadata(format!("/proc/{process}/root")).is_ok() {
        assert!(
            watch.elapsed() < Duration::from_secs(20),
            "it is still running"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn kill(process: u32) {
    let command = process::HostCommand::find("kill").unwrap();
    let output = command
        .args(["-KILL", &process.to_string()])
        .run()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", output.stderr_text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_nobody_waits_for_is_ended() {
    const SLEEPER: Attack = script("sleep warm, unheard", "time.sleep(60)");
    let ground = Ground::new().await;
    let server = ground.fork_server().await;
    let way = Way::Warm(server.clone());
    let patience = Duration::from_secs(20);
    {
        let run = ground.try_run(&SLEEPER, &way);
        tokio::pin!(run);
        let watch = Stopwatch::start();
        while children_of(&server).is_empty() {
            assert!(watch.elapsed() < patience, "it never began");
            let early = tokio::time::timeout(Duration::from_millis(20), &mut run).await;
            assert!(early.is_err(), "it ended by itself");
        }
    }
    let watch = Stopwatch::start();
    while !children_of(&server).is_empty() {
        assert!(watch.elapsed() < patience, "it is still running");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
