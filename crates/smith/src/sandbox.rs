//! `smith sandbox`, and what every command that needs an environment shares.

use ::sandbox::{Limits, Outcome, SandboxError, roles};
use environment::{Realised, RealiserChoice, Settings};

use crate::{
    arguments::{Global, Realiser, Sandbox},
    console::{self, Console},
    exit,
    failure::Failure,
    table::{Align, Table},
};

/// Settings from the process's variables and the command line.
pub(crate) fn environment_settings(global: &Global) -> Result<Settings, Failure> {
    let mut settings = Settings::from_env()?;
    settings.realiser = match global.realiser {
        Realiser::Auto => RealiserChoice::Auto,
        Realiser::Nix => RealiserChoice::Nix,
        Realiser::Embedded => RealiserChoice::Embedded,
    };
    Ok(settings)
}

/// How long a person may keep a sandbox open: eight hours.
const SHELL_SECONDS: u64 = 8 * 3600;

pub(crate) async fn run(global: &Global, command: Sandbox) -> Result<u8, Failure> {
    let settings = environment_settings(global)?;
    let console = Console::new(false);
    let realised = match command {
        Sandbox::List => return list(global, &settings),
        Sandbox::Lock { name, definitions } => {
            if name == "kit" {
                environment::lock_kit(&definitions, &settings, &console).await?;
            } else {
                environment::lock(&name, &definitions, &settings, &console).await?;
            }
            console.finish();
            console::out(&format!(
                "{definitions}/{name} is locked; build this program again to use it\n"
            ));
            return Ok(exit::OK);
        }
        Sandbox::Shell { name, command } => {
            let realised = environment::realise(&name, &settings, &console).await?;
            console.finish();
            return shell(&realised, command).await;
        }
        Sandbox::Build { name } => environment::realise(&name, &settings, &console).await?,
        Sandbox::Check { name } => environment::check(&name, &settings, &console).await?,
    };
    console.finish();
    if global.json {
        console::json(&pipeline::pin(&realised));
    } else {
        console::out(&format!(
            "{}  {}\n",
            realised.output_path(),
            realised.nar_hash()
        ));
    }
    Ok(exit::OK)
}

fn list(global: &Global, settings: &Settings) -> Result<u8, Failure> {
    let listings = environment::list(settings)?;
    if global.json {
        console::json(&listings);
        return Ok(exit::OK);
    }
    let mut table = Table::new([
        ("environment", Align::Left),
        ("artefacts", Align::Right),
        ("download", Align::Right),
        ("on disk", Align::Right),
        ("realised", Align::Left),
        ("path", Align::Left),
    ]);
    let mebibytes = |bytes: u64| format!("{} MiB", bytes.div_ceil(1 << 20));
    for listing in listings {
        let cells = vec![
            listing.name,
            listing.artefacts.to_string(),
            mebibytes(listing.download_bytes),
            mebibytes(listing.store_bytes),
            if listing.present { "yes" } else { "no" }.to_owned(),
            listing.output_path.into_string(),
        ];
        table.row(cells, Vec::new());
    }
    console::out(&table.render());
    Ok(exit::OK)
}

/// Runs a program where solvers run, with the current folder as `/public`.
async fn shell(realised: &Realised, command: Vec<String>) -> Result<u8, Failure> {
    let here = std::env::current_dir()
        .ok()
        .and_then(|path| camino::Utf8PathBuf::from_path_buf(path).ok())
        .ok_or_else(|| Failure {
            chain: vec!["the current folder can't be named".to_owned()],
            hint: Some("change to a folder with a UTF-8 name".to_owned()),
            code: exit::USAGE,
        })?;
    let closure = roles::Closure {
        paths: realised
            .closure()
            .iter()
            .map(|path| (path.inside.clone(), path.host.clone()))
            .collect(),
        variables: realised.variables().clone(),
    };
    let limits = Limits {
        wall_seconds: SHELL_SECONDS,
        ..roles::standard_limits()
    };
    let policy = roles::solver(&closure, &here, &here, limits);
    let command = match command {
        command if command.is_empty() => vec![realised.python().into_string()],
        command => in_environment(realised, command),
    };
    let completed = ::sandbox::attach(&realised.launcher(), &policy, &command)
        .await
        .map_err(not_confined)?;
    Ok(match completed.record.outcome {
        Outcome::Exited(status) => u8::try_from(status).unwrap_or(exit::BUG),
        outcome => {
            console::error_line(&format!("the program {outcome}"));
            exit::BUG
        }
    })
}

/// The command with `python3` and `sh` replaced by their paths inside; other programs are given by path.
fn in_environment(realised: &Realised, mut command: Vec<String>) -> Vec<String> {
    match command[0].as_str() {
        "python3" | "python" => command[0] = realised.python().into_string(),
        "sh" => command[0] = realised.shell().into_string(),
        _ => {}
    }
    command
}

/// Makes sure that this host can confine a program, before any work depends on it.
pub(crate) async fn on_this_host(realised: &Realised) -> Result<(), Failure> {
    let policy = ::sandbox::Policy {
        name: "trial".to_owned(),
        mounts: realised
            .closure()
            .iter()
            .map(|path| ::sandbox::Mount::ReadOnly {
                host: path.host.clone(),
                inside: path.inside.clone(),
            })
            .collect(),
        variables: realised.variables().clone(),
        directory: "/tmp".into(),
        limits: roles::standard_limits(),
    };
    let command = [
        realised.shell().into_string(),
        "-c".to_owned(),
        ":".to_owned(),
    ];
    ::sandbox::run(&realised.launcher(), &policy, &command)
        .await
        .map(drop)
        .map_err(not_confined)
}

fn not_confined(error: SandboxError) -> Failure {
    Failure::new(&error, error.fault(), error.hint())
}
