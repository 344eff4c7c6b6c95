//! `smith generate`.

use std::sync::Arc;

use clap::ArgMatches;
use datasets::DatasetSpec;
use executor::Executor;
use fs_err as fs;
use pipeline::{DatasetOutcome, DatasetReport, Generator, Settings, ledger_folder};
use process::Stopwatch;

use crate::{
    arguments::{Generate, Global},
    clock,
    configuration::Configuration,
    console::{self, Console},
    exit,
    failure::Failure,
    interrupt::Interrupts,
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
    let settings = Settings {
        ledger: ledger_folder(&out),
        out,
        jobs: configuration.jobs.value,
        from_scratch: arguments.from_scratch,
        configuration: serde_json::to_value(&configuration)
            .expect("a configuration has string keys"),
        program: program_digest()?,
    };
    let generator = Arc::new(Generator::open(
        settings,
        executor,
        Arc::new(Tables),
        Arc::<Console>::clone(&console),
        clock::now,
    )?);
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
    if global.json {
        console::json(&summary::finished(&reports));
    } else {
        let shown = &configuration.out.value;
        console::out(&summary::table(&reports, shown, watch.elapsed()));
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

/// 0 when something was verified; else the worst of the failures, or that nothing was.
fn exit_code(reports: &[DatasetReport]) -> u8 {
    if reports.iter().any(|report| report.verified() > 0) {
        return exit::OK;
    }
    let failed = reports.iter().find_map(|report| match &report.outcome {
        DatasetOutcome::Failed { fault, .. } => Some(exit::of_fault(*fault)),
        DatasetOutcome::Tasks(_) | DatasetOutcome::Refused(_) => None,
    });
    failed.unwrap_or(exit::REJECTED)
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
