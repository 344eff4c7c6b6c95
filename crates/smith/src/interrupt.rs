//! What asks a command to end: Ctrl-C, TERM, or a terminal that is gone. What then ends is the command's decision.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// A person pressed Ctrl-C.
    Keyboard,
    /// TERM, or the terminal is gone.
    System,
}

/// Listens from its making on: none is lost between two waits.
pub(crate) struct Interrupts {
    keyboard: Signal,
    terminate: Signal,
    /// Nothing where the end of a terminal is not ours to hear: `nohup` has it ignored, and a handler would undo that.
    hang_up: Option<Signal>,
}

impl Interrupts {
    /// For work that may outlive its terminal.
    pub(crate) fn new() -> Self {
        Self {
            keyboard: listen(SignalKind::interrupt()),
            terminate: listen(SignalKind::terminate()),
            hang_up: None,
        }
    }

    /// For a session that makes no sense without its terminal, unless it was started to outlive it.
    pub(crate) fn of_session() -> Self {
        Self {
            hang_up: (!hang_up_is_ignored()).then(|| listen(SignalKind::hangup())),
            ..Self::new()
        }
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) -> Interrupt {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.keyboard.recv() => Interrupt::Keyboard,
            _ = self.terminate.recv() => Interrupt::System,
            _ = hang_up => Interrupt::System,
        }
    }
}

fn hang_up_is_ignored() -> bool {
    // A mask in hexadecimal; the lowest bit is signal 1, which is HUP.
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

fn listen(kind: SignalKind) -> Signal {
    signal(kind).expect("a handler for a signal that ends programs can always be installed")
}
