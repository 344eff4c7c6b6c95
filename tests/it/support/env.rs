//! A user of their own: home, temporary folder and working directory that nobody else sees, and nothing
//! inherited. Only the store of realised Python environments is the developer's, because one takes a
//! minute to build and is the same for everybody.

use std::{
    ffi::OsString,
    io::Write as _,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::Ran;

/// Variables of the developer that runs keep when they need Python.
const KEPT: [&str; 2] = ["SMITH_REALISER", "SMITH_DEBIAN_MIRROR"];

/// Where the realised environments are, said by `SMITH_HOME` or found as the binaries find it.
fn smith_home() -> OsString {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let below = |name: &str, folder: &str| {
        variable(name).map(|base| std::path::Path::new(&base).join(folder).into())
    };
    variable("SMITH_HOME")
        .or_else(|| below("XDG_CACHE_HOME", "mle-smith"))
        .or_else(|| below("HOME", ".cache/mle-smith"))
        .expect("`SMITH_HOME` or `HOME` must be set")
}

/// The path of a built binary, which stands beside the folder of the test's own.
pub(crate) fn binary(name: &str) -> Utf8PathBuf {
    let own =
        Utf8PathBuf::from_path_buf(std::env::current_exe().expect("a test knows its own path"))
            .unwrap();
    let path = own
        .ancestors()
        .nth(2)
        .expect("tests stand in target/<profile>/deps")
        .join(name);
    assert!(
        path.is_file(),
        "`{path}` is not built; run `cargo test --workspace`, or `cargo xtask {name} --help` first"
    );
    path
}

/// The folder of the fixtures: a folder for each dataset, and the scripts beside them.
pub(crate) fn fixtures() -> Utf8PathBuf {
    Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Names of the fixture datasets, sorted.
pub(crate) fn datasets() -> Vec<String> {
    let mut names: Vec<String> = fixtures()
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().to_owned())
        .collect();
    names.sort();
    names
}

#[expect(
    clippy::disallowed_methods,
    reason = "end-to-end tests start the product the way a shell does"
)]
fn command(program: &Utf8Path) -> Command {
    Command::new(program)
}

/// Realises the Python environment once for all tests, as the developer, with their mirrors and proxies.
fn realise() {
    static REALISED: OnceLock<()> = OnceLock::new();
    REALISED.get_or_init(|| {
        let output = command(&binary("smith"))
            .args(["sandbox", "build", "tabular"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "the environment can't be realised:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    });
}

/// A user with a home and a working directory of their own.
pub(crate) struct TestEnv {
    root: TempDir,
    kept: &'static [&'static str],
    variables: Vec<(String, String)>,
}

impl TestEnv {
    /// A user who can run everything.
    pub(crate) fn new() -> Self {
        realise();
        Self {
            kept: &KEPT,
            ..Self::without_environment()
        }
    }

    /// A user for commands that need no Python.
    pub(crate) fn without_environment() -> Self {
        let root = tempfile::Builder::new()
            .prefix("e2e-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .unwrap();
        let env = Self {
            root,
            kept: &[],
            variables: Vec::new(),
        };
        for folder in ["home", "tmp", "cwd"] {
            fs_err::create_dir_all(env.root().join(folder)).unwrap();
        }
        env
    }

    /// An environment whose current folder is a copy of the task kit with its tests.
    pub(crate) fn with_kit() -> Self {
        let env = Self::new();
        let kit = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../sandboxes/kit");
        super::tree::copy(&kit, &env.path(""));
        env
    }

    /// A user with the fixture datasets in `data/`.
    pub(crate) fn with_data() -> Self {
        let env = Self::new();
        for dataset in datasets() {
            let copy = env.path("data").join(&dataset);
            super::tree::copy(&fixtures().join(dataset), &copy);
        }
        env
    }

    /// The same user, with one more variable.
    #[allow(dead_code, reason = "only models need keys")]
    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where everything of this user is.
    pub(crate) fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.root.path()).unwrap()
    }

    /// A path in the working directory.
    pub(crate) fn path(&self, relative: &str) -> Utf8PathBuf {
        self.root().join("cwd").join(relative)
    }

    /// Writes a file below the working directory.
    pub(crate) fn write(&self, relative: &str, content: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    /// Runs `smith` to its end.
    pub(crate) fn smith(&self, arguments: &[&str]) -> Ran {
        self.run("smith", arguments)
    }

    /// Runs `smith` to its end, with these bytes on its standard input.
    pub(crate) fn smith_hears(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self.talking(arguments);
        let mut stdin = child.stdin.take().expect("it is a pipe");
        // It may end before it has read everything; what it says then is what a test looks at.
        let _gone = stdin.write_all(input);
        drop(stdin);
        self.ended(arguments, child)
    }

    /// Starts `smith` with pipes to all its streams.
    pub(crate) fn talking(&self, arguments: &[&str]) -> Child {
        self.prepared("smith", arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The end of what [`Self::talking`] began.
    pub(crate) fn ended(&self, arguments: &[&str], child: Child) -> Ran {
        let output = child.wait_with_output().unwrap();
        Ran::new("smith", arguments, output, self.root())
    }

    /// Sends to it what Ctrl-C sends.
    pub(crate) fn interrupt(&self, child: &Child) {
        let words = format!("kill -INT {}", child.id());
        let sent = command(Utf8Path::new("/bin/sh"))
            .args(["-c", &words])
            .status();
        assert!(sent.unwrap().success(), "it has ended already");
    }

    /// What lies in the folder for temporary files.
    pub(crate) fn temporary_files(&self) -> Vec<String> {
        let entries = fs_err::read_dir(self.root().join("tmp")).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// Runs `rerun` to its end.
    pub(crate) fn rerun(&self, arguments: &[&str]) -> Ran {
        self.run("rerun", arguments)
    }

    /// Starts `smith` and comes back at once.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.prepared("smith", arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Ran {
        let output = self.prepared(program, arguments).output().unwrap();
        Ran::new(program, arguments, output, self.root())
    }

    fn prepared(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = command(&binary(program));
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env_clear()
            .stdin(Stdio::null());
        for name in self.kept.iter().chain(&["PATH"]) {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
            .env("SMITH_HOME", smith_home())
            .env("HOME", self.root().join("home"))
            .env("TMPDIR", self.root().join("tmp"))
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}
