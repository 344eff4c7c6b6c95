//! Steps and the end of an episode, for a person to read. JSON is the executor's own.

use executor::episode::{Budget, Feedback, Finished, Step};

/// A step for a person.
pub(crate) fn describe(step: &Step) -> String {
    let seen = &step.observation;
    let mut text = String::new();
    let mut block = |title: &str, body: &str| {
        let body = body.trim_end();
        if !body.is_empty() {
            text.push_str(&format!("{title}{body}\n"));
        }
    };
    match &seen.feedback {
        Feedback::Info { parts } => {
            for part in parts {
                block(&format!("--- {}\n", part.name), &part.text);
            }
        }
        Feedback::Ran { stdout, stderr } => {
            block("", stdout);
            block("--- stderr\n", stderr);
            block("", "it ran");
        }
        Feedback::Scored {
            score,
            stdout,
            stderr,
        } => {
            block("", stdout);
            block("--- stderr\n", stderr);
            block(
                "",
                &format!("score {} on the feedback rows", number(*score)),
            );
        }
        Feedback::SyntaxError { message } => {
            block("--- stderr\n", message);
            block("", "the script is no Python");
        }
        Feedback::RuntimeError {
            traceback, stdout, ..
        } => {
            block("", stdout);
            block("--- stderr\n", traceback);
            block("", "the script failed");
        }
        Feedback::Timeout {
            limit_seconds,
            stdout,
        } => {
            block("", stdout);
            block(
                "",
                &format!("stopped: it ran longer than {limit_seconds} s"),
            );
        }
        Feedback::Memory {
            limit_bytes,
            stdout,
        } => {
            block("", stdout);
            let mebibytes = limit_bytes >> 20;
            block("", &format!("stopped: it held more than {mebibytes} MiB"));
        }
        Feedback::Limit { what, stdout } => {
            block("", stdout);
            block("", &format!("stopped: more {what} than allowed"));
        }
        Feedback::NoSubmission { detail, stdout } => {
            block("", stdout);
            block("no submission: ", detail);
        }
        Feedback::InvalidSubmission {
            reason,
            message,
            stdout,
        } => {
            block("", stdout);
            block(&format!("invalid submission ({reason}): "), message);
        }
        Feedback::History { steps } => {
            for entry in steps {
                let score = entry
                    .score
                    .map_or_else(String::new, |score| format!("  {}", number(score)));
                block(
                    "",
                    &format!(
                        "{:>3}  {}  {}{score}",
                        entry.step, entry.action, entry.feedback
                    ),
                );
            }
            if steps.is_empty() {
                block("", "nothing happened yet");
            }
        }
        Feedback::Reset => block("", "best scores and history are forgotten"),
        Feedback::InvalidAction { message } => block("no action: ", message),
        Feedback::BudgetSpent { budget } => {
            block("", &format!("nothing was done: no {} left", words(*budget)));
        }
        Feedback::Sandbox { message } => {
            block("", message);
            block("", "the step does not count: try again");
        }
    }
    let mut status = vec![format!("step {}", seen.step)];
    if step.info.wall_ms > 0 {
        let milliseconds = step.info.wall_ms;
        status.push(format!(
            "{}.{:02} s",
            milliseconds / 1000,
            milliseconds % 1000 / 10
        ));
    }
    status.push(format!("reward {}", number(step.reward)));
    if let Some(best) = seen.best_raw_score {
        status.push(format!("best {}", number(best)));
    }
    if let Some(milestone) = seen.milestones_reached.last() {
        status.push(format!("{milestone:?}").to_lowercase());
    }
    if let Some(position) = seen.best_position_score {
        status.push(format!("place {} of {}", position.place, position.entries));
    }
    if let Some(steps) = seen.remaining.steps {
        status.push(match steps {
            1 => "1 step left".to_owned(),
            _ => format!("{steps} steps left"),
        });
    }
    text.push_str(&format!("[{}]\n", status.join(" · ")));
    if step.terminated {
        text.push_str("no score can be better: the episode is over\n");
    } else if step.truncated {
        text.push_str("a budget is spent: the episode is over\n");
    }
    text
}

fn words(budget: Budget) -> &'static str {
    match budget {
        Budget::Steps => "steps are",
        Budget::Submissions => "submissions are",
        Budget::Wall => "time is",
    }
}

/// As many digits as tell two models apart; JSON has all.
fn number(value: f64) -> String {
    const DECIMALS: usize = 6;
    if value != 0.0 && value.abs() < 1e-3 {
        return format!("{value:.3e}");
    }
    let text = format!("{value:.DECIMALS$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The end of an episode for a person.
pub(crate) fn summary(finished: &Finished) -> String {
    let mut text = match finished.steps {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    match (finished.feedback_score, finished.final_score) {
        (Some(feedback), Some(last)) => {
            text.push_str(&format!(
                "; best score {} on the feedback rows, {} on the final rows",
                number(feedback),
                number(last)
            ));
            if let Some(score) = finished.score {
                text.push_str(&format!(", {} on all", number(score)));
            }
        }
        (Some(feedback), None) => {
            let why = finished.invalid.as_deref().unwrap_or("no reason is known");
            text.push_str(&format!(
                "; best score {} on the feedback rows, none on the final rows: {why}",
                number(feedback)
            ));
        }
        (None, _) => text.push_str("; no valid submission"),
    }
    if let Some(milestone) = finished.milestones_reached.last() {
        text.push_str(&format!("; {milestone:?} reached").to_lowercase());
    }
    if let Some(position) = finished.position_score {
        text.push_str(&format!(
            "; place {} of {}",
            position.place, position.entries
        ));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [
            0.0,
            -1.0,
            0.5,
            0.105_485_675,
            12_345.678_901_2,
            0.000_012_34,
            100.0,
        ]
        .map(number);
        let expected = [
            "0",
            "-1",
            "0.5",
            "0.105486",
            "12345.678901",
            "1.234e-5",
            "100",
        ];
        assert_eq!(shown, expected);
    }
}
