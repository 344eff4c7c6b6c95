//! One line at a terminal that says what is being waited for, and since when. Only for a person who talks to the program:
//! unlike a bar it goes away also after an echoed `^C`.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use process::Stopwatch;

/// Awaits `work`; if it takes long, a terminal says `what` is done. Dropping the future takes the line away, too.
pub(crate) async fn shown<T>(what: &str, work: impl Future<Output = T>) -> T {
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    let watch = Stopwatch::start();
    let mut line = Line { is_there: false };
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    // The first tick comes at once.
    seconds.tick().await;
    tokio::pin!(work);
    loop {
        tokio::select! {
            result = &mut work => return result,
            _ = seconds.tick() => line.say(&format!("{what}, {} s", watch.elapsed().as_secs())),
        }
    }
}

struct Line {
    is_there: bool,
}

impl Line {
    fn say(&mut self, text: &str) {
        self.is_there = true;
        // A terminal that is gone is no reason to stop.
        let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K{text} ");
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.is_there {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}
