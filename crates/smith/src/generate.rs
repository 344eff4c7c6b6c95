//! `smith generate`.

use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::ArgMatches;
use datasets::DatasetSpec;
use executor::Executor;
use fs_err as fs;
use pipeline::{DatasetOutcome, DatasetReport, Engine, Generator, Settings, ledger_folder};
use process::{Fault, Stopwatch};

use crate::{
    arguments::{Generate, Global},
    clock,
    configuration::Configuration,
    console::{self, Console},
    exit,
    failure::Failure,
    interrupt::Interrupts,
    plan,
    profiler::Tables,
    sandbox::{environment_settings, on_this_host},
    summary,
};

/// The environment that tabular tasks run in.
const ENVIRONMENT: &str = "tabular";

pub(crate) async fn run(
    global: &Global,
    arguments: Generate,
    matches: &ArgMatches,
) -> Result<u8, Failure> {
    let watch = Stopwatch::start();
    let configuration = Configuration::resolve(&arguments, matches)?;
    if arguments.print_config {
        if global.json {
            console::json(&configuration);
        } else {
            console::out(&configuration.describe());
        }
        return Ok(exit::OK);
    }
    let datasets = parse(&arguments.datasets)?;
    // Folders below it become mounts of the sandbox, and a mount has an absolute path.
    let out = camino::absolute_utf8(&configuration.out.value)
        .map_err(|error| Failure::usage(&error, Some("name a folder with `--out`".to_owned())))?;
    let ledger = ledger_folder(&out);
    let models = configuration.models.as_ref().map(|models| {
        let cassette = models.cassette(&ledger.join("calls"), arguments.from_scratch);
        (models, cassette)
    });
    if let (Some((models, cassette)), false) = (&models, arguments.dry_run) {
        models.try_out(cassette)?;
    }
    let console = Arc::new(Console::new(global.json));
    let realised =
        environment::realise(ENVIRONMENT, &environment_settings(global)?, &*console).await?;
    console.finish();
    on_this_host(&realised).await?;
    let parallel = std::thread::available_parallelism().map_or(1, usize::from);
    let executor = Executor::new(Arc::new(realised), parallel);
    let executor = if arguments.cold {
        executor
    } else {
        executor.warm()
    };

    let engine = match &models {
        None => Engine::Rules,
        Some((models, cassette)) => Engine::Llm(Box::new(models.engine(cassette.clone())?)),
    };
    // What a plan needs goes with it; so nothing stays, and a run may hold the ledger meanwhile.
    let of_plan = arguments.dry_run.then(temporary_folder).transpose()?;
    let settings = Settings {
        ledger: match &of_plan {
            Some((_, folder)) => folder.clone(),
            None => ledger,
        },
        out,
        jobs: configuration.jobs.value,
        from_scratch: arguments.from_scratch
            || models
                .as_ref()
                .is_some_and(|(models, _)| models.begins_recording()),
        configuration: serde_json::to_value(&configuration)
            .expect("a configuration has string keys"),
        program: program_digest()?,
    };
    let generator = Arc::new(Generator::open(
        settings,
        engine,
        executor,
        Arc::new(Tables),
        Arc::<Console>::clone(&console),
        clock::now,
    )?);
    if arguments.dry_run {
        let prices = match &models {
            Some((models, _)) => models.prices()?,
            None => llm::Prices::none(),
        };
        let mut interrupts = Interrupts::new();
        let plans = tokio::select! {
            plans = generator.plan(&datasets, &prices) => plans,
            // Not the end of the process, which would leave the folder.
            _ = interrupts.next() => {
                console.finish();
                return Ok(exit::INTERRUPTED);
            }
        };
        console.finish();
        if global.json {
            for plan in &plans {
                console::json(plan);
            }
        } else {
            console::out(&plan::table(&plans));
        }
        return Ok(exit::OK);
    }
    if let Some((models, cassette)) = &models {
        models.describe_recording(cassette)?;
    }
    let mut interrupts = Interrupts::new();
    let reports = tokio::select! {
        reports = Arc::clone(&generator).run(datasets) => reports?,
        _ = interrupts.next() => {
            console.finish();
            generator.interrupted()?;
            console::error_line(&format!("interrupted: {}", goes_on(&arguments)));
            return Ok(exit::INTERRUPTED);
        }
    };
    console.finish();
    let code = exit_code(&reports);
    if arguments.from_scratch && matches!(code, exit::OUTAGE | exit::BUDGET_SPENT) {
        console::error_line(&format!("hint: {}", goes_on(&arguments)));
    }
    generator.finished(code)?;
    let spending = generator.spending()?;
    if global.json {
        console::json(&summary::finished(&reports, &spending));
    } else {
        let shown = &configuration.out.value;
        let wall = watch.elapsed();
        console::out(&summary::table(&reports, &spending, shown, wall));
    }
    Ok(code)
}

/// Every dataset as a specification; the first that is none ends the command before anything is done.
fn parse(names: &[String]) -> Result<Vec<DatasetSpec>, Failure> {
    names
        .iter()
        .map(|name| {
            name.parse::<DatasetSpec>()
                .map_err(|error| Failure::usage(&error, error.hint()))
        })
        .collect()
}

/// A folder that goes when the guard goes, and its path.
fn temporary_folder() -> Result<(tempfile::TempDir, Utf8PathBuf), Failure> {
    let unwritable = |error: std::io::Error| Failure {
        chain: vec![
            "no temporary folder can be made".to_owned(),
            error.to_string(),
        ],
        hint: Some("let `TMPDIR` name a folder that can be written".to_owned()),
        code: exit::HOST_NOT_SET_UP,
    };
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).map_err(|path| {
        unwritable(std::io::Error::other(format!(
            "`{}` is not UTF-8",
            path.display()
        )))
    })?;
    Ok((folder, path))
}

/// Which command does what is left.
fn goes_on(arguments: &Generate) -> &'static str {
    match arguments.from_scratch {
        false => "the same command goes on where this one stopped",
        true => {
            "the same command without `--from-scratch` goes on where this one stopped; with it, all is done and paid again"
        }
    }
}

/// What the worst failure says where models could not be asked: there is work left that was not even tried, whatever was
/// verified. Else 0 when something was verified; else the first failure, or that nothing was.
fn exit_code(reports: &[DatasetReport]) -> u8 {
    let faults: Vec<(Fault, bool)> = reports
        .iter()
        .filter_map(|report| match &report.outcome {
            DatasetOutcome::Failed {
                fault, of_models, ..
            } => Some((*fault, *of_models)),
            DatasetOutcome::Tasks | DatasetOutcome::Refused(_) => None,
        })
        .chain(reports.iter().flat_map(|report| {
            let failures = report.failures();
            failures.map(|(_, failure)| (failure.fault, false))
        }))
        .collect();
    let unfinished = [Fault::Budget, Fault::Transient]
        .into_iter()
        .find(|wanted| faults.iter().any(|(fault, _)| fault == wanted));
    let unasked = [Fault::Setup, Fault::Bug]
        .into_iter()
        .find(|wanted| faults.contains(&(*wanted, true)));
    if let Some(fault) = unfinished.or(unasked) {
        return exit::of_fault(fault);
    }
    if reports.iter().any(|report| report.verified() > 0) {
        return exit::OK;
    }
    faults
        .first()
        .map_or(exit::REJECTED, |(fault, _)| exit::of_fault(*fault))
}

/// Digest of the running program: what another build recorded is not taken over.
fn program_digest() -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure {
        chain: vec![
            "the running program can't be read".to_owned(),
            error.to_string(),
        ],
        hint: None,
        code: exit::HOST_NOT_SET_UP,
    };
    let path = std::env::current_exe().map_err(unreadable)?;
    let path = Utf8PathBuf::from_path_buf(path).map_err(|path| {
        unreadable(std::io::Error::other(format!(
            "`{}` is not UTF-8",
            path.display()
        )))
    })?;
    // A program that was replaced while it runs is read through the kernel's own link.
    let readable = if fs::metadata(&path).is_ok() {
        path
    } else {
        "/proc/self/exe".into()
    };
    Ok(digest::blake3_file(&readable)
        .map_err(unreadable)?
        .to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(fault: Fault, of_models: bool) -> DatasetReport {
        let outcome = DatasetOutcome::Failed {
            error: String::new(),
            hint: None,
            fault,
            of_models,
        };
        report(outcome, &[])
    }

    fn report(outcome: DatasetOutcome, tasks: &[pipeline::TaskReport]) -> DatasetReport {
        DatasetReport {
            dataset: "x".to_owned(),
            outcome,
            tasks: tasks.to_vec(),
            wall_ms: 0,
        }
    }

    fn verified() -> DatasetReport {
        let task = pipeline::TaskReport {
            task: "x--y-binary".to_owned(),
            metric: String::new(),
            verdict: findings::Verdict::new(Vec::new(), 1),
            ladder: Vec::new(),
            digest: Some(String::new()),
            failure: None,
            reason: None,
            cost_usd: None,
            tokens: 0,
            wall_ms: 0,
        };
        report(DatasetOutcome::Tasks, &[task])
    }

    #[test]
    fn a_model_that_could_not_be_asked_decides_whatever_was_verified() {
        let models = |fault| failed(fault, true);
        assert_eq!(exit_code(&[verified()]), exit::OK);
        let code = |failures: &[Fault]| {
            let failures = failures.iter().map(|fault| models(*fault));
            exit_code(&[verified()].into_iter().chain(failures).collect::<Vec<_>>())
        };
        assert_eq!(code(&[Fault::Setup]), exit::HOST_NOT_SET_UP);
        assert_eq!(code(&[Fault::Setup, Fault::Transient]), exit::OUTAGE);
        assert_eq!(
            code(&[Fault::Setup, Fault::Transient, Fault::Budget]),
            exit::BUDGET_SPENT
        );
        assert_eq!(code(&[Fault::Bug]), exit::BUG);
    }

    #[test]
    fn a_task_that_was_not_judged_is_to_be_tried_again() {
        let mut one = verified();
        one.tasks.push(pipeline::TaskReport {
            digest: None,
            failure: Some(pipeline::TaskFailure {
                error: String::new(),
                hint: None,
                fault: Fault::Transient,
            }),
            ..one.tasks[0].clone()
        });
        assert_eq!((one.verified(), one.failures().count()), (1, 1));
        assert_eq!(exit_code(&[one]), exit::OUTAGE);
    }

    #[test]
    fn a_dataset_that_can_not_be_read_decides_when_nothing_was_verified() {
        let unreadable = || failed(Fault::Setup, false);
        assert_eq!(exit_code(&[unreadable(), verified()]), exit::OK);
        assert_eq!(exit_code(&[unreadable()]), exit::HOST_NOT_SET_UP);
        assert_eq!(exit_code(&[]), exit::REJECTED);
    }
}
