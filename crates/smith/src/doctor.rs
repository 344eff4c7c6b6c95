//! `smith doctor`.

use ::sandbox::{
    Launcher,
    doctor::{self, Report, Standing},
};
use environment::Realised;

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

pub(crate) async fn run(global: &Global) -> Result<u8, Failure> {
    let console = Console::new(false);
    let realised =
        match environment::realise(ENVIRONMENT, &environment_settings(global)?, &console).await {
            Ok(realised) => Ok(realised),
            Err(error) => Err(Failure::from(error)),
        };
    console.finish();
    // Without the pinned bubblewrap the host's own shows at least the kernel's side.
    let launcher = match &realised {
        Ok(realised) => Some(realised.launcher()),
        Err(_) => Launcher::from_host(),
    };
    let report = doctor::examine(launcher.as_ref()).await;
    if global.json {
        console::json(&report);
    } else {
        console::out(&render(&report, &realised));
    }
    let ready = report.is_ready() && realised.is_ok();
    Ok(if ready {
        exit::OK
    } else {
        exit::HOST_NOT_SET_UP
    })
}

fn render(report: &Report, realised: &Result<Realised, Failure>) -> String {
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
    table.render()
}
