//! `smith verify`.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use datasets::{DatasetSpec, NotOpened, RawDataset};
use executor::Executor;
use facts::Refusal;
use findings::{Finding, Status, Verdict};
use pipeline::{Profiler, Verification};
use serde::Serialize;
use task_format::Manifest;

use crate::{
    arguments::{self, Global},
    console::{self, Console},
    exit,
    failure::Failure,
    profiler::Tables,
    sandbox::{environment_settings, on_this_host},
    table::{Align, Table},
};

/// The environment that tabular tasks run in.
const ENVIRONMENT: &str = "tabular";

#[derive(Serialize)]
struct Line<'a> {
    task: &'a Utf8Path,
    verdict: &'a Verdict,
}

pub(crate) async fn run(global: &Global, arguments: &arguments::Verify) -> Result<u8, Failure> {
    let console = Console::new(false);
    let realised =
        environment::realise(ENVIRONMENT, &environment_settings(global)?, &console).await?;
    console.finish();
    on_this_host(&realised).await?;
    let site_packages = realised.site_packages();
    let parallel = std::thread::available_parallelism().map_or(1, usize::from);
    let executor = Executor::new(Arc::new(realised), parallel);
    let profiler: Arc<dyn Profiler> = Arc::new(Tables);
    let keep = tempfile::tempdir().map_err(|error| unusable(&error))?;
    let scratch = Utf8PathBuf::from_path_buf(keep.path().to_owned()).map_err(|path| {
        unusable(&std::io::Error::other(format!(
            "`{}` is not UTF-8",
            path.display()
        )))
    })?;

    let mut all_accepted = true;
    for task in &arguments.tasks {
        if !task.is_dir() {
            return Err(Failure {
                chain: vec![format!("`{task}` is no folder")],
                hint: Some("give the folder that holds `task.toml`".to_owned()),
                code: exit::USAGE,
            });
        }
        let raw = raw_data(
            task,
            arguments.raw.as_deref(),
            &scratch.join("raw"),
            &site_packages,
        )?;
        let Verification { verdict, .. } = pipeline::verify(
            task,
            raw.as_ref(),
            &executor,
            &profiler,
            &scratch.join("work"),
        )
        .await?;
        all_accepted &= verdict.accepted();
        if global.json {
            console::json(&Line {
                task,
                verdict: &verdict,
            });
        } else {
            console::out(&render(task, &verdict));
        }
    }
    Ok(if all_accepted {
        exit::OK
    } else {
        exit::REJECTED
    })
}

/// The raw data that was named, or that the manifest names when they come with the environment.
fn raw_data(
    task: &Utf8Path,
    named: Option<&str>,
    staging: &Utf8Path,
    site_packages: &Utf8Path,
) -> Result<Option<RawDataset>, Failure> {
    let text = fs_err::read_to_string(task.join(task_format::MANIFEST)).unwrap_or_default();
    let stated = Manifest::parse(&text)
        .ok()
        .map(|manifest| manifest.dataset.source);
    let Some(name) = named
        .map(str::to_owned)
        .or(stated.filter(|source| source.starts_with("sklearn:")))
    else {
        return Ok(None);
    };
    let spec: DatasetSpec = name.parse().map_err(|error: datasets::ParseSpecError| {
        let hint = error.hint();
        Failure::usage(&error, hint)
    })?;
    match datasets::open(&spec, staging, Some(site_packages)) {
        Ok(raw) => Ok(Some(raw)),
        Err(NotOpened::Refused(Refusal { detail, .. })) => Err(Failure {
            chain: vec![format!("`{name}` can't be used: {detail}")],
            hint: None,
            code: exit::USAGE,
        }),
        Err(NotOpened::Failed(error)) => Err(Failure::usage(&error, error.hint())),
    }
}

fn render(task: &Utf8Path, verdict: &Verdict) -> String {
    let mut table = Table::new([
        ("check", Align::Left),
        ("status", Align::Left),
        ("about", Align::Left),
        ("measured", Align::Left),
    ]);
    for finding in verdict.findings() {
        let cells = vec![
            finding.check.to_string(),
            finding.status.as_str().to_owned(),
            finding.title.clone(),
            finding.measured.text.clone(),
        ];
        table.row(cells, notes(finding));
    }
    let word = if verdict.accepted() {
        "accepted"
    } else {
        "rejected"
    };
    format!("{task}: {word}\n{}", table.render())
}

fn notes(finding: &Finding) -> Vec<String> {
    if finding.status == Status::Pass {
        return Vec::new();
    }
    let mut notes = vec![finding.message.clone()];
    notes.extend(finding.hint.iter().map(|hint| format!("hint: {hint}")));
    notes.retain(|note| !note.is_empty());
    notes
}

fn unusable(error: &std::io::Error) -> Failure {
    Failure::new(
        error,
        process::Fault::Setup,
        Some("set `TMPDIR` to a folder that can be written".to_owned()),
    )
}
