//! The driver, run as `cargo xtask TASK`: dispatch only. It depends on no crate of ours and does no
//! part of the product's work; `generate` and its siblings pass through to the built binaries.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for a terminal; its output is its result"
)]

mod cassettes;
mod external;
mod metadata;
mod prices;
mod tidy;

use std::{ffi::OsString, process::ExitCode};

use external::Binary;

/// Exit code for a command line that makes no sense, as in the binaries.
const USAGE_ERROR: u8 = 2;

/// What `cargo xtask` can do: name, who does it, what it is for.
const TASKS: [(&str, Runner, &str); 17] = [
    (
        "generate",
        Runner::Passes(Binary::Smith),
        "make verified tasks from raw datasets",
    ),
    (
        "status",
        Runner::Passes(Binary::Smith),
        "show what became of every dataset and task of an output folder",
    ),
    (
        "show",
        Runner::Passes(Binary::Smith),
        "show a task: what it asks, its ladder, its verdict",
    ),
    (
        "verify",
        Runner::Passes(Binary::Smith),
        "run every check on existing tasks",
    ),
    (
        "grade",
        Runner::Passes(Binary::Smith),
        "score a submission, or say why it is invalid",
    ),
    (
        "rerun",
        Runner::Passes(Binary::Rerun),
        "re-execute published tasks and compare every digest",
    ),
    (
        "play",
        Runner::Passes(Binary::Smith),
        "take part in an episode of a task",
    ),
    (
        "episode",
        Runner::Passes(Binary::Smith),
        "take an episode's actions from a script, an agent or a recording",
    ),
    (
        "doctor",
        Runner::Passes(Binary::Smith),
        "tell which guarantees this host can give",
    ),
    (
        "schema",
        Runner::Passes(Binary::Smith),
        "print a JSON Schema, or the documentation of all checks",
    ),
    (
        "sandbox",
        Runner::Passes(Binary::Smith),
        "manage the pinned Python environments",
    ),
    (
        "completions",
        Runner::Passes(Binary::Smith),
        "print a completion script",
    ),
    (
        "tidy",
        Runner::Tidy,
        "check the rules of this repository that no compiler checks",
    ),
    (
        "cassettes",
        Runner::Cassettes,
        "record the cassettes of the tests anew; names of datasets may follow",
    ),
    (
        "prices",
        Runner::Prices,
        "remake the embedded price list from LiteLLM's: FILE VERSION DATE",
    ),
    (
        "bench",
        Runner::Bench,
        "run a benchmark, e.g. `executor`: medians and ratios",
    ),
    (
        "ci",
        Runner::Ci,
        "run what CI runs; names of sections may follow",
    ),
];

#[derive(Clone, Copy)]
enum Runner {
    /// A binary of this workspace does it; every argument is passed through, `--help` too.
    Passes(Binary),
    Tidy,
    Cassettes,
    Prices,
    Bench,
    Ci,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    let Some((name, runner, _)) = TASKS.iter().find(|(task, ..)| name == *task) else {
        return usage(&name);
    };
    let outcome = match *runner {
        Runner::Passes(binary) => external::pass(binary, name, &rest),
        Runner::Tidy => tidy::run(),
        Runner::Cassettes => cassettes::run(&rest),
        Runner::Prices => prices::run(&rest),
        Runner::Bench => external::bench(&rest),
        Runner::Ci => external::ci(&rest),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Prints the list of tasks: the answer to a plea for help, or an error when `name` is no task.
fn usage(name: &OsString) -> ExitCode {
    let asked = ["help", "--help", "-h"].iter().any(|word| name == word);
    let mut text = String::from("Usage: cargo xtask TASK [ARGUMENTS]…\n\nTasks:\n");
    for (task, _, about) in TASKS {
        text += &format!("  {task:<12} {about}\n");
    }
    if asked {
        print!("{text}");
        return ExitCode::SUCCESS;
    }
    if !name.is_empty() {
        eprintln!("error: no task is called `{}`\n", name.display());
    }
    eprint!("{text}");
    ExitCode::from(USAGE_ERROR)
}
