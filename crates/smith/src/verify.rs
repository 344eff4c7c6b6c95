//! `smith verify`: every check on existing tasks, several side by side, printed in the order given.

mod report;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use datasets::{DatasetSpec, NotOpened};
use executor::Executor;
use facts::Refusal;
use pipeline::{Profiler, RawData, Verification};
use task_format::Manifest;
use tokio::sync::Semaphore;

use crate::{
    arguments::{self, Global},
    console::{self, Console},
    exit,
    failure::Failure,
    profiler::Tables,
    sandbox::{environment_settings, on_this_host},
};

/// The environment that tabular tasks run in.
const ENVIRONMENT: &str = "tabular";

/// What became of one task: its verification, or why it could not be examined at all.
type Outcome = Result<Verification, Failure>;

/// Everything that verifying a task takes, shared by all tasks.
struct Verifier {
    executor: Executor,
    profiler: Arc<dyn Profiler>,
    /// By the name on the command line or in a manifest.
    raw: BTreeMap<String, RawData>,
    /// Name of the raw data of all tasks, when they were named.
    named: Option<String>,
    scratch: Utf8PathBuf,
    /// Whether nothing is run.
    on_paper: bool,
    console: Console,
}

pub(crate) async fn run(global: &Global, arguments: &arguments::Verify) -> Result<u8, Failure> {
    let console = Console::new(global.json);
    let realised =
        environment::realise(ENVIRONMENT, &environment_settings(global)?, &console).await?;
    console.finish();
    if !arguments.on_paper {
        on_this_host(&realised).await?;
    }
    let site_packages = realised.site_packages().to_owned();
    let parallel = std::thread::available_parallelism().map_or(1, usize::from);
    let keep = tempfile::tempdir().map_err(|error| unusable(&error))?;
    let scratch = Utf8PathBuf::from_path_buf(keep.path().to_owned()).map_err(|path| {
        unusable(&std::io::Error::other(format!(
            "`{}` is not UTF-8",
            path.display()
        )))
    })?;
    let profiler: Arc<dyn Profiler> = Arc::new(Tables);
    let raw = open_raw(arguments, &profiler, &scratch, &site_packages)?;
    let executor = Executor::new(Arc::new(realised), parallel);
    let verifier = Arc::new(Verifier {
        executor: if arguments.cold {
            executor
        } else {
            executor.warm()
        },
        profiler,
        raw,
        named: arguments.raw.clone(),
        scratch,
        on_paper: arguments.on_paper,
        console,
    });

    let mut running = start(&verifier, arguments);
    let mut finished: BTreeMap<usize, Outcome> = BTreeMap::new();
    let mut summary = report::Summary::default();
    let mut next = 0;
    while let Some(joined) = running.join_next().await {
        let (place, outcome) = match joined {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        finished.insert(place, outcome);
        while let Some(outcome) = finished.remove(&next) {
            let task = &arguments.tasks[next];
            summary.add(&outcome);
            if global.json {
                console::json(&report::line(task, &outcome));
            } else {
                verifier
                    .console
                    .suspended(|| console::out(&report::render(task, &outcome)));
            }
            next += 1;
        }
    }
    verifier.console.finish();
    if !global.json {
        console::out(&summary.render());
    }
    Ok(summary.exit_code())
}

/// Starts a verification for each task, as many at a time as was asked for.
fn start(
    verifier: &Arc<Verifier>,
    arguments: &arguments::Verify,
) -> tokio::task::JoinSet<(usize, Outcome)> {
    let slots = Arc::new(Semaphore::new(arguments.jobs.get()));
    let mut running = tokio::task::JoinSet::new();
    for (place, task) in arguments.tasks.iter().cloned().enumerate() {
        let (verifier, slots) = (Arc::clone(verifier), Arc::clone(&slots));
        running.spawn(async move {
            // The semaphore is fair: tasks begin in the order they were named.
            let _slot = slots
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            verifier.console.working(task.as_str(), "verifying");
            let this = Arc::clone(&verifier);
            let named = task.clone();
            // A task of the runtime's own: our mistake with one package must not lose what is said of the others.
            let work = tokio::spawn(async move { this.verify(place, &named).await });
            let outcome = work.await.unwrap_or_else(|error| Err(our_mistake(error)));
            verifier.console.done(task.as_str());
            (place, outcome)
        });
    }
    running
}

/// What is said of a task on which this program panicked.
fn our_mistake(error: tokio::task::JoinError) -> Failure {
    let said = error.try_into_panic().ok().and_then(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()))
    });
    Failure {
        chain: vec![
            "this program made a mistake".to_owned(),
            said.unwrap_or_else(|| "it does not say which".to_owned()),
        ],
        hint: Some(
            "report it with the task; the other tasks were verified all the same".to_owned(),
        ),
        code: exit::BUG,
    }
}

/// The environment here and the pinned one, in words.
pub(crate) use report::ran_in as described;

impl Verifier {
    async fn verify(&self, place: usize, task: &Utf8Path) -> Outcome {
        if !task.is_dir() {
            return Err(Failure {
                chain: vec![format!("`{task}` is no folder")],
                hint: Some("give the folder that holds `task.toml`".to_owned()),
                code: exit::USAGE,
            });
        }
        // Folders below it become mounts of the sandbox, and a mount has an absolute path.
        let root = camino::absolute_utf8(task).map_err(|error| Failure::usage(&error, None))?;
        if self.on_paper {
            return Ok(pipeline::verify_on_paper(&root, &self.executor, &self.profiler).await?);
        }
        let raw = self
            .named
            .clone()
            .or_else(|| stated_source(task))
            .and_then(|name| self.raw.get(&name));
        let scratch = self.scratch.join("work").join(place.to_string());
        let verification =
            pipeline::verify(&root, raw, &self.executor, &self.profiler, &scratch).await?;
        // What a task left behind is of no use to the next one, and may be large.
        let _ = fs_err::remove_dir_all(&scratch);
        Ok(verification)
    }
}

/// The raw data that were named, or those of every manifest that come with the environment; each is opened and profiled once.
fn open_raw(
    arguments: &arguments::Verify,
    profiler: &Arc<dyn Profiler>,
    scratch: &Utf8Path,
    site_packages: &Utf8Path,
) -> Result<BTreeMap<String, RawData>, Failure> {
    let names: Vec<String> = match &arguments.raw {
        Some(name) => vec![name.clone()],
        None if arguments.on_paper => Vec::new(),
        None => arguments
            .tasks
            .iter()
            .filter_map(|task| stated_source(task))
            .collect(),
    };
    let mut opened = BTreeMap::new();
    for name in names {
        if opened.contains_key(&name) {
            continue;
        }
        let staging = scratch.join("raw").join(opened.len().to_string());
        match open(&name, profiler, &staging, site_packages) {
            Ok(raw) => {
                opened.insert(name, raw);
            }
            // A manifest may name what does not exist; only what the user named must.
            Err(failure) if arguments.raw.is_some() => return Err(failure),
            Err(failure) => console::error_line(&format!(
                "warning: the raw data `{name}` can't be used: {}",
                failure.chain.join(": ")
            )),
        }
    }
    Ok(opened)
}

fn open(
    name: &str,
    profiler: &Arc<dyn Profiler>,
    staging: &Utf8Path,
    site_packages: &Utf8Path,
) -> Result<RawData, Failure> {
    let spec: DatasetSpec = name.parse().map_err(|error: datasets::ParseSpecError| {
        let hint = error.hint();
        Failure::usage(&error, hint)
    })?;
    match datasets::open(&spec, staging, Some(site_packages)) {
        Ok(raw) => Ok(RawData::profiled(raw, profiler)?),
        Err(NotOpened::Refused(Refusal { detail, .. })) => Err(Failure {
            chain: vec![format!("`{name}` can't be used: {detail}")],
            hint: None,
            code: exit::USAGE,
        }),
        Err(NotOpened::Failed(error)) => {
            Err(Failure::new(&error, process::Fault::Setup, error.hint()))
        }
    }
}

/// The source that a manifest names, when it comes with the environment.
fn stated_source(task: &Utf8Path) -> Option<String> {
    let text = task_format::read_text(task, task_format::MANIFEST).ok()?;
    let source = Manifest::parse(&text).ok()?.dataset.source;
    source.starts_with("sklearn:").then_some(source)
}

/// A folder for working files can't be had.
pub(crate) fn unusable(error: &std::io::Error) -> Failure {
    Failure::new(
        error,
        process::Fault::Setup,
        Some("set `TMPDIR` to a folder that can be written".to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_failure_with_its_sentence() {
        let work = tokio::spawn(async {
            let rows: usize = std::hint::black_box(0);
            assert!(rows > 0, "a table has rows");
        });
        let failure = our_mistake(work.await.unwrap_err());
        assert_eq!(failure.code, exit::BUG);
        assert_eq!(
            failure.chain,
            ["this program made a mistake", "a table has rows"]
        );
    }
}
