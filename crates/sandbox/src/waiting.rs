//! The wait for bubblewrap to set everything up, and what it says when it gives up.
//!
//! It ends nothing: whoever started bubblewrap does.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::Mode;
use nix::unistd::Pid;
use process::Stopwatch;

use crate::SandboxError;
use crate::denial::{Denial, HostFacts};
use crate::error::while_doing;

/// How long the confinement may take to stand; it takes milliseconds.
const READY_SECONDS: u64 = 30;

/// How long bubblewrap may take for its last line.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How often to look whether it stands. bubblewrap tells nobody.
const LOOK: Duration = Duration::from_micros(200);

/// The wait for bubblewrap to set everything up.
pub(crate) struct Waiting<'a> {
    pub(crate) watch: Stopwatch,
    pub(crate) monitor: &'a OwnedFd,
    pub(crate) stderr: &'a File,
}

impl Waiting<'_> {
    /// The first process inside, in our own numbering.
    pub(crate) fn first_process(&mut self, information: OwnedFd) -> Result<Pid, SandboxError> {
        #[derive(serde::Deserialize)]
        struct Information {
            #[serde(rename = "child-pid")]
            child: i32,
        }

        let mut text = Vec::new();
        let mut information = File::from(information);
        loop {
            self.check_patience()?;
            if !readable(&information, self.watch.left_of(patience()))? {
                continue;
            }
            let mut buffer = [0; 4096];
            let count = information
                .read(&mut buffer)
                .map_err(while_doing("read what bubblewrap tells"))?;
            if count == 0 {
                break;
            }
            text.extend_from_slice(&buffer[..count]);
        }
        serde_json::from_slice(&text)
            .map(|information: Information| Pid::from_raw(information.child))
            .map_err(|_| self.refusal())
    }

    /// Waits until the root inside is final, and gives the `/proc` that stands there.
    ///
    /// While bubblewrap works, `/proc/FIRST/root` is the host's root, then one that has no `/proc` yet. Which it is
    /// shows in `self`, the reader's own process: the host's `/proc` has it, the one inside does not know us.
    pub(crate) fn until_ready(
        &mut self,
        first: Pid,
        first_handle: &OwnedFd,
    ) -> Result<OwnedFd, SandboxError> {
        let inside = format!("/proc/{first}/root/proc");
        loop {
            self.check_patience()?;
            // bubblewrap outside may have been told not to hear of the end inside.
            if self.has_ended()? || readable(first_handle, Duration::ZERO)? {
                return Err(self.refusal());
            }
            if let Ok(processes) = open_folder(&inside)
                && nix::fcntl::readlinkat(&processes, "self") == Err(Errno::ENOENT)
                && nix::sys::stat::fstatat(&processes, "1", nix::fcntl::AtFlags::empty()).is_ok()
            {
                return Ok(processes);
            }
            std::thread::sleep(LOOK);
        }
    }

    pub(crate) fn has_ended(&self) -> Result<bool, SandboxError> {
        readable(self.monitor, Duration::ZERO)
    }

    fn check_patience(&self) -> Result<(), SandboxError> {
        if self.watch.left_of(patience()).is_zero() {
            return Err(SandboxError::Stalled {
                seconds: READY_SECONDS,
            });
        }
        Ok(())
    }

    /// bubblewrap gave up: its complaint, and what on this host is the likely reason.
    pub(crate) fn refusal(&mut self) -> SandboxError {
        // It may still be writing its last line.
        let _ended = readable(self.monitor, LAST_WORDS);
        let mut complaint = Vec::new();
        // Never blocking: the error at the end of what is there, and the end itself, are the same to us.
        let _end = self.stderr.take(8 << 10).read_to_end(&mut complaint);
        let complaint = String::from_utf8_lossy(&complaint).trim().to_owned();
        SandboxError::Denied {
            denial: Denial::diagnose(&HostFacts::read(), &complaint),
            complaint,
        }
    }
}

pub(crate) fn patience() -> Duration {
    Duration::from_secs(READY_SECONDS)
}

pub(crate) fn open_folder(path: &str) -> nix::Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    nix::fcntl::open(path, flags, Mode::empty())
}

/// Waits until there is something to read, or the end of it; false if the time passes first.
pub(crate) fn readable(handle: impl AsFd, limit: Duration) -> Result<bool, SandboxError> {
    let watch = Stopwatch::start();
    loop {
        let mut list = [PollFd::new(handle.as_fd(), PollFlags::POLLIN)];
        let left = PollTimeout::try_from(watch.left_of(limit)).unwrap_or(PollTimeout::MAX);
        match poll(&mut list, left) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::EINTR) => {}
            Err(errno) => {
                return Err(while_doing("wait for the sandbox")(std::io::Error::from(
                    errno,
                )));
            }
        }
    }
}
