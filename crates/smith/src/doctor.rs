//! `smith doctor`.

use std::sync::Arc;

use ::sandbox::{
    Launcher,
    doctor::{self, Report, Standing},
};
use environment::Realised;
use executor::{Executor, WarmRuns};
use serde::Serialize;

use crate::{
    arguments::Global,
    console::{self, Console},
    exit,
    failure::Failure,
    sandbox::environment_settings,
    table::{Align, Table},
};

/// The environment whose bubblewrap is tried.
const ENVIRONMENT: &str = "tabular";

/// What is printed as JSON.
#[derive(Serialize)]
struct Examined<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Nothing where there is no environment to try.
    warm_runs: Option<WarmRuns>,
}

pub(crate) async fn run(global: &Global) -> Result<u8, Failure> {
    let console = Console::new(false);
    let realised =
        match environment::realise(ENVIRONMENT, &environment_settings(global)?, &console).await {
            Ok(realised) => Ok(Arc::new(realised)),
            Err(error) => Err(Failure::from(error)),
        };
    console.finish();
    // Without the pinned bubblewrap the host's own shows at least the kernel's side.
    let launcher = match &realised {
        Ok(realised) => Some(realised.launcher()),
        Err(_) => Launcher::from_host(),
    };
    let report = doctor::examine(launcher.as_ref()).await;
    let warm_runs = match &realised {
        Ok(realised) if report.is_ready() => Some(try_warm(realised).await),
        _ => None,
    };
    if global.json {
        console::json(&Examined {
            report: &report,
            warm_runs,
        });
    } else {
        console::out(&render(&report, &realised, warm_runs.as_ref()));
    }
    let ready = report.is_ready() && realised.is_ok();
    Ok(if ready {
        exit::OK
    } else {
        exit::HOST_NOT_SET_UP
    })
}

/// Starts the fork server of an environment, and has it run what does nothing.
async fn try_warm(realised: &Arc<Realised>) -> WarmRuns {
    let executor = Executor::new(Arc::clone(realised), 1).warm();
    match executor.try_warm().await {
        Ok(answer) => answer,
        Err(error) => WarmRuns::NotGiven {
            reason: Failure::new(&error, error.fault(), None).chain.join(": "),
        },
    }
}

fn render(
    report: &Report,
    realised: &Result<Arc<Realised>, Failure>,
    warm_runs: Option<&WarmRuns>,
) -> String {
    let mut table = Table::new([
        ("guarantee", Align::Left),
        ("here", Align::Left),
        ("how", Align::Left),
    ]);
    for guarantee in &report.guarantees {
        let (word, how, fix) = match &guarantee.standing {
            Standing::Given { by } => ("given", by, None),
            Standing::Substituted { by } => ("weaker", by, None),
            Standing::Missing { fix } => ("missing", fix, Some(fix)),
            Standing::Untried { until } => ("untried", until, None),
            _ => continue,
        };
        let how = if fix.is_some() {
            String::new()
        } else {
            how.clone()
        };
        let notes = fix.map(|fix| format!("fix: {fix}")).into_iter().collect();
        table.row(vec![guarantee.name.to_owned(), word.to_owned(), how], notes);
    }
    let environment = format!("Python environment `{ENVIRONMENT}`");
    match realised {
        Ok(realised) => {
            let path = realised.output_path().to_string();
            table.row(vec![environment, "given".to_owned(), path], Vec::new());
        }
        Err(failure) => {
            let mut notes = vec![failure.chain.join(": ")];
            notes.extend(failure.hint.iter().map(|hint| format!("fix: {hint}")));
            table.row(vec![environment, "missing".to_owned()], notes);
        }
    }
    // Not among the guarantees: without it everything is the same, and takes longer.
    let (word, how) = match warm_runs {
        Some(WarmRuns::Given { milliseconds }) => (
            "given",
            format!("tried: a run that does nothing takes {milliseconds} ms"),
        ),
        Some(WarmRuns::NotGiven { reason }) => (
            "not given",
            format!("every run starts its own Python: {reason}"),
        ),
        None => ("untried", "as soon as nothing is missing".to_owned()),
    };
    table.row(
        vec!["warm runs".to_owned(), word.to_owned(), how],
        Vec::new(),
    );
    table.render()
}
