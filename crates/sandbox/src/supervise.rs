//! Follows a run from its first moment to its last: reads its output, watches its limits, ends it.
//!
//! One thread, one loop, no clock but elapsed time. What the kernel enforces by itself (address space, file size,
//! sizes in memory) is set up in `hold` and does not appear here.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::Pid;
use process::Stopwatch;

use crate::captured::Capture;
use crate::error::while_doing;
use crate::hold::Held;
use crate::start::Streams;
use crate::tree::Meter;
use crate::usage::{self, Growth};
use crate::{Limits, Outcome, SandboxError, sys};

/// How often a run is looked at, at least. What it can allocate or fork in this time is how far it can overshoot a
/// limit that is supervised rather than enforced by the kernel.
pub const TICK: Duration = Duration::from_millis(20);

/// How often at most: at first a run is looked at more often, so that short ones are measured too.
const FIRST_TICK: Duration = Duration::from_millis(2);

/// How long the kernel may take to end everything inside after KILL.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one turn of the loop reads of a stream at most, so that a loud program does not keep it from its limits.
const READ_BYTES: usize = 1 << 20;

/// What was seen of a run.
pub(crate) struct Observed {
    pub(crate) outcome: Outcome,
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) peak_memory_bytes: u64,
    pub(crate) stdout: Capture,
    pub(crate) stderr: Capture,
}

/// Why a run is being ended before its time.
#[derive(Clone, Copy)]
enum Ending {
    /// TERM was sent; KILL follows when this much time of the run has passed.
    Asked { until: Duration },
    /// KILL was sent.
    Killed,
}

/// Lets the program begin and follows it to its end. `cancel` becomes readable when nobody wants the result any more.
pub(crate) fn supervise(
    mut held: Held,
    streams: Streams,
    limits: &Limits,
    growth: Growth,
    cancel: &OwnedFd,
) -> Result<Observed, SandboxError> {
    let processes = held
        .processes
        .try_clone()
        .map_err(while_doing("copy a descriptor"))?;
    // Against a swarm of processes the supervisor must still get its turn. Who is not root does not need this: there
    // the kernel itself limits their number.
    let _precedence = sys::give_precedence(Pid::from_raw(0));
    held.release()?;
    let mut run = Run {
        held: &held,
        limits,
        watch: Stopwatch::start(),
        stdout: Stream::new(streams.stdout, limits.output_bytes),
        stderr: Stream::new(streams.stderr, limits.output_bytes),
        meter: Meter::new(processes),
        growth,
        cpu: Duration::ZERO,
        peak_memory_bytes: 0,
        broken: None,
        ending: None,
    };
    let followed = run.follow(cancel);
    let Run {
        watch,
        mut stdout,
        mut stderr,
        cpu,
        peak_memory_bytes,
        broken,
        ..
    } = run;
    let wall = watch.elapsed();
    // Also when following it failed: nothing inside may be left.
    let ended = held.end(PATIENCE)?;
    followed?;
    stdout.drain()?;
    stderr.drain()?;
    let by_itself = if ended.ran_out_of_memory {
        Outcome::MemoryExceeded
    } else {
        ended.outcome
    };
    Ok(Observed {
        outcome: broken.unwrap_or(by_itself),
        wall,
        cpu: ended.cpu.unwrap_or(cpu),
        peak_memory_bytes,
        stdout: stdout.capture,
        stderr: stderr.capture,
    })
}

struct Run<'a> {
    held: &'a Held,
    limits: &'a Limits,
    watch: Stopwatch,
    stdout: Stream,
    stderr: Stream,
    meter: Meter,
    growth: Growth,
    cpu: Duration,
    peak_memory_bytes: u64,
    /// The first limit that was broken.
    broken: Option<Outcome>,
    ending: Option<Ending>,
}

impl Run<'_> {
    /// Returns when the program has ended, by itself or by us.
    fn follow(&mut self, cancel: &OwnedFd) -> Result<(), SandboxError> {
        let mut next_look = Duration::ZERO;
        let mut killed_at = None;
        loop {
            let wait = next_look.saturating_sub(self.watch.elapsed()).min(TICK);
            let news = self.wait(cancel, wait)?;
            self.stdout.read()?;
            self.stderr.read()?;
            if news.ended {
                return Ok(());
            }
            if news.cancelled {
                return Ok(());
            }
            if self.watch.elapsed() >= next_look {
                self.look()?;
                let now = self.watch.elapsed();
                next_look = now + (now / 20).clamp(FIRST_TICK, TICK);
            }
            if matches!(self.ending, Some(Ending::Killed)) {
                // bubblewrap ends when it hears of it; should it not, `Held::end` reports that.
                let since = *killed_at.get_or_insert(self.watch.elapsed());
                if self.watch.elapsed() > since + PATIENCE {
                    return Ok(());
                }
            }
        }
    }

    fn wait(&self, cancel: &OwnedFd, limit: Duration) -> Result<News, SandboxError> {
        let mut list = vec![
            PollFd::new(self.held.monitor(), PollFlags::POLLIN),
            PollFd::new(cancel.as_fd(), PollFlags::POLLIN),
        ];
        // A stream at its end would be reported without pause.
        for stream in [&self.stdout, &self.stderr] {
            if let Some(file) = &stream.file {
                list.push(PollFd::new(file.as_fd(), PollFlags::POLLIN));
            }
        }
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
        match poll(&mut list, limit) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => {
                return Err(while_doing("wait for the sandbox")(std::io::Error::from(
                    errno,
                )));
            }
        }
        let something = |index: usize| list[index].any().unwrap_or(true);
        Ok(News {
            ended: something(0),
            cancelled: something(1),
        })
    }

    /// Compares the run with its limits once.
    fn look(&mut self) -> Result<(), SandboxError> {
        let sample = self.meter.sample();
        self.cpu = self.cpu.max(sample.cpu);
        let held = self.meter.held(&sample, self.limits.memory_bytes);
        self.peak_memory_bytes = self.peak_memory_bytes.max(held.unwrap_or_default());

        let too_much = if sample.tasks > self.limits.processes {
            Some(Outcome::ProcessesExceeded)
        } else if self.cpu >= Duration::from_secs(self.limits.cpu_seconds) {
            Some(Outcome::CpuExceeded)
        } else if held.is_some_and(|bytes| bytes > self.limits.memory_bytes) {
            Some(Outcome::MemoryExceeded)
        } else if self.wrote_too_much() {
            Some(Outcome::DiskExceeded)
        } else if self.printed_bytes() > self.limits.output_stop_bytes {
            Some(Outcome::OutputExceeded)
        } else {
            None
        };
        let now = self.watch.elapsed();
        match (self.ending, too_much) {
            (Some(Ending::Killed), _) => Ok(()),
            (_, Some(limit)) => {
                self.broken.get_or_insert(limit);
                self.kill()
            }
            (Some(Ending::Asked { until }), None) if now >= until => self.kill(),
            (Some(Ending::Asked { .. }), None) => Ok(()),
            (None, None) if now >= Duration::from_secs(self.limits.wall_seconds) => {
                self.broken = Some(Outcome::TimedOut);
                self.held.terminate();
                self.ending = Some(Ending::Asked {
                    until: now + Duration::from_secs(self.limits.grace_seconds),
                });
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    fn kill(&mut self) -> Result<(), SandboxError> {
        self.ending = Some(Ending::Killed);
        self.held.kill()
    }

    fn wrote_too_much(&mut self) -> bool {
        let mut files = self
            .held
            .memory_folders
            .values()
            .map(usage::files_in_memory);
        files.any(|files| files > self.limits.disk_files)
            || self.growth.look().is_some_and(|added| {
                added.bytes > self.limits.disk_bytes || added.files > self.limits.disk_files
            })
    }

    fn printed_bytes(&self) -> u64 {
        self.stdout.capture.total_bytes() + self.stderr.capture.total_bytes()
    }
}

struct News {
    ended: bool,
    cancelled: bool,
}

/// One output stream of the program.
struct Stream {
    /// Nothing once the end was read.
    file: Option<File>,
    capture: Capture,
    buffer: Vec<u8>,
}

impl Stream {
    fn new(file: File, cap: u64) -> Self {
        Self {
            file: Some(file),
            capture: Capture::new(cap),
            buffer: vec![0; 64 << 10],
        }
    }

    /// Reads what is there, up to [`READ_BYTES`], without waiting for more.
    fn read(&mut self) -> Result<(), SandboxError> {
        let mut read = 0;
        while read < READ_BYTES {
            match self.step()? {
                Some(count) => read += count,
                None => break,
            }
        }
        Ok(())
    }

    /// Reads to the end. Nobody is left to write: what is in the pipe is all there is.
    fn drain(&mut self) -> Result<(), SandboxError> {
        while self.step()?.is_some() {}
        Ok(())
    }

    /// Reads once; nothing at the end, or where reading on would have to wait.
    fn step(&mut self) -> Result<Option<usize>, SandboxError> {
        let Some(file) = &mut self.file else {
            return Ok(None);
        };
        match file.read(&mut self.buffer) {
            Ok(0) => {
                self.file = None;
                Ok(None)
            }
            Ok(count) => {
                self.capture.push(&self.buffer[..count]);
                Ok(Some(count))
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Some(0)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(source) => Err(while_doing("read the output of the sandbox")(source)),
        }
    }
}
