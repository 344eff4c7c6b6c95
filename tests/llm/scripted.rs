//! A model whose replies are written by hand, as a server that a test starts: `server/server.mjs` with the package that
//! its lock file names. What replies look like is in `README.md`.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdin, Command, Stdio},
};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

/// What npm needs to know.
const PACKAGE: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// The program.
const PROGRAM: [&str; 4] = [
    "server.mjs",
    "conversation.mjs",
    "faults.mjs",
    "replies.mjs",
];

/// A server of scripted replies; ends when it is dropped, and when the test is killed.
pub(crate) struct ScriptedModel {
    child: Child,
    url: String,
    complaints: NamedTempFile,
    /// The server ends when nobody holds the other end of its standard input.
    _stdin: ChildStdin,
}

impl ScriptedModel {
    /// Serves the replies below a folder; `options` are those of `server.mjs`.
    pub(crate) fn start(replies: &Utf8Path, options: &[&str]) -> Self {
        let program = installed().join("server.mjs");
        let complaints = NamedTempFile::new().unwrap();
        let mut child = command("node")
            .arg(program)
            .args(["--replies", replies.as_str()])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints.reopen().unwrap())
            .spawn()
            .expect(
                "the tests of language models need Node.js 20 or later: `node` can't be started",
            );
        let stdin = child.stdin.take().expect("it is a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut url = String::new();
        stdout.read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        let model = Self {
            child,
            url,
            complaints,
            _stdin: stdin,
        };
        assert!(
            model.url.starts_with("http://127.0.0.1:"),
            "the scripted model does not start:\n{}",
            model.complaints()
        );
        model
    }

    /// Where it listens: `http://127.0.0.1:PORT`, without a path.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it wrote on stderr: above all, which replies were asked for and are not written.
    pub(crate) fn complaints(&self) -> String {
        fs_err::read_to_string(self.complaints.path()).unwrap()
    }
}

impl Drop for ScriptedModel {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the scripted model says:\n{}", self.complaints());
        }
    }
}

/// The folder with the program and its package: installed by the first that comes, below cargo's folder for tests.
fn installed() -> Utf8PathBuf {
    let source = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("llm/server");
    let folder = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("scripted-model");
    fs_err::create_dir_all(&folder).unwrap();
    let lock = fs_err::File::create(folder.join("lock")).unwrap();
    lock.file().lock().unwrap();
    let stale = PACKAGE.map(|file| bring(&source, &folder, file));
    let stamp = folder.join("installed");
    if stale.contains(&true) || !stamp.exists() {
        npm_ci(&folder);
        fs_err::write(&stamp, "").unwrap();
    }
    for file in PROGRAM {
        bring(&source, &folder, file);
    }
    folder
}

/// Copies a file that is not there yet as it is; tells whether it was not.
fn bring(source: &Utf8Path, folder: &Utf8Path, file: &str) -> bool {
    let wanted = fs_err::read(source.join(file)).unwrap();
    let target = folder.join(file);
    if fs_err::read(&target).is_ok_and(|there| there == wanted) {
        return false;
    }
    // Renamed, because another test may be reading the old one.
    let fresh = folder.join("fresh");
    fs_err::write(&fresh, wanted).unwrap();
    fs_err::rename(fresh, target).unwrap();
    true
}

fn npm_ci(folder: &Utf8Path) {
    let _absent = fs_err::remove_file(folder.join("installed"));
    let output = command("npm")
        .args(["ci", "--ignore-scripts"])
        .current_dir(folder)
        .output()
        .expect("the tests of language models need npm: it can't be started");
    assert!(
        output.status.success(),
        "`npm ci` fails in {folder}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server is a counterpart of the product and runs beside it, with the developer's own Node.js"
)]
fn command(program: &str) -> Command {
    Command::new(program)
}
