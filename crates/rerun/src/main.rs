//! The small binary that executes published tasks again and compares every byte. It reaches no network but to realise the
//! pinned environment, and decides nothing about whether a task is any good.

mod arguments;
mod compare;
mod console;
mod failure;
mod host;
mod pin;
mod published;
mod remake;
mod report;
mod task;
#[cfg(test)]
mod testing;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;
use environment::Settings;

use arguments::Arguments;
use failure::Failure;
use host::Host;
use task::Task;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(arguments.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            console::error_line(&format!("error: the runtime did not start: {error}"));
            return ExitCode::from(failure::BUG);
        }
    };
    let work = async {
        tokio::select! {
            outcome = run(arguments) => outcome.unwrap_or_else(|failure| {
                console::failure(&failure);
                failure.code
            }),
            () = stopped() => failure::INTERRUPTED,
        }
    };
    // A panic has said where; its exit code is that of a mistake of ours, not Rust's own.
    let code = catch_unwind(AssertUnwindSafe(|| runtime.block_on(work)));
    ExitCode::from(code.unwrap_or(failure::BUG))
}

/// Executes every task again; whatever is wrong with the command line is found before the first.
async fn run(arguments: Arguments) -> Result<u8, Failure> {
    let open = |root| Task::open(root, arguments.raw.as_deref());
    let tasks = arguments
        .tasks
        .into_iter()
        .map(open)
        .collect::<Result<Vec<_>, _>>()?;
    let settings = Settings {
        realiser: arguments.realiser.into(),
        ..Settings::from_env()?
    };
    let mut host = Host::new(settings)?;
    let mut code = failure::IDENTICAL;
    for task in &tasks {
        let report = task.rerun(&mut host).await?;
        console::out(&if arguments.json {
            report.json()
        } else {
            report.text()
        });
        if !report.identical() {
            code = failure::DIFFERS;
        }
    }
    Ok(code)
}

/// Returns when the user (Ctrl-C) or the system (TERM) wants an end.
async fn stopped() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("a handler for TERM can always be installed");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn start_log(verbose: u8) {
    let level = match verbose {
        0 => tracing_subscriber::filter::LevelFilter::WARN,
        1 => tracing_subscriber::filter::LevelFilter::INFO,
        _ => tracing_subscriber::filter::LevelFilter::DEBUG,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .without_time()
        .init();
}
