//! E01 and E02: train rows that repeat or contradict each other.

use findings::Measured;
use task_format::PUBLIC_TRAIN;

use crate::context::{Context, Judgement};
use crate::format::{counted, percent};

/// E01: train rows that equal an earlier one in every feature and the target.
pub(crate) fn duplicates(cx: Context<'_>) -> Judgement {
    let quality = &cx.measured_split()?.quality;
    let share = quality.duplicate_rows as f64 / quality.train_rows.max(1) as f64;
    let text = format!(
        "{} of {}",
        quality.duplicate_rows,
        counted(quality.train_rows, "train row")
    );
    let most = cx.threshold("share");
    let finding = if share <= most {
        cx.rule.pass(Measured::number(share, text))
    } else {
        let message = format!("{} of the train rows repeat an earlier one", percent(share));
        cx.rule
            .fail(Measured::number(share, text), message)
            .seen_in(PUBLIC_TRAIN)
    };
    Ok(finding.compared_with(format!("at most {}", percent(most))))
}

/// E02: train rows with the features of another row and another class. Equal features with different numbers are no
/// contradiction: numbers have errors.
pub(crate) fn conflicts(cx: Context<'_>) -> Judgement {
    let split = cx.measured_split()?;
    if split.labels.is_empty() {
        return Err(cx.skip("the target is a number"));
    }
    let quality = &split.quality;
    let share = quality.conflicting_rows as f64 / quality.train_rows.max(1) as f64;
    let text = format!(
        "{} of {}",
        quality.conflicting_rows,
        counted(quality.train_rows, "train row")
    );
    let most = cx.threshold("share");
    let finding = if share <= most {
        cx.rule.pass(Measured::number(share, text))
    } else {
        let message = format!(
            "{} of the train rows have another class than most rows with the same features: no solver can get these right",
            percent(share)
        );
        cx.rule
            .fail(Measured::number(share, text), message)
            .seen_in(PUBLIC_TRAIN)
    };
    Ok(finding.compared_with(format!("at most {}", percent(most))))
}

#[cfg(test)]
mod tests {
    use findings::Status;

    use crate::testing::Good;

    #[test]
    fn repetitions_and_contradictions_warn() {
        for (id, rows) in [("E01", 21), ("E02", 5)] {
            let mut good = Good::new();
            assert_eq!(good.judge(id).status, Status::Pass, "{id}");
            (
                good.split.quality.duplicate_rows,
                good.split.quality.conflicting_rows,
            ) = (rows, rows);
            assert_eq!(good.judge(id).status, Status::Warn, "{id}");
        }
        assert_eq!(Good::regression().judge("E02").status, Status::Skip);
    }
}
