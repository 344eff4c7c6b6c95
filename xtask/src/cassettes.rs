//! Records anew the cassettes that the tests of language models replay: the replies written by hand are served, and `smith`
//! is run as anybody would run it. Writes no reply, and judges no task.

use std::{
    ffi::OsString,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ExitCode, Stdio},
};

use anyhow::{Context as _, bail, ensure};
use fs_err as fs;

use crate::external::{Binary, build, root, tool};

/// What the replies were written for: any model would do, and this one has a price.
const MODEL: &str = "gpt-5";

/// Records the cassettes of the datasets that are named, or of all for which replies are written.
///
/// # Errors
/// When Node.js or npm is missing, a reply is not written, or a run verifies nothing.
pub(crate) fn run(arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let models = root().join("tests/llm");
    let written = folders(&models.join("replies"))?;
    let datasets = match arguments {
        [] => written,
        named => named
            .iter()
            .map(|name| {
                let name = name.to_string_lossy().into_owned();
                let known = written.join(", ");
                ensure!(
                    written.contains(&name),
                    "no replies are written for `{name}`; there are: {known}"
                );
                Ok(name)
            })
            .collect::<anyhow::Result<_>>()?,
    };
    let smith = build(Binary::Smith)?;
    let scratch = smith
        .parent()
        .and_then(Path::parent)
        .context("the binary stands in target/<profile>")?
        .join("tmp/cassettes");
    let server = Server::start(&models, &scratch)?;
    for dataset in &datasets {
        record(&smith, &server.url, &models, &scratch, dataset)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `smith` once, and puts the new cassette where the old one was.
fn record(
    smith: &Path,
    url: &str,
    models: &Path,
    scratch: &Path,
    dataset: &str,
) -> anyhow::Result<()> {
    let work = scratch.join(dataset);
    afresh(&work)?;
    let cassette = work.join("cassette");
    let status = tool(smith)
        .arg("generate")
        .arg(root().join("tests/fixtures").join(dataset))
        .args(["--engine", "llm", "--model", MODEL, "--dialect", "chat"])
        .args(["--base-url", url, "--test-agent", "react"])
        .arg("--cassette")
        .arg(format!("record:{}", cassette.display()))
        .arg("--out")
        .arg(work.join("tasks"))
        // A configuration of the developer's own would be recorded, too.
        .current_dir(&work)
        .env_remove("SMITH_CONFIG")
        .status()
        .context("`smith` can't be started")?;
    ensure!(
        status.success(),
        "`{dataset}`: the run ended with {status}; the old cassette stays"
    );
    // A run that verifies some tasks and loses the rest to a reply that is not written ends well.
    let events = fs::read_to_string(work.join("tasks.ledger/events.jsonl"))?;
    ensure!(
        !events.contains("\"event\":\"dataset_failed\""),
        "`{dataset}`: not all of the run could be made; the old cassette stays"
    );
    let kept = models.join("cassettes").join(dataset);
    fs::create_dir_all(models.join("cassettes"))?;
    if kept.exists() {
        fs::remove_dir_all(&kept)?;
    }
    let exchanges = copy(&cassette, &kept)?;
    println!("{dataset}: {exchanges} files in {}", kept.display());
    Ok(())
}

/// The server of replies; ends when it is dropped, and when this program does.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(models: &Path, scratch: &Path) -> anyhow::Result<Self> {
        let program = scratch.join("server");
        afresh(&program)?;
        copy(&models.join("server"), &program)?;
        let installed = tool(Path::new("npm"))
            .args(["ci", "--ignore-scripts", "--silent"])
            .current_dir(&program)
            .status()
            .context("npm can't be started: the replies are served with Node.js 20 or later")?;
        ensure!(
            installed.success(),
            "`npm ci` failed in {}",
            program.display()
        );
        let mut child = tool(Path::new("node"))
            .arg(program.join("server.mjs"))
            .arg("--replies")
            .arg(models.join("replies"))
            // Whoever holds the other end of its standard input keeps it alive.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("`node` can't be started")?;
        let stdout = child.stdout.take().expect("it was asked for as a pipe");
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        let server = Self {
            child,
            url: url.trim().to_owned(),
        };
        if !server.url.starts_with("http://") {
            bail!("the server of replies does not start");
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Names of the folders in a folder, sorted.
fn folders(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Makes a folder, empty.
fn afresh(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(())
}

/// Copies what stands in a folder; tells how many files.
fn copy(from: &Path, to: &Path) -> anyhow::Result<usize> {
    fs::create_dir_all(to)?;
    let mut copied = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied += copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
            copied += 1;
        }
    }
    Ok(copied)
}
