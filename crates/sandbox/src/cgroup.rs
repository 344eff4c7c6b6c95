//! A control group (version 2) for one run, where the host delegates one: the kernel's own bound on all of a tree.
//!
//! It is a second wall, not the first: what a limit means must not depend on the host, so the supervisor decides
//! what is too much everywhere, and the group bounds what fits into a moment between two looks, kernel memory
//! included. Version 1 is not used.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use nix::unistd::Pid;

use crate::{Mount, Policy};

/// Where control groups are, on every Linux that has them.
const ROOT: &str = "/sys/fs/cgroup";

/// The controllers that a group is made for.
const CONTROLLERS: [&str; 2] = ["memory", "pids"];

/// The group of one run. Removed when dropped, which works once nothing inside is left.
#[derive(Debug)]
pub(crate) struct ControlGroup {
    folder: Utf8PathBuf,
}

impl ControlGroup {
    /// Makes a group with the bounds of a policy and puts a process into it, which has no children yet.
    /// Nothing where the host does not delegate one to us.
    pub(crate) fn around(first: Pid, policy: &Policy) -> Option<Self> {
        let membership = fs_err::read_to_string("/proc/self/cgroup").ok()?;
        Self::below(Utf8Path::new(ROOT), &membership, first, policy)
    }

    /// True if [`Self::around`] would most likely give one.
    pub(crate) fn is_delegated() -> bool {
        fs_err::read_to_string("/proc/self/cgroup")
            .ok()
            .and_then(|membership| {
                parents(Utf8Path::new(ROOT), &membership)
                    .into_iter()
                    .find_map(|parent| {
                        let folder = parent.join(format!("mle-smith-{}-trial", std::process::id()));
                        fs_err::create_dir(&folder).ok()?;
                        Some(Self { folder })
                    })
            })
            .is_some()
    }

    fn below(root: &Utf8Path, membership: &str, first: Pid, policy: &Policy) -> Option<Self> {
        parents(root, membership).into_iter().find_map(|parent| {
            let folder = parent.join(format!("mle-smith-{}-{first}", std::process::id()));
            fs_err::create_dir(&folder).ok()?;
            let group = Self { folder };
            match group.fill(first, policy) {
                Ok(()) => Some(group),
                Err(error) => {
                    tracing::debug!(%error, "control group can't be used");
                    None
                }
            }
        })
    }

    fn fill(&self, first: Pid, policy: &Policy) -> std::io::Result<()> {
        let write = |file: &str, value: String| fs_err::write(self.folder.join(file), value);
        write("memory.max", memory_bytes(policy).to_string())?;
        // Not on every kernel; without it, swap is bounded by the host's own.
        let _no_swap_control = write("memory.swap.max", "0".to_owned());
        write("memory.oom.group", "1".to_owned())?;
        // The first process, and one for the moment in which the supervisor sees that there are too many.
        write(
            "pids.max",
            policy.limits.processes.saturating_add(2).to_string(),
        )?;
        write("cgroup.procs", first.to_string())
    }

    /// Puts one more process into the group, before it has children.
    pub(crate) fn add(&self, process: Pid) -> std::io::Result<()> {
        fs_err::write(self.folder.join("cgroup.procs"), process.to_string())
    }

    /// True if the kernel ended the run for its memory.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        self.number("memory.events", "oom_kill")
            .is_some_and(|count| count > 0)
    }

    /// User and system time of everything that ran in it.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.number("cpu.stat", "usage_usec")
            .map(Duration::from_micros)
    }

    fn number(&self, file: &str, key: &str) -> Option<u64> {
        let text = fs_err::read_to_string(self.folder.join(file)).ok()?;
        text.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.parse().ok())
    }
}

impl Drop for ControlGroup {
    fn drop(&mut self) {
        if let Err(error) = fs_err::remove_dir(&self.folder) {
            tracing::warn!(%error, "control group is left behind");
        }
    }
}

/// Groups in which one for a run may be made, the nearest first: ours and those around it, where they hand both
/// controllers down. Whether we may write there shows when we do.
fn parents(root: &Utf8Path, membership: &str) -> Vec<Utf8PathBuf> {
    let Some(ours) = membership
        .lines()
        .find_map(|line| line.strip_prefix("0::/"))
    else {
        return Vec::new();
    };
    // A path that leads out of what we see belongs to a namespace that is not ours.
    if ours.split('/').any(|part| part == "..") {
        return Vec::new();
    }
    root.join(ours)
        .ancestors()
        .take_while(|group| group.starts_with(root))
        .filter(|group| {
            fs_err::read_to_string(group.join("cgroup.subtree_control")).is_ok_and(|handed_down| {
                let handed_down: Vec<_> = handed_down.split_ascii_whitespace().collect();
                CONTROLLERS.iter().all(|one| handed_down.contains(one))
            })
        })
        .map(Utf8Path::to_owned)
        .collect()
}

/// What the whole group may hold: the tree's memory, and every folder in memory filled to the brim.
fn memory_bytes(policy: &Policy) -> u64 {
    let folders = policy.mounts.iter().map(|mount| match mount {
        Mount::Tmpfs { max_bytes, .. } | Mount::Output { max_bytes, .. } => *max_bytes,
        Mount::ReadOnly { .. }
        | Mount::Writable { .. }
        | Mount::Folder { .. }
        | Mount::Symlink { .. } => 0,
    });
    folders
        .chain([policy.limits.temporary_bytes; 2])
        .fold(policy.limits.memory_bytes, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roles::tests::example_solver;

    struct Host {
        _temporary: tempfile::TempDir,
        root: Utf8PathBuf,
    }

    /// A tree of groups as files; each is given with what it hands down.
    fn host(groups: &[(&str, &str)]) -> Host {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
        for (group, handed_down) in groups {
            let folder = root.join(group);
            fs_err::create_dir_all(&folder).unwrap();
            fs_err::write(folder.join("cgroup.subtree_control"), handed_down).unwrap();
        }
        Host {
            _temporary: temporary,
            root,
        }
    }

    #[test]
    fn a_group_is_made_in_the_nearest_that_hands_down_both() {
        let host = host(&[
            ("", "cpu io memory pids\n"),
            ("user.slice", "memory pids\n"),
            ("user.slice/app.slice", "cpu memory pids\n"),
            ("user.slice/app.slice/run.scope", "\n"),
        ]);
        let found = parents(&host.root, "0::/user.slice/app.slice/run.scope\n");
        let found: Vec<_> = found
            .iter()
            .map(|group| group.strip_prefix(&host.root).unwrap().as_str())
            .collect();
        assert_eq!(found, ["user.slice/app.slice", "user.slice", ""]);
    }

    #[test]
    fn version_1_and_foreign_groups_are_left_alone() {
        let host = host(&[("", "memory pids")]);
        let none: [&str; 3] = ["4:memory:/a\n8:pids:/\n", "0::/../outside\n", ""];
        for membership in none {
            assert!(parents(&host.root, membership).is_empty(), "{membership}");
        }
        let host = self::host(&[("", "cpu pids")]);
        assert!(parents(&host.root, "0::/\n").is_empty());
    }

    #[test]
    fn the_bounds_of_the_policy_are_written() {
        let host = host(&[("", "memory pids"), ("ours", "")]);
        let policy = example_solver();
        let group = ControlGroup::below(&host.root, "0::/ours", Pid::from_raw(7), &policy).unwrap();
        let text = |file: &str| fs_err::read_to_string(group.folder.join(file)).unwrap();
        let limits = &policy.limits;
        let bytes = limits.memory_bytes + limits.disk_bytes + 2 * limits.temporary_bytes;
        assert_eq!(text("memory.max"), bytes.to_string());
        assert_eq!(text("pids.max"), (limits.processes + 2).to_string());
        assert_eq!(text("cgroup.procs"), "7");

        fs_err::write(group.folder.join("memory.events"), "oom 1\noom_kill 2\n").unwrap();
        fs_err::write(group.folder.join("cpu.stat"), "usage_usec 1500\n").unwrap();
        assert!(group.ran_out_of_memory());
        assert_eq!(group.cpu(), Some(Duration::from_micros(1500)));
        // A real group has no files of its own to remove.
        fs_err::remove_dir_all(&group.folder).unwrap();
    }
}
