//! What a process leaves on its host: processes, mounts, descriptors, threads, files, control groups. It ends nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use process::Stopwatch;

/// A process by its number and the time of its start: numbers come again.
pub(crate) type Process = (u32, u64);

/// Everything there is of this process now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Remains {
    descendants: BTreeMap<Process, String>,
    /// Processes that see a folder of ours, whoever their parent is.
    inside: BTreeMap<Process, String>,
    mounts: BTreeSet<String>,
    descriptors: BTreeMap<String, usize>,
    threads: usize,
    files: BTreeSet<String>,
    groups: Vec<Utf8PathBuf>,
}

impl Remains {
    /// Looks; `folder` is where this process and its runs keep all that they make, with a folder `tmp` for temporary files.
    pub(crate) fn now(folder: &Utf8Path) -> Self {
        let own = std::process::id();
        let read = |path: &str| fs_err::read_to_string(path).unwrap();
        let entries = |path: &str| fs_err::read_dir(path).unwrap().count();
        let mut descriptors = BTreeMap::new();
        for entry in fs_err::read_dir("/proc/self/fd").unwrap().flatten() {
            // One of them is this listing's own.
            if let Ok(target) = fs_err::read_link(entry.path()) {
                let target = target.to_string_lossy().into_owned();
                // What it is: numbers of pipes and sockets are never the same.
                let kind = target.split(":[").next().unwrap_or_default().to_owned();
                *descriptors.entry(kind).or_default() += 1;
            }
        }
        Self {
            descendants: descendants(own),
            inside: inside(folder),
            mounts: read("/proc/self/mountinfo")
                .lines()
                .map(str::to_owned)
                .collect(),
            descriptors,
            threads: entries("/proc/self/task"),
            files: names(&[folder, &folder.join("tmp")]),
            groups: groups(&format!("mle-smith-{own}-")),
        }
    }

    /// Waits until there is no more than there was `before`, and fails with both when that takes too long.
    pub(crate) async fn settle(before: &Self, folder: &Utf8Path) {
        let watch = Stopwatch::start();
        loop {
            let now = Self::now(folder);
            if now == *before {
                return;
            }
            assert!(
                watch.elapsed() < Duration::from_secs(20),
                "something is left; before:\n{before:#?}\nnow:\n{now:#?}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// All processes: parent, and what they were started as.
fn all() -> BTreeMap<Process, (u32, String)> {
    let mut processes = BTreeMap::new();
    for entry in fs_err::read_dir("/proc").unwrap().flatten() {
        let Some(number) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // They end while we look.
        let Ok(stat) = fs_err::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let Some((_, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let command = fs_err::read(entry.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        let (parent, started) = (fields[1].parse().unwrap(), fields[19].parse().unwrap());
        processes.insert(
            (number, started),
            (parent, format!("{} {command}", fields[0])),
        );
    }
    processes
}

/// Children of a process, their children, and so on.
pub(crate) fn descendants(of: u32) -> BTreeMap<Process, String> {
    let all = all();
    let mut found = BTreeMap::new();
    let mut parents = BTreeSet::from([of]);
    loop {
        let before = found.len();
        for (process, (parent, command)) in &all {
            if parents.contains(parent) && found.insert(*process, command.clone()).is_none() {
                parents.insert(process.0);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Those of them that still run.
pub(crate) fn running(processes: &BTreeMap<Process, String>) -> BTreeMap<Process, String> {
    let all = all();
    let mut left = processes.clone();
    // One that has ended and that nobody has waited for holds nothing any more.
    left.retain(|process, _| {
        all.get(process)
            .is_some_and(|(_, command)| !command.starts_with('Z'))
    });
    left
}

/// Processes to which something below `folder` is mounted.
pub(crate) fn inside(folder: &Utf8Path) -> BTreeMap<Process, String> {
    let mut found = BTreeMap::new();
    for (process, (_, command)) in all() {
        let mounts = fs_err::read_to_string(format!("/proc/{}/mountinfo", process.0));
        let name = folder.file_name().unwrap();
        if mounts.is_ok_and(|mounts| mounts.contains(name)) {
            found.insert(process, command);
        }
    }
    found
}

/// Everything in these folders.
fn names(folders: &[&Utf8Path]) -> BTreeSet<String> {
    let entries = folders
        .iter()
        .flat_map(|folder| folder.read_dir_utf8().unwrap());
    entries
        .map(|entry| entry.unwrap().path().to_string())
        .collect()
}

fn groups(start: &str) -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Utf8PathBuf::from("/sys/fs/cgroup")];
    while let Some(folder) = open.pop() {
        let Ok(entries) = folder.read_dir_utf8() else {
            continue;
        };
        for entry in entries.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if entry.file_name().starts_with(start) {
                    found.push(entry.path().to_owned());
                }
                open.push(entry.into_path());
            }
        }
    }
    found
}
