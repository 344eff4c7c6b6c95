//! B10: whether a baseline can be run again. That `prepare.py` can is B02, that a metric can is B06.

use task_format::BASELINES;

use crate::context::{Context, Judgement};
use crate::format::failure;

/// B10: run a second time on the same files, the best baseline hands in the same bytes.
pub(crate) fn baseline_repeats(cx: Context<'_>) -> Judgement {
    let repeated = &cx.controls()?.repeated;
    if repeated.rung.is_empty() {
        return Err(cx.error("no baseline but the constant has a score, so none was run again"));
    }
    let script = format!("{BASELINES}/{}.py", repeated.rung);
    let problem = match (&repeated.failure, repeated.same_bytes) {
        (None, Some(true)) => {
            return Ok(cx
                .rule
                .pass(format!("`{}` twice, same bytes", repeated.rung)));
        }
        (Some(why), _) => format!("run again it fails: {}", failure(why)),
        (None, _) => "run again it hands in other bytes".to_owned(),
    };
    let message = format!("`{}` can't be relied on: {problem}", repeated.rung);
    Ok(cx.rule.fail(problem, message).seen_in(script))
}

#[cfg(test)]
mod tests {
    use facts::{RepeatFacts, RunFailure};
    use findings::Status;

    use crate::testing::with;

    #[test]
    fn a_baseline_that_draws_anew_fails() {
        let other = with("B10", |good| {
            good.controls.repeated.same_bytes = Some(false)
        });
        assert_eq!(other.status, Status::Fail);
        assert_eq!(
            other.message,
            "`forest` can't be relied on: run again it hands in other bytes"
        );
        assert_eq!(other.evidence, ["baselines/forest.py"]);
        let fails = with("B10", |good| {
            good.controls.repeated.same_bytes = None;
            good.controls.repeated.failure = Some(RunFailure::TimedOut { limit_seconds: 9 });
        });
        assert_eq!(fails.status, Status::Fail);
        let none = with("B10", |good| {
            good.controls.repeated = RepeatFacts::default()
        });
        assert_eq!(none.status, Status::Error);
    }
}
