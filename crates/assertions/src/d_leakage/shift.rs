//! D08: rows that were drawn alike look alike. Whether single values differ between the sides is not looked at.

use findings::Measured;
use task_format::SplitPolicy;

use crate::context::{Context, Judgement};
use crate::format::{joined, percent, short};

use super::noise::auc_lower_end;

/// D08: a model can't tell the test rows of an i.i.d. split from its train rows. A split by group only warns; a split by time
/// is skipped.
pub(super) fn sides_look_alike(cx: Context<'_>) -> Judgement {
    let policy = cx.policy_of_split()?;
    let fits = cx.fits()?;
    if policy == SplitPolicy::Time {
        return Err(cx.skip("the split is by time: test rows may differ"));
    }
    let Some(shift) = &fits.shift else {
        return Err(cx.skip("there are too few rows to tell train from test"));
    };
    let rows = [shift.train_rows, shift.test_rows];
    let low = auc_lower_end(shift.auc, &rows, cx.threshold("z"));
    let text = format!("AUC {}, at least {}", short(shift.auc), short(low));
    let measured = Measured::number(shift.auc, text);
    let most = cx.threshold("auc");
    let finding = if low <= most {
        cx.rule.pass(measured)
    } else {
        let top: Vec<String> = shift
            .top
            .iter()
            .map(|(column, share)| format!("`{column}` ({} of the gain)", percent(*share)))
            .collect();
        let message = format!(
            "a model tells test rows from train rows, mostly by {}",
            joined(&top)
        );
        match cx.independent() {
            true => cx.rule.fail(measured, message),
            false => cx.rule.warn(measured, message),
        }
    };
    Ok(finding.compared_with(format!("AUC at most {most}")))
}

#[cfg(test)]
mod tests {
    use facts::ShiftFit;
    use findings::{Finding, Status};
    use task_format::SplitPolicy;

    use crate::testing::Good;

    fn judge(auc: f64, rows: usize, policy: SplitPolicy) -> Finding {
        let mut good = Good::new();
        assert_eq!(good.judge("D08").status, Status::Pass);
        good.split_by(policy, "radius");
        good.fits.shift = Some(ShiftFit {
            auc,
            train_rows: 4 * rows,
            test_rows: rows,
            top: vec![("year".to_owned(), 0.8)],
        });
        good.judge("D08")
    }

    #[test]
    fn sides_that_differ() {
        let shifted = judge(0.7, 500, SplitPolicy::Random);
        assert_eq!(shifted.status, Status::Fail);
        assert_eq!(
            shifted.message,
            "a model tells test rows from train rows, mostly by `year` (80 % of the gain)"
        );
        assert_eq!(judge(0.7, 500, SplitPolicy::Group).status, Status::Warn);
        assert_eq!(judge(0.7, 500, SplitPolicy::Time).status, Status::Skip);
        // Nothing shows that the publisher parted the rows so.
        assert_eq!(judge(0.7, 500, SplitPolicy::Official).status, Status::Fail);
        assert_eq!(
            judge(0.52, 500, SplitPolicy::Stratified).status,
            Status::Pass
        );
    }

    #[test]
    fn few_rows_prove_little() {
        assert_eq!(judge(0.7, 20, SplitPolicy::Random).status, Status::Pass);
        let mut good = Good::new();
        good.fits.shift = None;
        assert_eq!(good.judge("D08").status, Status::Skip);
    }
}
