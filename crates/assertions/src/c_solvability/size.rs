//! C06: whether the test set is large enough to tell solvers apart.

use findings::Measured;
use task_format::PUBLIC_TEST;

use crate::context::{Context, Judgement};
use crate::format::{percent, short};

use super::ladder::Ladder;

/// C06: the best baseline's score is known to within a small part of the range from floor to optimum.
pub(crate) fn test_is_large_enough(cx: Context<'_>) -> Judgement {
    let ladder = Ladder::new(cx)?;
    let floor = ladder.floor(&cx)?;
    let (best, score) = ladder.best(&cx)?;
    let rows = cx.manifest()?.data.test_rows;
    let Some((low, high)) = best.interval else {
        return Err(cx.error(format!("the score of `{}` has no interval", best.name)));
    };
    let (Some(low_share), Some(high_share)) = (ladder.share(floor, low), ladder.share(floor, high))
    else {
        return Ok(cx.rule.fail(
            short(score),
            "a submission that knows nothing is perfect already",
        ));
    };
    let half_width = (high_share - low_share).abs() / 2.0;
    let text = format!(
        "`{}` {} ({} to {}) on {rows} rows: ± {} of the range",
        best.name,
        short(score),
        short(low),
        short(high),
        percent(half_width)
    );
    let measured = Measured::number(half_width, text);
    let (warn, fail) = (
        cx.threshold("warn_half_width"),
        cx.threshold("fail_half_width"),
    );
    let least = cx.threshold("rows");
    let finding = if (rows as f64) < least {
        let message = format!(
            "the test set has only {rows} rows: {} are the least that can tell solvers apart",
            short(least)
        );
        cx.rule.fail(measured, message)
    } else if half_width > fail {
        cx.rule
            .fail(measured, "scores on this test set are mostly noise")
    } else if half_width > warn {
        cx.rule.warn(
            measured,
            "the test set is small: solvers that are not far apart can't be told apart",
        )
    } else {
        return Ok(cx.rule.pass(measured).compared_with(wanted(cx)));
    };
    Ok(finding.seen_in(PUBLIC_TEST).compared_with(wanted(cx)))
}

fn wanted(cx: Context<'_>) -> String {
    format!(
        "at most {}, beyond {} hopeless, of the range from floor to optimum",
        percent(cx.threshold("warn_half_width")),
        percent(cx.threshold("fail_half_width"))
    )
}

#[cfg(test)]
mod tests {
    use findings::Status;

    use crate::testing::Good;

    /// The best baseline of the good task scores 0.8, the floor 0.5, the optimum 1.
    fn judged(half_width: f64, rows: u64) -> Status {
        let mut good = Good::new();
        good.ladder.rungs[2].interval = Some((0.8 - half_width, 0.8 + half_width));
        good.manifest.data.test_rows = rows;
        good.judge("C06").status
    }

    #[test]
    fn wide_intervals_and_few_rows() {
        assert_eq!(judged(0.04, 100), Status::Pass);
        assert_eq!(judged(0.08, 100), Status::Warn);
        assert_eq!(judged(0.45, 100), Status::Fail);
        assert_eq!(judged(0.04, 3), Status::Fail);
    }

    #[test]
    fn no_interval_is_an_error() {
        let mut good = Good::new();
        good.ladder.rungs[2].interval = None;
        assert_eq!(good.judge("C06").status, Status::Error);
    }
}
