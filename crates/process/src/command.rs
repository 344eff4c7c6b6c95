//! One start of a host tool: cleared environment, own process group, time limit, capped output.
//!
//! It does not retry and does not judge an exit status, unless asked to with [`HostCommand::succeed`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use camino::Utf8PathBuf;
use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::task::JoinHandle;

use crate::Fault;

/// Variables of the user that a host tool may see: what it needs to find itself, its caches, and the user's
/// mirrors, proxies and certificates. Everything else (tokens above all) stays with us.
pub const INHERITED: &[&str] = &[
    "ALL_PROXY",
    "APT_CONFIG",
    "CONDA_PREFIX",
    "CURL_CA_BUNDLE",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LOGNAME",
    "NETRC",
    "NO_PROXY",
    "PATH",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "USER",
    "VIRTUAL_ENV",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Families of variables that a host tool may see, by their beginning.
pub const INHERITED_PREFIXES: &[&str] = &["NIX_", "PIP_", "PYENV_"];

/// How long a tool may go on after TERM before it is killed.
const GRACE: Duration = Duration::from_secs(3);

/// How long the pipes may stay open after the tool has ended: a daemon that it left behind may hold them.
const DRAIN: Duration = Duration::from_secs(2);

/// A host tool about to be started.
#[derive(Clone, Debug)]
pub struct HostCommand {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: BTreeMap<OsString, OsString>,
    directory: Option<Utf8PathBuf>,
    time_limit: Duration,
    output_bytes: usize,
}

/// What a host tool left behind.
#[derive(Clone, Debug)]
pub struct HostOutput {
    /// How it ended.
    pub status: ExitStatus,
    /// The beginning of its standard output.
    pub stdout: Vec<u8>,
    /// The beginning of its standard error.
    pub stderr: Vec<u8>,
    /// True if either stream was longer than the cap.
    pub truncated: bool,
}

impl HostOutput {
    /// Standard output as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// Why a host tool gave no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The program is not on this machine.
    #[error("`{program}` is not installed, or not on PATH")]
    NotFound {
        /// Name or path that was looked for.
        program: String,
    },
    /// The program exists and the kernel refused to start it.
    #[error("`{program}` could not be started")]
    Start {
        /// Path of the program.
        program: String,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
    /// The connection to the running program broke.
    #[error("lost track of `{program}`")]
    Wait {
        /// Path of the program.
        program: String,
        /// What the kernel said.
        #[source]
        source: std::io::Error,
    },
    /// The time limit passed; the whole process group was killed.
    #[error("`{program}` was stopped after {} s", limit.as_secs())]
    TimedOut {
        /// Path of the program.
        program: String,
        /// The limit that passed.
        limit: Duration,
    },
    /// The program ended with a failure, where only success will do.
    #[error("`{program}` failed ({status}): {complaint}")]
    Failed {
        /// Path of the program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its standard error.
        complaint: String,
    },
}

impl ProcessError {
    /// The class of this error; decides retry and exit code.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::NotFound { .. } | Self::Start { .. } | Self::Failed { .. } => Fault::Setup,
            Self::Wait { .. } => Fault::Bug,
            Self::TimedOut { .. } => Fault::Transient,
        }
    }

    /// What the user can do, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { program } => Some(format!("install `{program}` and try again")),
            Self::TimedOut { program, .. } => Some(format!(
                "try again; `{program}` may be waiting for the network"
            )),
            Self::Start { .. } | Self::Wait { .. } | Self::Failed { .. } => None,
        }
    }
}

impl HostCommand {
    /// Prepares a start of `program`: an absolute path, or a name that is looked up on PATH.
    ///
    /// Unless changed: no arguments, the caller's directory, ten minutes, 16 MiB of output kept per stream.
    ///
    /// # Errors
    /// [`ProcessError::NotFound`] if there is no such program.
    pub fn find(program: impl AsRef<OsStr>) -> Result<Self, ProcessError> {
        let name = program.as_ref();
        let program = which::which(name).map_err(|_| ProcessError::NotFound {
            program: name.to_string_lossy().into_owned(),
        })?;
        Ok(Self {
            program,
            arguments: Vec::new(),
            variables: inherited(std::env::vars_os()),
            directory: None,
            time_limit: Duration::from_secs(600),
            output_bytes: 16 << 20,
        })
    }

    /// The program that will be started.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets one variable, over whatever is inherited.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn directory(mut self, directory: impl Into<Utf8PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Sets the wall-clock limit.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Sets how many bytes of each output stream are kept; the rest is read and dropped.
    #[must_use]
    pub fn output_bytes(mut self, bytes: usize) -> Self {
        self.output_bytes = bytes;
        self
    }

    /// Runs the tool to its end, whatever its exit status.
    ///
    /// Dropping the future kills the process group.
    ///
    /// # Errors
    /// Any [`ProcessError`] but `Failed`.
    pub async fn run(self) -> Result<HostOutput, ProcessError> {
        let program = self.program.display().to_string();
        let mut child = self.start(&program)?;
        let mut group = Group::of(&child);
        let stdout = read_capped(child.stdout.take(), self.output_bytes);
        let stderr = read_capped(child.stderr.take(), self.output_bytes);

        let status = match tokio::time::timeout(self.time_limit, child.wait()).await {
            Ok(waited) => waited.map_err(|source| ProcessError::Wait { program, source })?,
            Err(_) => {
                group.signal(Signal::SIGTERM);
                let _ended_in_time = tokio::time::timeout(GRACE, child.wait()).await;
                group.signal(Signal::SIGKILL);
                let _reaped = child.wait().await;
                return Err(ProcessError::TimedOut {
                    program,
                    limit: self.time_limit,
                });
            }
        };
        // What the tool left in its group ends with it: at once, while its number can't have been given away.
        group.signal(Signal::SIGKILL);
        group.done();
        let (stdout, stderr) = (drained(stdout).await, drained(stderr).await);
        Ok(HostOutput {
            status,
            truncated: stdout.truncated || stderr.truncated,
            stdout: stdout.bytes,
            stderr: stderr.bytes,
        })
    }

    /// Runs the tool, where only exit status 0 will do.
    ///
    /// # Errors
    /// Any [`ProcessError`].
    pub async fn succeed(self) -> Result<HostOutput, ProcessError> {
        let program = self.program.display().to_string();
        let output = self.run().await?;
        if output.status.success() {
            return Ok(output);
        }
        Err(ProcessError::Failed {
            program,
            status: output.status,
            complaint: last_lines(&output.stderr_text(), 8),
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where host tools are started"
    )]
    fn start(&self, program: &str) -> Result<Child, ProcessError> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        tracing::debug!(program, arguments = ?self.arguments, "host tool starts");
        command.spawn().map_err(|source| ProcessError::Start {
            program: program.to_owned(),
            source,
        })
    }
}

/// The process group of a running tool; killed when dropped before the tool ended.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let leader = child.id().map(|id| Pid::from_raw(id.cast_signed()));
        Self(leader)
    }

    fn signal(&mut self, signal: Signal) {
        let Some(leader) = self.0 else { return };
        match killpg(leader, signal) {
            // ESRCH: the group is already empty, which is what was wanted.
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => tracing::warn!(%leader, %error, "process group could not be signalled"),
        }
    }

    fn done(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

/// The kept beginning of a stream.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    truncated: bool,
}

/// Reads a stream to its end beside the caller, so that the tool never blocks on a full pipe.
fn read_capped<R>(stream: Option<R>, cap: usize) -> Reader
where
    R: AsyncRead + Unpin + Send + 'static,
{
    let kept = std::sync::Arc::new(std::sync::Mutex::new(Kept::default()));
    let into = std::sync::Arc::clone(&kept);
    let task = tokio::spawn(async move {
        let Some(mut stream) = stream else { return };
        let mut buffer = vec![0; 64 << 10];
        // A read error on our own pipe ends the stream like its end does.
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            let mut kept = into
                .lock()
                .expect("no reader panics while it holds the lock");
            let wanted = count.min(cap - kept.bytes.len());
            kept.bytes.extend_from_slice(&buffer[..wanted]);
            kept.truncated |= wanted < count;
        }
    });
    Reader { kept, task }
}

struct Reader {
    kept: std::sync::Arc<std::sync::Mutex<Kept>>,
    task: JoinHandle<()>,
}

/// Waits for the end of a stream, but no longer than [`DRAIN`], and gives what was kept.
async fn drained(reader: Reader) -> Kept {
    let abort = reader.task.abort_handle();
    if tokio::time::timeout(DRAIN, reader.task).await.is_err() {
        abort.abort();
    }
    let mut kept = reader
        .kept
        .lock()
        .expect("no reader panics while it holds the lock");
    std::mem::take(&mut *kept)
}

/// The allowed part of the caller's environment, with a fixed locale: messages of tools are parsed in places.
fn inherited(all: impl IntoIterator<Item = (OsString, OsString)>) -> BTreeMap<OsString, OsString> {
    let mut allowed: BTreeMap<_, _> = all
        .into_iter()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            INHERITED.contains(&name.as_ref())
                || INHERITED_PREFIXES
                    .iter()
                    .any(|prefix| name.starts_with(prefix))
        })
        .collect();
    allowed.insert("LC_ALL".into(), "C.UTF-8".into());
    allowed
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stopwatch;

    fn shell(script: &str) -> HostCommand {
        HostCommand::find("sh").unwrap().args(["-c", script])
    }

    #[tokio::test]
    async fn both_streams_and_the_status_are_captured() {
        let output = shell("echo out; echo err >&2; exit 3").run().await.unwrap();
        assert_eq!(output.stdout_text(), "out\n");
        assert_eq!(output.stderr_text(), "err\n");
        assert_eq!(output.status.code(), Some(3));
        assert!(!output.truncated);
    }

    #[tokio::test]
    async fn a_long_stream_is_cut_and_marked() {
        let output = shell("head -c 300000 /dev/zero")
            .output_bytes(1000)
            .run()
            .await
            .unwrap();
        assert_eq!(output.stdout.len(), 1000);
        assert!(output.truncated);
    }

    #[tokio::test]
    async fn the_time_limit_ends_the_whole_group() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("alive");
        let watch = Stopwatch::start();
        let error = shell("(trap '' TERM; sleep 4; touch \"$MARK\") & sleep 60")
            .variable("MARK", &mark)
            .time_limit(Duration::from_millis(200))
            .run()
            .await
            .unwrap_err();
        assert!(matches!(error, ProcessError::TimedOut { .. }), "{error}");
        assert_eq!(error.fault(), Fault::Transient);
        assert!(watch.elapsed() < Duration::from_secs(4));
        tokio::time::sleep(Duration::from_secs(5).saturating_sub(watch.elapsed())).await;
        assert!(!mark.exists(), "a grandchild outlived the limit");
    }

    #[tokio::test]
    async fn a_grandchild_that_keeps_the_pipe_does_not_keep_us() {
        let watch = Stopwatch::start();
        let output = shell("sleep 60 & echo done").run().await.unwrap();
        assert_eq!(output.stdout_text(), "done\n");
        assert!(watch.elapsed() < Duration::from_secs(30));
    }

    #[tokio::test]
    async fn success_is_demanded_with_the_tools_own_words() {
        let error = shell("echo no such release >&2; exit 1")
            .succeed()
            .await
            .unwrap_err();
        assert!(error.to_string().ends_with("no such release"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = HostCommand::find("no-such-program-here").unwrap_err();
        assert_eq!(error.fault(), Fault::Setup);
        assert_eq!(
            error.to_string(),
            "`no-such-program-here` is not installed, or not on PATH"
        );
    }

    #[test]
    fn only_the_allowed_variables_pass() {
        let given = [
            "PATH",
            "PIP_INDEX_URL",
            "AWS_SECRET_ACCESS_KEY",
            "LC_ALL",
            "XPIP_",
        ]
        .map(|name| (OsString::from(name), OsString::from("x")));
        let passed: Vec<_> = inherited(given).into_iter().collect();
        assert_eq!(
            passed,
            [("LC_ALL", "C.UTF-8"), ("PATH", "x"), ("PIP_INDEX_URL", "x")]
                .map(|(name, value)| (OsString::from(name), OsString::from(value)))
        );
    }
}
