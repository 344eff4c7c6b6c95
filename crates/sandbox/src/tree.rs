//! Measures the running tree: how many processes and threads, how much memory and time.
//!
//! It reads the sandbox's own `/proc`, which lists exactly the processes inside, however they were started and
//! whoever their parent is. It does not decide what is too much.

use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use nix::unistd::{SysconfVar, sysconf};
use process::Stopwatch;

/// One look at the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Processes and threads, without bubblewrap's own first process.
    pub(crate) tasks: u64,
    /// Resident memory, pages shared between processes counted once for each.
    pub(crate) resident_bytes: u64,
    /// What the kernel may hold for the sockets of the sandbox; in no process' account, so charged by their number.
    pub(crate) socket_bytes: u64,
    /// User and system time of all: those that ended are included if somebody waited for them, or they were seen before.
    pub(crate) cpu: Duration,
}

/// The means to look at a tree again and again.
pub(crate) struct Meter {
    folder: String,
    _processes: OwnedFd,
    page_bytes: u64,
    ticks_per_second: u64,
    clock: Stopwatch,
    /// Each process at the last look, by its number: when it began, and its own time. A number alone may be used again.
    seen: BTreeMap<u32, (u64, u64)>,
    /// The time of those that are gone, as far as it was seen.
    gone_ticks: u64,
    /// When shared memory may be looked at again: that is slow for large processes.
    next_close_look: Duration,
}

/// Beyond this many processes a look does not go into each: their number alone decides.
const TOO_MANY_TO_READ: usize = 4096;

/// What one socket may hold at most: the usual `net.core.wmem_max`. Connections over TCP have a bound of their own,
/// `net.ipv4.tcp_mem`, and pipes another, `fs.pipe-user-pages-soft`.
const SOCKET_BYTES: u64 = 208 << 10;

/// A close look may take this part of the supervisor's time.
const CLOSE_LOOK_SHARE: u32 = 5;

impl Meter {
    pub(crate) fn new(processes: OwnedFd) -> Self {
        let known = |variable, default| {
            sysconf(variable)
                .ok()
                .flatten()
                .and_then(|value| u64::try_from(value).ok())
                .unwrap_or(default)
        };
        Self {
            folder: format!("/proc/self/fd/{}", processes.as_raw_fd()),
            _processes: processes,
            page_bytes: known(SysconfVar::PAGE_SIZE, 4096),
            ticks_per_second: known(SysconfVar::CLK_TCK, 100),
            clock: Stopwatch::start(),
            seen: BTreeMap::new(),
            gone_ticks: 0,
            next_close_look: Duration::ZERO,
        }
    }

    /// Looks once. Processes that end meanwhile are left out.
    pub(crate) fn sample(&mut self) -> Sample {
        let processes = self.processes();
        if processes.len() > TOO_MANY_TO_READ {
            return Sample {
                tasks: processes.len() as u64,
                ..Sample::default()
            };
        }
        let mut sample = Sample {
            socket_bytes: self.sockets() * SOCKET_BYTES,
            ..Sample::default()
        };
        let mut ticks = 0;
        let mut seen = BTreeMap::new();
        for process in processes {
            let Some(status) = self
                .read(process, "stat")
                .and_then(|text| Status::parse(&text))
            else {
                continue;
            };
            ticks += status.own_ticks + status.children_ticks;
            seen.insert(process, (status.began, status.own_ticks));
            if process != 1 {
                sample.tasks += status.threads;
                sample.resident_bytes += status.resident_pages * self.page_bytes;
            }
        }
        // Nobody waits for an orphan whose first process does not look: its time is in nobody's account.
        let gone = self.seen.iter().filter(|(process, (began, _))| {
            seen.get(process).is_none_or(|(again, _)| again != began)
        });
        self.gone_ticks += gone.map(|(_, (_, ticks))| ticks).sum::<u64>();
        let own: u64 = seen.values().map(|(_, ticks)| ticks).sum();
        self.seen = seen;
        let ticks = ticks.max(self.gone_ticks + own);
        // A tick is a hundredth of a second on every Linux in use.
        sample.cpu = Duration::from_millis(ticks * 1000 / self.ticks_per_second);
        sample
    }

    /// What the tree holds, sockets included; nothing where the sum of `sample` is more than `limit` and it is too soon to
    /// look again how much of that is pages that forked processes share, which count once.
    pub(crate) fn held(&mut self, sample: &Sample, limit: u64) -> Option<u64> {
        let sum = sample.resident_bytes + sample.socket_bytes;
        if sum <= limit {
            return Some(sum);
        }
        if self.clock.elapsed() < self.next_close_look {
            return None;
        }
        let watch = Stopwatch::start();
        let bytes: u64 = self
            .processes()
            .into_iter()
            .filter_map(|process| {
                self.read(process, "smaps_rollup")
                    .and_then(|text| proportional_bytes(&text))
            })
            .sum();
        self.next_close_look = self.clock.elapsed() + watch.elapsed() * CLOSE_LOOK_SHARE;
        Some(bytes + sample.socket_bytes)
    }

    /// Sockets in the network namespace of the sandbox.
    fn sockets(&self) -> u64 {
        self.read(1, "net/sockstat")
            .and_then(|text| sockets_used(&text))
            .unwrap_or_default()
    }

    fn processes(&self) -> Vec<u32> {
        let Ok(entries) = fs_err::read_dir(&self.folder) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .collect()
    }

    fn read(&self, process: u32, file: &str) -> Option<String> {
        // Lossy: a program may call itself anything.
        let bytes = fs_err::read(format!("{}/{process}/{file}", self.folder)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What one line of `/proc/N/stat` says.
#[derive(Debug, PartialEq, Eq)]
struct Status {
    own_ticks: u64,
    children_ticks: u64,
    /// In ticks since the machine began.
    began: u64,
    threads: u64,
    resident_pages: u64,
}

impl Status {
    /// See proc(5). The name, second field, stands in parentheses and may hold anything, parentheses included.
    fn parse(line: &str) -> Option<Self> {
        let (_, after_name) = line.rsplit_once(')')?;
        let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
        // Counted from 1 in proc(5); the first after the name is the third.
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        let [
            user,
            system,
            children_user,
            children_system,
            threads,
            began,
            resident,
        ] = [14, 15, 16, 17, 20, 22, 24].map(number);
        Some(Self {
            own_ticks: user? + system?,
            children_ticks: children_user? + children_system?,
            began: began?,
            threads: threads?,
            resident_pages: resident?,
        })
    }
}

/// The first line of `/proc/N/net/sockstat`.
fn sockets_used(text: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix("sockets: used "))?
        .trim()
        .parse()
        .ok()
}

/// The `Pss` line of `/proc/N/smaps_rollup`.
fn proportional_bytes(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_full_of_parentheses_does_not_hide_anything() {
        let line =
            "7 (a) R 1 (b)) S 1 7 7 0 -1 4194624 44 0 0 0 3 4 5 6 20 0 2 0 167588 3457024 384 1844";
        assert_eq!(
            Status::parse(line),
            Some(Status {
                own_ticks: 7,
                children_ticks: 11,
                began: 167_588,
                threads: 2,
                resident_pages: 384
            })
        );
        assert_eq!(Status::parse("7 (x) R"), None);
        assert_eq!(Status::parse(""), None);
    }

    #[test]
    fn shared_memory_is_read_in_kibibytes() {
        let text = "5581-7ffd ---p 00000000 00:00 0 [rollup]\nRss:  5632 kB\nPss:     1024 kB\nPss_Dirty: 9 kB\n";
        assert_eq!(proportional_bytes(text), Some(1 << 20));
        assert_eq!(proportional_bytes("Rss: 1 kB\n"), None);
    }

    #[test]
    fn sockets_are_counted() {
        let text = "sockets: used 102\nTCP: inuse 0 orphan 0 tw 0 alloc 1 mem 0\n";
        assert_eq!(sockets_used(text), Some(102));
        assert_eq!(sockets_used(""), None);
    }

    #[test]
    fn our_own_processes_can_be_measured() {
        let folder = nix::fcntl::open(
            "/proc",
            nix::fcntl::OFlag::O_DIRECTORY,
            nix::sys::stat::Mode::empty(),
        );
        let sample = Meter::new(folder.unwrap()).sample();
        assert!(sample.tasks > 0 && sample.resident_bytes > 0, "{sample:?}");
    }
}
