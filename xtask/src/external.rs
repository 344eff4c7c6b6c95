//! Builds a binary of the workspace and becomes it. Knows nothing of the arguments that it passes on.

use std::{
    convert::Infallible,
    ffi::OsString,
    io::{BufRead as _, BufReader, IsTerminal as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context as _, bail};

/// A binary that tasks pass through to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    /// The command line; the task's name is its subcommand.
    Smith,
    /// Re-execution; has no subcommands.
    Rerun,
}

impl Binary {
    fn name(self) -> &'static str {
        match self {
            Self::Smith => "smith",
            Self::Rerun => "rerun",
        }
    }
}

/// Builds `binary` and replaces this process by it, in the caller's working directory.
///
/// # Errors
/// When the build fails, or the binary can't be started.
pub(crate) fn pass(binary: Binary, task: &str, arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let program = build(binary)?;
    let mut command = tool(&program);
    if binary == Binary::Smith {
        command.arg(task);
    }
    become_command(command.args(arguments)).map(|never| match never {})
}

/// Replaces this process by the script that CI runs.
///
/// # Errors
/// When it can't be started.
pub(crate) fn ci(sections: &[OsString]) -> anyhow::Result<ExitCode> {
    become_command(tool(&root().join(".ci/run")).args(sections)).map(|never| match never {})
}

/// Replaces this process by a benchmark, built as the binaries are.
///
/// # Errors
/// When no benchmark is named, or cargo can't be started.
pub(crate) fn bench(arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let Some((name, rest)) = arguments.split_first() else {
        bail!("name a benchmark: `cargo xtask bench executor`");
    };
    let mut command = cargo();
    command
        .args(["bench", "--workspace", "--profile", "dev", "--bench"])
        .arg(name)
        .arg("--manifest-path")
        .arg(root().join("Cargo.toml"))
        .arg("--")
        .args(rest);
    become_command(&mut command).map(|never| match never {})
}

/// The top folder of the repository.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent()
        .expect("xtask has a folder of its own in the repository")
        .to_owned()
}

/// A command of the developer's machine, in the developer's environment.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer's tool starts the developer's tools, with their environment"
)]
pub(crate) fn tool(program: &Path) -> Command {
    Command::new(program)
}

/// The cargo that started us, without what it told us of our own package: build scripts (*ring*'s, for
/// one) ask to run again when these variables change, and everything above them would be built again.
pub(crate) fn cargo() -> Command {
    let mut command = tool(Path::new(
        &std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
    ));
    for (name, _) in std::env::vars_os() {
        let about_us = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_")
        });
        if about_us {
            command.env_remove(name);
        }
    }
    command
}

/// Builds one binary with the features that `cargo test --workspace` gives its dependencies, so that
/// both share one build of polars: `--workspace` and `--examples` make cargo unify features over every
/// member, and over their dev-dependencies too; a few small examples are the price. Without them a
/// plain `cargo build -p smith` compiles polars and some 100 crates again.
///
/// # Errors
/// When the build fails.
pub(crate) fn build(binary: Binary) -> anyhow::Result<PathBuf> {
    let mut child = cargo()
        .args([
            "build",
            "--workspace",
            "--examples",
            "--bin",
            binary.name(),
            "--manifest-path",
        ])
        .arg(root().join("Cargo.toml"))
        .args([
            "--color",
            if std::io::stderr().is_terminal() {
                "always"
            } else {
                "never"
            },
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cargo can't be started")?;
    let output = child.stderr.take().expect("stderr was asked for as a pipe");
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("cargo's output can't be read")?;
        let line = String::from_utf8_lossy(&line);
        // That nothing was to be done is no news; everything else is progress or an error.
        if !line.contains("Finished") {
            eprintln!("{line}");
        }
    }
    if !child.wait().context("cargo can't be waited for")?.success() {
        bail!("`{}` does not build", binary.name());
    }
    let own = std::env::current_exe().context("this program's own path is unknown")?;
    Ok(own.with_file_name(binary.name()))
}

fn become_command(command: &mut Command) -> anyhow::Result<Infallible> {
    let error = command.exec();
    Err(error).with_context(|| format!("`{}` can't be started", command.get_program().display()))
}
