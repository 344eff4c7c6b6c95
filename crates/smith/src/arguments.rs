//! The command line as typed values; help texts live here, nothing is done here.

use std::num::NonZeroUsize;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Turn raw datasets into verified, reproducible machine-learning tasks
#[derive(Debug, Parser)]
#[command(
    name = "smith",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "\
Exit codes: 0 ok · 1 bug · 2 usage · 10 nothing verified, task rejected or submission invalid · \
11 rerun differs · 20 host not set up · 130 interrupted")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print results as JSON on stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say more on stderr; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Which realiser builds environments
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        env = "SMITH_REALISER"
    )]
    pub(crate) realiser: Realiser,
}

/// Who builds an environment from its pinned parts; the bytes are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Realiser {
    /// Nix where it is installed, else the embedded realiser
    #[default]
    Auto,
    /// Nix
    Nix,
    /// The builder that comes with this program
    Embedded,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make verified tasks from raw datasets
    Generate(Generate),
    /// Show what became of every dataset and task of an output folder
    Status(Status),
    /// Show a task: what it asks, its ladder, its verdict
    Show(Show),
    /// Run every check on existing tasks
    Verify(Verify),
    /// Score a submission, or say why it is invalid
    Grade(Grade),
    /// Tell which guarantees this host can give, and how to get the others
    Doctor,
    /// Print a JSON Schema, or the documentation of all checks or metrics
    Schema(Schema),
    /// Manage the pinned Python environments
    #[command(subcommand)]
    Sandbox(Sandbox),
    /// Print a completion script
    Completions {
        /// For which shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Folders, files, archives, or `sklearn:NAME`
    #[arg(required_unless_present = "print_config", value_name = "DATASET")]
    pub(crate) datasets: Vec<String>,
    /// Where tasks are published; the ledger stands beside it, in `<DIR>.ledger`
    #[arg(long, value_name = "DIR", env = "SMITH_OUT")]
    pub(crate) out: Option<Utf8PathBuf>,
    /// Which engine proposes and writes tasks
    #[arg(long, value_enum, env = "SMITH_ENGINE")]
    pub(crate) engine: Option<Engine>,
    /// Datasets side by side
    #[arg(long, value_name = "N", env = "SMITH_JOBS")]
    pub(crate) jobs: Option<usize>,
    /// Ignore what the ledger says is already done
    #[arg(long)]
    pub(crate) from_scratch: bool,
    /// Show the resolved configuration and where each value came from, and stop
    #[arg(long)]
    pub(crate) print_config: bool,
    /// Configuration file
    #[arg(
        long,
        value_name = "FILE",
        default_value = "smith.toml",
        env = "SMITH_CONFIG"
    )]
    pub(crate) config: Utf8PathBuf,
}

/// Who proposes and writes tasks.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Engine {
    /// Deterministic rules: offline and free
    #[default]
    Rules,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The output folder
    #[arg(value_name = "DIR", default_value = "tasks")]
    pub(crate) out: Utf8PathBuf,
    /// Also list every dataset, with what it lost and why
    #[arg(long)]
    pub(crate) datasets: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Folder of the task
    #[arg(value_name = "TASK")]
    pub(crate) task: Utf8PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Folders of tasks
    #[arg(required = true, value_name = "TASK")]
    pub(crate) tasks: Vec<Utf8PathBuf>,
    /// Raw data of all these tasks, to run `prepare.py` again; tasks from `sklearn:NAME` need none
    #[arg(long, value_name = "DATASET")]
    pub(crate) raw: Option<String>,
    /// Tasks side by side
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN)]
    pub(crate) jobs: NonZeroUsize,
    /// Look only at what stands in the folders, and run nothing
    #[arg(long, conflicts_with = "raw")]
    pub(crate) on_paper: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Grade {
    /// Folder of the task
    #[arg(value_name = "TASK")]
    pub(crate) task: Utf8PathBuf,
    /// The submission, a CSV file
    #[arg(value_name = "SUBMISSION")]
    pub(crate) submission: Utf8PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Of what
    #[arg(value_enum)]
    pub(crate) name: SchemaName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaName {
    /// `task.toml`
    Task,
    /// `evidence/verdict.json`
    Verdict,
    /// Every check, as Markdown, or as JSON with `--json`: what it measures, its thresholds and their sources
    Checks,
    /// Every metric, as Markdown, or as JSON with `--json`: direction, range, parameters, formula
    Metrics,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    /// List environments and whether they are realised
    List,
    /// Pin the newest artefacts that fit `environment.toml`, build, and write `lock.json`
    Lock {
        /// Which environment
        name: String,
        /// Folder of the environments' definitions
        #[arg(long, default_value = "sandboxes", value_name = "DIR")]
        definitions: Utf8PathBuf,
    },
    /// Realise an environment
    Build {
        /// Which environment
        name: String,
    },
    /// Hash a realised environment again and compare it with its lock
    Check {
        /// Which environment
        name: String,
    },
    /// Start Python, or a program, inside the sandbox
    Shell {
        /// Which environment
        name: String,
        /// A program and its arguments; Python when there is none
        #[arg(last = true)]
        command: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
