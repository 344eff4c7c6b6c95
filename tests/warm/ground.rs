//! One environment, its fork server, and a command run both ways with everything that can be seen of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use environment::Realised;
use sandbox::collect::TreeLimits;
use sandbox::roles::{self, Closure};
use sandbox::{Captured, Completed, ForkServer, Limits, Outcome, Policy, SandboxError};
use tempfile::TempDir;

use crate::support::{Tree, read_tree};

/// How a program comes into the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// bubblewrap starts it.
    Cold,
    /// It is forked from the server that has the libraries.
    Warm,
    /// It is forked from the server that has only Python.
    Bare,
}

/// Everything that a run leaves but times and memory, which are measurements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) outcome: Outcome,
    pub(crate) stdout: Captured,
    pub(crate) stderr: Captured,
    /// Every file of the working folder, or why they were not taken.
    pub(crate) files: Result<Tree, String>,
}

/// The environment with its fork servers.
pub(crate) struct Ground {
    pub(crate) realised: Arc<Realised>,
    pub(crate) server: ForkServer,
    bare: ForkServer,
    folder: TempDir,
    taken: AtomicU32,
}

/// The environment, realised.
pub(crate) async fn realised() -> Arc<Realised> {
    let settings = environment::Settings::from_env().unwrap();
    let realised = environment::realise("tabular", &settings, &environment::Silent).await;
    Arc::new(
        realised.unwrap_or_else(|error| panic!("the environment can't be realised: {error:?}")),
    )
}

/// What a sandbox shows of it.
pub(crate) fn closure(realised: &Realised) -> Closure {
    let paths = realised.closure().iter();
    Closure {
        paths: paths
            .map(|path| (path.inside.clone(), path.host.clone()))
            .collect(),
        variables: realised.variables().clone(),
    }
}

/// A fork server of it, with libraries or told to do without.
async fn fork_server(
    realised: &Arc<Realised>,
    flags: &'static [&'static str],
) -> Result<ForkServer, SandboxError> {
    let realised = Arc::clone(realised);
    let start = move || {
        let policy = roles::fork_server(&closure(&realised));
        let command: Vec<String> = std::iter::once(realised.python().into_string())
            .chain(["-m", "taskkit.warm.server"].map(String::from))
            .chain(flags.iter().copied().map(String::from))
            .collect();
        let idle = Duration::from_secs(600);
        ForkServer::start(&realised.launcher(), &policy, &command, idle)
    };
    tokio::task::spawn_blocking(start).await.unwrap()
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let realised = realised().await;
        let given = |server: Result<ForkServer, SandboxError>| {
            server.unwrap_or_else(|error| panic!("no fork server: {error:?}; {:?}", error.hint()))
        };
        Self {
            server: given(fork_server(&realised, &[]).await),
            bare: given(fork_server(&realised, &["--bare"]).await),
            realised,
            folder: tempfile::tempdir().unwrap(),
            taken: AtomicU32::new(0),
        }
    }

    pub(crate) fn closure(&self) -> Closure {
        closure(&self.realised)
    }

    /// A path below a folder of its own.
    pub(crate) fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join(name)
    }

    /// Runs Python with `arguments` one way.
    pub(crate) async fn run(&self, way: Way, policy: &Policy, arguments: &[&str]) -> Seen {
        let command: Vec<String> = std::iter::once(self.realised.python().as_str())
            .chain(arguments.iter().copied())
            .map(str::to_owned)
            .collect();
        let completed = match way {
            Way::Cold => sandbox::run(&self.realised.launcher(), policy, &command).await,
            Way::Warm => self.server.run(policy, &command).await,
            Way::Bare => self.bare.run(policy, &command).await,
        };
        let completed = completed
            .unwrap_or_else(|error| panic!("{way:?} {arguments:?}: {error:?}; {:?}", error.hint()));
        self.see(completed, policy)
    }

    fn see(&self, completed: Completed, policy: &Policy) -> Seen {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let target = self.path(&format!("taken-{number}"));
        let limits = TreeLimits {
            entries: 1000,
            bytes: policy.limits.disk_bytes,
            depth: 8,
        };
        let work = completed.outputs.folder(Utf8Path::new(roles::WORK));
        let taken = work.take_tree(Utf8Path::new(""), limits, &target).unwrap();
        let record = completed.record;
        Seen {
            outcome: record.outcome,
            stdout: record.stdout,
            stderr: record.stderr,
            files: taken
                .map(|_| read_tree(&target))
                .map_err(|refusal| refusal.to_string()),
        }
    }

    /// Runs it cold, then warm, and complains about every difference.
    pub(crate) async fn compare(
        &self,
        name: &str,
        policy: &Policy,
        arguments: &[&str],
    ) -> (Seen, Vec<String>) {
        let cold = self.run(Way::Cold, policy, arguments).await;
        let warm = self.run(Way::Warm, policy, arguments).await;
        let complaints = differences(name, &cold, &warm);
        (cold, complaints)
    }
}

/// What differs between a cold run and a warm one.
pub(crate) fn differences(name: &str, cold: &Seen, warm: &Seen) -> Vec<String> {
    let mut complaints = Vec::new();
    if cold.outcome != warm.outcome {
        complaints.push(format!(
            "{name}: cold it {}, warm it {}",
            cold.outcome, warm.outcome
        ));
    }
    for (stream, cold, warm) in [
        ("stdout", &cold.stdout, &warm.stdout),
        ("stderr", &cold.stderr, &warm.stderr),
    ] {
        if cold != warm {
            complaints.push(format!(
                "{name}: {stream} differs\n-- cold, {} bytes\n{}-- warm, {} bytes\n{}",
                cold.total_bytes,
                start(&cold.text()),
                warm.total_bytes,
                start(&warm.text()),
            ));
        }
    }
    if cold.files != warm.files {
        let what = match (&cold.files, &warm.files) {
            (Ok(cold), Ok(warm)) => crate::support::first_difference(cold, warm).unwrap(),
            other => format!("{other:?}"),
        };
        complaints.push(format!("{name}: files differ: {what}"));
    }
    complaints
}

fn start(text: &str) -> String {
    text.chars().take(4000).collect()
}

/// Limits for a script that ends soon.
pub(crate) fn small_limits(wall_seconds: u64) -> Limits {
    Limits {
        wall_seconds,
        grace_seconds: 1,
        output_bytes: 64 << 10,
        output_stop_bytes: 4 << 20,
        disk_bytes: 64 << 20,
        temporary_bytes: 64 << 20,
        memory_bytes: 1 << 30,
        ..roles::standard_limits()
    }
}
