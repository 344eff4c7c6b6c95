//! `smith generate`.

use std::sync::Arc;

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

    // Folders below it become mounts of the sandbox, and a mount has an absolute path.
    let out = camino::absolute_utf8(&configuration.out.value)
        .map_err(|error| Failure::usage(&error, Some("name a folder with `--out`".to_owned())))?;
    let ledger = ledger_folder(&out);
    let engine = match &configuration.models {
        None => Engine::Rules,
        Some(models) => {
            let kept = ledger.join("calls");
            Engine::Llm(Box::new(models.engine(&kept, arguments.from_scratch)?))
        }
    };
    let settings = Settings {
        ledger,
        out,
        jobs: configuration.jobs.value,
        from_scratch: arguments.from_scratch,
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
        let prices = match &configuration.models {
            Some(models) => models.prices()?,
            None => llm::Prices::none(),
        };
        let plans = generator.plan(&datasets, &prices).await;
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
    let mut interrupts = Interrupts::new();
    let reports = tokio::select! {
        reports = Arc::clone(&generator).run(datasets) => reports?,
        _ = interrupts.next() => {
            console.finish();
            generator.interrupted()?;
            console::error_line("interrupted: the same command goes on where this one stopped");
            return Ok(exit::INTERRUPTED);
        }
    };
    console.finish();
    let code = exit_code(&reports);
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

/// What the worst failure says where models could not be asked any more: there is work left that the same command does. Else 0
/// when something was verified; else the first failure, or that nothing was.
fn exit_code(reports: &[DatasetReport]) -> u8 {
    let faults: Vec<Fault> = reports
        .iter()
        .filter_map(|report| match &report.outcome {
            DatasetOutcome::Failed { fault, .. } => Some(*fault),
            DatasetOutcome::Tasks | DatasetOutcome::Refused(_) => None,
        })
        .collect();
    let unfinished = [Fault::Budget, Fault::Transient]
        .into_iter()
        .find(|fault| faults.contains(fault));
    if let Some(fault) = unfinished {
        return exit::of_fault(fault);
    }
    if reports.iter().any(|report| report.verified() > 0) {
        return exit::OK;
    }
    faults
        .first()
        .map_or(exit::REJECTED, |fault| exit::of_fault(*fault))
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
    let path = camino::Utf8PathBuf::from_path_buf(path).map_err(|path| {
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
