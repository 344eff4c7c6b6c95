//! What is at stake: answers, secrets, a service of the host; and the means to run an attempt against it.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use sandbox::collect::{Refusal, Taken};
use sandbox::roles::{self, Closure};
use sandbox::{Completed, ForkServer, Launcher, Policy, SandboxError};
use tempfile::TempDir;

use crate::attacks::{Attack, Role, limits};

/// Python as it is on this machine, in a form that can be handed to a process that may not realise it itself.
pub(crate) struct Python {
    /// Loader, library path and program of bubblewrap.
    pub(crate) launcher: [String; 3],
    pub(crate) closure: Closure,
    /// Path of the interpreter inside.
    pub(crate) program: String,
}

/// How a program comes into the sandbox.
pub(crate) enum Way {
    /// bubblewrap starts it.
    Cold,
    /// It is forked from a server.
    Warm(ForkServer),
}

/// Names the variable through which [`Python`] is handed over.
pub(crate) const HANDED_OVER: &str = "DENIAL_TEST_PYTHON";

impl Python {
    async fn here() -> Self {
        if let Ok(text) = std::env::var(HANDED_OVER) {
            return Self::from_json(&text);
        }
        let settings = environment::Settings::from_env().unwrap();
        let realised = environment::realise("tabular", &settings, &environment::Silent)
            .await
            .unwrap_or_else(|error| panic!("the environment can't be realised: {error:?}"));
        let launcher = realised.launcher();
        let words: Vec<_> = launcher
            .words()
            .iter()
            .map(|word| word.to_str().unwrap().to_owned())
            .collect();
        let [loader, _, libraries, program] = words.try_into().unwrap();
        Self {
            launcher: [loader, libraries, program],
            closure: Closure {
                paths: realised
                    .closure()
                    .iter()
                    .map(|path| (path.inside.clone(), path.host.clone()))
                    .collect(),
                variables: realised.variables().clone(),
            },
            program: realised.python().into_string(),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({
            "launcher": self.launcher,
            "paths": self.closure.paths,
            "variables": self.closure.variables,
            "program": self.program,
        })
        .to_string()
    }

    fn from_json(text: &str) -> Self {
        let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut take = |name: &str| value[name].take();
        Self {
            launcher: serde_json::from_value(take("launcher")).unwrap(),
            closure: Closure {
                paths: serde_json::from_value(take("paths")).unwrap(),
                variables: serde_json::from_value(take("variables")).unwrap(),
            },
            program: serde_json::from_value(take("program")).unwrap(),
        }
    }

    pub(crate) fn launcher(&self) -> Launcher {
        let [loader, libraries, program] = &self.launcher;
        Launcher::from_closure(Utf8Path::new(loader), libraries, Utf8Path::new(program))
    }
}

/// Everything that an attempt is made against.
pub(crate) struct Ground {
    temporary: TempDir,
    pub(crate) python: Python,
    service: TcpListener,
    abstract_service: UnixListener,
    abstract_name: String,
    taken: AtomicU32,
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let temporary = tempfile::Builder::new()
            .prefix("denial-")
            .tempdir()
            .unwrap();
        // One for each test of this process.
        let abstract_name = temporary
            .path()
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap()
            .to_owned();
        let ground = Self {
            python: Python::here().await,
            service: TcpListener::bind("127.0.0.1:0").unwrap(),
            abstract_service: UnixListener::bind_addr(&abstract_address(&abstract_name)).unwrap(),
            abstract_name,
            taken: AtomicU32::new(0),
            temporary,
        };
        for (name, content) in [
            ("public/train.csv", "the public file\n"),
            ("private/answers.csv", "the answers\n"),
            ("taken/submission.csv", "the submission\n"),
            ("secret.txt", "a secret of the host\n"),
        ] {
            let path = ground.path(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, content).unwrap();
        }
        fs_err::create_dir(ground.path("code")).unwrap();
        ground
    }

    /// What is denied inside is possible outside, and nothing has changed there.
    pub(crate) fn control(&self) {
        let text = |name: &str| fs_err::read_to_string(self.path(name)).unwrap();
        assert_eq!(text("private/answers.csv"), "the answers\n");
        assert_eq!(text("secret.txt"), "a secret of the host\n");
        assert_eq!(text("public/train.csv"), "the public file\n");
        let device = fs_err::metadata("/dev/null").unwrap();
        assert_eq!(device.permissions().mode() & 0o777, 0o666);
        assert!(fs_err::metadata("/etc/passwd").is_ok());
        assert!(std::env::vars_os().count() > 0);

        // Whoever waits at a service now is not from us.
        self.service.set_nonblocking(true).unwrap();
        let waiting = self.service.accept().map(drop);
        assert_eq!(waiting.unwrap_err().kind(), ErrorKind::WouldBlock);
        self.abstract_service.set_nonblocking(true).unwrap();
        let waiting = self.abstract_service.accept().map(drop);
        assert_eq!(waiting.unwrap_err().kind(), ErrorKind::WouldBlock);

        TcpStream::connect(self.service.local_addr().unwrap()).unwrap();
        self.service.accept().unwrap();
        UnixStream::connect_addr(&abstract_address(&self.abstract_name)).unwrap();
        self.abstract_service.accept().unwrap();
    }

    /// Makes one attempt.
    pub(crate) async fn run(&self, attack: &Attack, way: &Way) -> Completed {
        self.try_run(attack, way)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}; {:?}", attack.name, error.hint()))
    }

    /// Makes one attempt; the error is the sandbox's.
    pub(crate) async fn try_run(
        &self,
        attack: &Attack,
        way: &Way,
    ) -> Result<Completed, SandboxError> {
        // Several may be made at a time.
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let code = self.path(&format!("code/{number}"));
        fs_err::create_dir(&code).unwrap();
        let policy = self.policy(attack, &code);
        let script = self.script(attack, &policy);
        fs_err::write(code.join("attack.py"), script).unwrap();
        let command = [
            self.python.program.clone(),
            format!("{}/attack.py", roles::CODE),
            mark(attack),
        ];
        match way {
            Way::Cold => sandbox::run(&self.python.launcher(), &policy, &command).await,
            Way::Warm(server) => server.run(&policy, &command).await,
        }
    }

    /// A fork server of the environment.
    pub(crate) async fn fork_server(&self) -> ForkServer {
        let policy = roles::fork_server(&self.python.closure);
        let launcher = self.python.launcher();
        let command = [&self.python.program, "-m", "taskkit.warm.server"].map(String::from);
        let start =
            move || ForkServer::start(&launcher, &policy, &command, Duration::from_secs(600));
        let started = tokio::task::spawn_blocking(start).await.unwrap();
        started.unwrap_or_else(|error| panic!("no fork server: {error:?}; {:?}", error.hint()))
    }

    fn policy(&self, attack: &Attack, code: &Utf8Path) -> Policy {
        let closure = &self.python.closure;
        match attack.role {
            Role::Solver => roles::solver(closure, &self.path("public"), code, limits(attack)),
            Role::Grade => roles::grade(
                closure,
                &self.path("taken/submission.csv"),
                &self.path("private"),
                code,
                limits(attack),
            ),
        }
    }

    /// The prelude and the attempt, with the names of what is attacked.
    fn script(&self, attack: &Attack, policy: &Policy) -> String {
        // What the working directory and the shell that starts Python add by themselves.
        let own = ["PWD", "OLDPWD", "SHLVL", "LC_CTYPE", "_"];
        let variables: Vec<&str> = policy
            .variables
            .keys()
            .map(String::as_str)
            .chain(own)
            .collect();
        let names = BTreeMap::from([
            ("$ANSWERS", self.path("private/answers.csv").into_string()),
            ("$SECRET", self.path("secret.txt").into_string()),
            ("$FOLDER", self.path("").into_string()),
            (
                "$PORT",
                self.service.local_addr().unwrap().port().to_string(),
            ),
            ("$ABSTRACT", self.abstract_name.clone()),
            ("$PID", std::process::id().to_string()),
            ("$VARIABLES", variables.join(" ")),
            ("$PYTHON", self.python.program.clone()),
        ]);
        let mut script = attack.script.to_owned();
        for (name, value) in names {
            script = script.replace(name, &value);
        }
        format!("{}\n{script}", include_str!("prelude.py"))
    }

    /// Takes one file out of the work folder of an attempt.
    pub(crate) fn take(
        &self,
        completed: &Completed,
        name: &str,
        max_bytes: u64,
    ) -> Result<Taken, Refusal> {
        completed
            .outputs
            .folder(Utf8Path::new(roles::WORK))
            .take_file(Utf8Path::new(name), max_bytes, &self.fresh_target())
            .unwrap()
    }

    /// A path where nothing is yet.
    pub(crate) fn fresh_target(&self) -> Utf8PathBuf {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        self.path(&format!("taken/{number}"))
    }

    /// The permissions that the file taken last has on the host.
    pub(crate) fn mode_of_last_taken(&self) -> u32 {
        let number = self.taken.load(Ordering::Relaxed) - 1;
        let path = self.path(&format!("taken/{number}"));
        fs_err::metadata(path).unwrap().permissions().mode()
    }

    /// Processes of the host that carry the mark of an attempt.
    pub(crate) fn processes_left(&self, attack: &Attack) -> Vec<String> {
        let mark = mark(attack);
        let mut left = Vec::new();
        for entry in fs_err::read_dir("/proc").unwrap().flatten() {
            let mut command = Vec::new();
            // Not every entry is a process, and processes end while we look.
            if let Ok(mut file) = fs_err::File::open(entry.path().join("cmdline")) {
                let _gone = file.read_to_end(&mut command);
            }
            let command = String::from_utf8_lossy(&command);
            if command.contains(&mark) {
                left.push(command.into_owned());
            }
        }
        left
    }

    /// A path in the folder of public files.
    pub(crate) fn public(&self, name: &str) -> Utf8PathBuf {
        self.path("public").join(name)
    }

    fn path(&self, below: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.temporary.path())
            .unwrap()
            .join(below)
    }
}

/// An argument by which the processes of an attempt are known.
fn mark(attack: &Attack) -> String {
    format!(
        "denial-{}-{}",
        std::process::id(),
        attack.name.replace(' ', "-")
    )
}

fn abstract_address(name: &str) -> SocketAddr {
    SocketAddr::from_abstract_name(name).unwrap()
}
