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
11 rerun differs · 20 host not set up · 21 provider outage · 22 budget spent · 130 interrupted")]
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
    /// Show what became of every dataset and task in the last run into an output folder
    Status(Status),
    /// Show a task: what it asks, its ladder, its verdict
    Show(Show),
    /// Run every check on existing tasks
    Verify(Verify),
    /// Score a submission, or say why it is invalid
    Grade(Grade),
    /// Take part in an episode: give it code, and see what an agent would see
    Play(Play),
    /// Take an episode's actions from a script, an agent or a recording
    Episode(Episode),
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
    /// Start a Python of its own for every script, instead of forking one that has the libraries loaded
    #[arg(long)]
    pub(crate) cold: bool,
    #[command(flatten)]
    pub(crate) models: Models,
    #[command(flatten)]
    pub(crate) ablations: Ablations,
    /// Tell what would be done, how many model calls that would take and what they would cost, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Show the resolved configuration as `smith.toml` would hold it, and stop
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
    /// Language models, in several roles
    Llm,
}

/// Which models are asked, and how much they may cost.
#[derive(Debug, Args)]
#[command(next_help_heading = "Language models")]
pub(crate) struct Models {
    /// Model of every role that the configuration file does not give another
    #[arg(long, value_name = "NAME", env = "SMITH_MODEL")]
    pub(crate) model: Option<String>,
    /// Where the provider is, for servers other than the dialect's own
    #[arg(long, value_name = "URL", env = "SMITH_BASE_URL")]
    pub(crate) base_url: Option<String>,
    /// Protocol of the provider
    #[arg(long, value_enum, env = "SMITH_DIALECT")]
    pub(crate) dialect: Option<Dialect>,
    /// Name of the environment variable that holds the key
    #[arg(long, value_name = "VARIABLE", env = "SMITH_KEY_VARIABLE")]
    pub(crate) key_variable: Option<String>,
    /// Most US dollars that all calls of this run may cost; what earlier runs cost does not count
    #[arg(long, value_name = "USD", env = "SMITH_MAX_USD")]
    pub(crate) max_usd: Option<f64>,
    /// Most tokens, in and out, of all calls of this run; those of earlier runs do not count
    #[arg(long, value_name = "N", env = "SMITH_MAX_TOKENS")]
    pub(crate) max_tokens: Option<u64>,
    /// Most seconds in which this run may ask models; calls that run then are cut off
    #[arg(long, value_name = "SECONDS", env = "SMITH_MAX_WALL")]
    pub(crate) max_wall: Option<u64>,
    /// Prices of models, instead of those that come with this program
    #[arg(long, value_name = "FILE", env = "SMITH_PRICE_FILE")]
    pub(crate) price_file: Option<Utf8PathBuf>,
    /// Record calls, or replay them: `record:DIR`, `replay:DIR`, `auto:DIR` or `off`; generation keeps them beside the ledger
    /// unless told otherwise, so that nothing is paid twice
    #[arg(long, value_name = "MODE:DIR", env = "SMITH_CASSETTE")]
    pub(crate) cassette: Option<llm::Cassette>,
}

/// Who verifies with a model, and what of the engine of models is switched off.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Language models")]
pub(crate) struct Ablations {
    /// Who takes part in the episode of verification
    #[arg(long, value_enum, env = "SMITH_TEST_AGENT")]
    pub(crate) test_agent: Option<TestAgent>,
    /// Ablation: no model judges candidates
    #[arg(long)]
    pub(crate) no_review: bool,
    /// Ablation: one attempt at each stage; what is found after a hand-in is told to no agent (inside a conversation the tools
    /// still answer)
    #[arg(long)]
    pub(crate) no_feedback: bool,
    /// Ablation: one prompt instead of three agents
    #[arg(long)]
    pub(crate) single_prompt: bool,
}

/// The protocol of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// Chat completions: OpenAI and most servers
    Chat,
    /// Anthropic's messages
    Messages,
    /// OpenAI's responses
    Responses,
}

/// Who takes part in the episode of verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestAgent {
    /// An agent without a model
    Scripted,
    /// The model that is configured as `agent`
    React,
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
    /// Start a Python of its own for every script, instead of forking one that has the libraries loaded
    #[arg(long)]
    pub(crate) cold: bool,
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
pub(crate) struct Play {
    /// Folder of the task
    #[arg(value_name = "TASK")]
    pub(crate) task: Utf8PathBuf,
    #[command(flatten)]
    pub(crate) options: EpisodeOptions,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("actions").required(true))]
pub(crate) struct Episode {
    /// Folder of the task
    #[arg(value_name = "TASK")]
    pub(crate) task: Utf8PathBuf,
    /// Actions, one JSON object a line, such as `{"action": "execute_code", "code": "…"}`; `-` for stdin, each answered
    /// before the next is read; blank lines are skipped
    #[arg(long, value_name = "FILE", group = "actions")]
    pub(crate) script: Option<Utf8PathBuf>,
    /// Let an agent choose the actions
    #[arg(long, value_enum, group = "actions")]
    pub(crate) agent: Option<AgentName>,
    /// Take the actions of a recording again, and compare every observation (exit code 11 when one differs)
    #[arg(
        long,
        value_name = "FILE",
        group = "actions",
        conflicts_with_all = ["record", "reward", "steps", "submissions", "wall", "leaderboard"]
    )]
    pub(crate) replay: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) options: EpisodeOptions,
    #[command(flatten)]
    pub(crate) models: Models,
    /// Configuration file, for the models of an agent
    #[arg(
        long,
        value_name = "FILE",
        default_value = "smith.toml",
        env = "SMITH_CONFIG"
    )]
    pub(crate) config: Utf8PathBuf,
}

/// An agent that comes with this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AgentName {
    /// Without a model: looks, fits a linear model, improves on it with boosted trees
    Scripted,
    /// A language model, configured like those of `generate` (role `agent`)
    React,
}

/// How an episode is set up.
#[derive(Debug, Args)]
pub(crate) struct EpisodeOptions {
    /// What a step is worth
    #[arg(long, value_enum, default_value_t)]
    pub(crate) reward: Reward,
    /// Largest number of steps; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) steps: u64,
    /// Largest number of submissions that are scored; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) submissions: u64,
    /// Seconds in which scripts may run, all steps together; 0 for no limit
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub(crate) wall: u64,
    /// Scores of other participants, for the position: a CSV file with a column `score`
    #[arg(long, value_name = "FILE")]
    pub(crate) leaderboard: Option<Utf8PathBuf>,
    /// Write every action and what came of it to a new file
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<Utf8PathBuf>,
    /// Start a Python of its own for every script, instead of forking one that has the libraries loaded
    #[arg(long)]
    pub(crate) cold: bool,
}

/// What a step is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reward {
    /// The score, negated where less is better
    Raw,
    /// HumanRank on the leaderboard, 1 − p / N
    PositionPaper,
    /// HumanRank on the leaderboard, (N − p + 1) / N
    PositionCode,
    /// 0 at the constant baseline, 1 at gold
    #[default]
    Normalised,
    /// Tenths for format, a valid submission, median, bronze, silver, gold
    Milestones,
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
