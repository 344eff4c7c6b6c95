//! The command line: reads arguments, calls the library crates, prints, and maps outcomes to exit codes.
//!
//! No decision about datasets or tasks is made here.

mod arguments;
mod clock;
mod configuration;
mod console;
mod doctor;
mod episode;
mod exit;
mod failure;
mod generate;
mod grade;
mod interrupt;
mod metrics;
mod models;
mod plan;
mod play;
mod profiler;
mod sandbox;
mod schema;
mod show;
mod status;
mod summary;
mod table;
mod verify;
mod waiting;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use arguments::{Arguments, Command, Global};
use failure::Failure;

fn main() -> ExitCode {
    let matches = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    start_log(&arguments.global);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            console::error_line(&format!("error: the runtime did not start: {error}"));
            return ExitCode::from(exit::BUG);
        }
    };
    // A panic has said where; its exit code is that of a mistake of ours, not Rust's own.
    let ended = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(run(arguments, &matches))
    }));
    match ended {
        Err(_) => ExitCode::from(exit::BUG),
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(failure)) => {
            console::failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}

async fn run(arguments: Arguments, matches: &ArgMatches) -> Result<u8, Failure> {
    let Arguments { global, command } = arguments;
    match command {
        Command::Generate(arguments) => {
            let matches = matches
                .subcommand_matches("generate")
                .expect("the subcommand was just parsed");
            generate::run(&global, arguments, matches).await
        }
        Command::Status(arguments) => status::run(&global, &arguments),
        Command::Show(arguments) => show::run(&global, &arguments),
        Command::Verify(arguments) => verify::run(&global, &arguments).await,
        Command::Grade(arguments) => grade::run(&global, &arguments).await,
        Command::Play(arguments) => play::run(&global, &arguments).await,
        Command::Episode(arguments) => {
            let matches = matches
                .subcommand_matches("episode")
                .expect("the subcommand was just parsed");
            episode::run(&global, &arguments, matches).await
        }
        Command::Doctor => doctor::run(&global).await,
        Command::Schema(arguments) => schema::run(&global, &arguments),
        Command::Sandbox(command) => sandbox::run(&global, command).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "smith", &mut script);
            console::out(&String::from_utf8_lossy(&script));
            Ok(exit::OK)
        }
    }
}

fn start_log(global: &Global) {
    let level = match global.verbose {
        0 => tracing::Level::WARN,
        1 => tracing::Level::INFO,
        _ => tracing::Level::DEBUG,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .without_time()
        .init();
}
