//! What a person types, a line at a time, with a prompt at a terminal. It does not know what a line means.
//!
//! Editing is the terminal's own, one line at a time.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::mpsc;

use tokio::sync::mpsc as asynchronous;

use crate::console;
use crate::interrupt::{Interrupt, Interrupts};

/// Bytes of a line that a terminal hands on, its end included; it drops the others. From Linux's `N_TTY_BUF_SIZE`.
const TERMINAL_LINE_BYTES: usize = 4096;

/// What came instead of a line, or the line.
pub(super) enum Heard {
    /// A line without its end.
    Line(String),
    /// A line that is not taken, and why.
    Unusable(String),
    /// The end of input; a terminal goes on after it.
    End,
    /// Somebody wants an end.
    Interrupt(Interrupt),
}

/// Lines from stdin.
pub(super) struct Input {
    is_terminal: bool,
    /// A line is asked for, so that none is taken from the terminal that nobody waits for.
    ask: mpsc::Sender<()>,
    lines: asynchronous::UnboundedReceiver<Heard>,
    /// A line was asked for and did not come before an interrupt.
    is_asked: bool,
}

impl Input {
    pub(super) fn new() -> Self {
        let is_terminal = std::io::stdin().is_terminal();
        let (ask, asked) = mpsc::channel();
        let (send, lines) = asynchronous::unbounded_channel();
        // A thread that nobody waits for: reading from a terminal can't be called off.
        std::thread::spawn(move || {
            while let Ok(()) = asked.recv() {
                if send.send(read(is_terminal)).is_err() {
                    break;
                }
            }
        });
        Self {
            is_terminal,
            ask,
            lines,
            is_asked: false,
        }
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// The next line, or what comes before it.
    pub(super) async fn line(&mut self, prompt: &str, interrupts: &mut Interrupts) -> Heard {
        self.show(prompt);
        if !self.is_asked {
            self.ask.send(()).expect("the thread waits for requests");
            self.is_asked = true;
        }
        let heard = tokio::select! {
            line = self.lines.recv() => {
                self.is_asked = false;
                line.expect("the thread answers each request")
            }
            interrupt = interrupts.next() => Heard::Interrupt(interrupt),
        };
        // Neither leaves the line of the prompt by itself.
        if matches!(heard, Heard::End | Heard::Interrupt(_)) {
            self.show("\n");
        }
        heard
    }

    fn show(&self, text: &str) {
        if self.is_terminal {
            console::out(text);
            // A terminal that is gone shows when it is read.
            let _ = std::io::stdout().flush();
        }
    }
}

fn read(is_terminal: bool) -> Heard {
    let mut line = Vec::new();
    match std::io::stdin().lock().read_until(b'\n', &mut line) {
        Ok(0) | Err(_) => return Heard::End,
        Ok(_) => {}
    }
    understood(line, is_terminal)
}

fn understood(mut line: Vec<u8>, is_terminal: bool) -> Heard {
    if is_terminal && line.len() >= TERMINAL_LINE_BYTES {
        return Heard::Unusable(format!(
            "a terminal hands on {TERMINAL_LINE_BYTES} bytes of a line at most; put it into a file, and `run FILE`"
        ));
    }
    while line.pop_if(|last| matches!(last, b'\n' | b'\r')).is_some() {}
    match String::from_utf8(line) {
        Ok(line) => Heard::Line(line),
        Err(_) => Heard::Unusable("a line is not UTF-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_whole_text_is_not_taken() {
        let heard = |bytes: &[u8], is_terminal| match understood(bytes.to_vec(), is_terminal) {
            Heard::Line(line) => line,
            Heard::Unusable(why) => format!("unusable: {why}"),
            Heard::End | Heard::Interrupt(_) => unreachable!("these are no lines"),
        };
        assert_eq!(heard("  x = 'ä'\r\n".as_bytes(), true), "  x = 'ä'");
        assert_eq!(heard(b"", true), "");
        assert_eq!(heard(b"\xff\n", false), "unusable: a line is not UTF-8");
        let long = [b'a'; TERMINAL_LINE_BYTES];
        assert!(heard(&long, true).starts_with("unusable: a terminal"));
        assert_eq!(heard(&long, false).len(), TERMINAL_LINE_BYTES);
        assert_eq!(heard(&long[1..], true).len(), TERMINAL_LINE_BYTES - 1);
    }
}
