//! D07: time passes between train and test, or it is known what it costs that it does not.

use facts::FitFacts;
use findings::{Finding, Measured};
use task_format::{Manifest, PUBLIC_TEST, PUBLIC_TRAIN, SplitPolicy};

use crate::context::{Context, Judgement};
use crate::format::{counted, percent, short};

use super::groups::Flattery;

/// D07: a split by time puts test after train; a random split of rows that happened one after another says what that is
/// worth.
pub(super) fn time_passes(cx: Context<'_>) -> Judgement {
    let manifest = cx.manifest()?;
    let policy = cx.policy_of_split()?;
    if manifest.split.policy == SplitPolicy::Time
        && let Some(finding) = not_by_time(&cx, manifest)
    {
        return Ok(finding);
    }
    let fits = cx.fits()?;
    match policy {
        SplitPolicy::Time => forecast(cx, manifest, fits),
        SplitPolicy::Random | SplitPolicy::Stratified | SplitPolicy::Official => shuffled(cx, fits),
        SplitPolicy::Group => Err(cx.skip("the split is by group: time may pass on both sides")),
    }
}

/// Why a split that is said to be by time can't be one: its column is not in the files, or no test row is later than train.
fn not_by_time(cx: &Context<'_>, manifest: &Manifest) -> Option<Finding> {
    let column = manifest.split.column.as_deref().unwrap_or_default();
    let facts = cx.subject.split?.split_column.as_ref();
    let Some(facts) = facts.filter(|facts| facts.on_both_sides) else {
        let message = format!(
            "the split is said to be by `{column}`, which train and test don't have: nothing shows that test is later"
        );
        return Some(cx.rule.fail(format!("no `{column}`"), message));
    };
    match facts.later {
        Some(0) => {
            let message = format!("no row of test has a later `{column}` than all of train");
            let finding = cx.rule.fail(Measured::number(0.0, "0 later rows"), message);
            Some(finding.seen_in_all([PUBLIC_TRAIN, PUBLIC_TEST].map(str::to_owned)))
        }
        Some(_) => None,
        None => {
            let message = "the split is by a column that can't be read as times or numbers";
            Some(cx.rule.warn(format!("`{column}` is text"), message))
        }
    }
}

fn forecast(cx: Context<'_>, manifest: &Manifest, fits: &FitFacts) -> Judgement {
    let column = manifest.split.column.as_deref().unwrap_or_default();
    let Some(order) = &fits.order else {
        return Err(cx.skip(&format!(
            "the files have no column `{column}` that would show the time"
        )));
    };
    let (Some(last), Some(first)) = (&order.train_last, &order.test_first) else {
        let message = "the split is by a column that can't be read as times or numbers";
        return Ok(cx.rule.warn(format!("`{column}` is text"), message));
    };
    let text = format!("`{column}`: train ends {last}, test begins {first}");
    let most = cx.threshold("tied_share");
    let tied = order.tied as f64 / fits.labelled_rows.max(1) as f64;
    let finding = if order.early > 0 {
        let message = format!(
            "{} of test are earlier than the last of train",
            counted(order.early, "row")
        );
        cx.rule
            .fail(Measured::number(order.early as f64, text), message)
            .seen_in_all([PUBLIC_TRAIN, PUBLIC_TEST].map(str::to_owned))
    } else if order.tied == 0 {
        cx.rule.pass(Measured::number(0.0, text))
    } else {
        let message = format!(
            "{} at the same time lie on both sides",
            counted(order.tied, "row")
        );
        let measured = Measured::number(order.tied as f64, text);
        match tied > most {
            // So coarse a clock leaves no better place to cut.
            true => cx.rule.warn(measured, message),
            false => cx.rule.fail(measured, message),
        }
    };
    Ok(finding.compared_with(format!(
        "train ends before test begins; ties only where they are more than {} of the rows",
        percent(most)
    )))
}

fn shuffled(cx: Context<'_>, fits: &FitFacts) -> Judgement {
    let Some(time) = fits.times.first() else {
        return Ok(cx
            .rule
            .pass(Measured::number(0.0, "no column says when a row happened")));
    };
    let column = &time.column;
    let Some(gap) = time.gap else {
        let text = format!("`{column}`: too few rows to compare past and future");
        return Ok(cx.rule.pass(Measured::number(0.0, text)));
    };
    let flattery = Flattery::of(gap, cx.rule);
    let text = format!(
        "`{column}`: {} in random order, {} in order of time",
        short(gap.random),
        short(gap.apart)
    );
    let measured = Measured::number(flattery.size, text);
    Ok(match flattery.is_real() {
        false => cx.rule.pass(measured),
        true => {
            let message = format!(
                "rows are drawn at random, and a model that must predict later `{column}` from earlier does worse"
            );
            cx.rule.warn(measured, message)
        }
    }
    .compared_with(flattery.threshold()))
}

#[cfg(test)]
mod tests {
    use facts::{FitGap, TimeFit, TimeOrder};
    use findings::{Finding, Status};
    use task_format::SplitPolicy;

    use crate::testing::Good;

    fn with(change: impl Fn(&mut Good)) -> Finding {
        crate::testing::with("D07", change)
    }

    #[test]
    fn a_random_split_that_knows_the_future_warns() {
        let judged = |random: f64| {
            with(move |good| {
                good.fits.times = vec![TimeFit {
                    column: "date".to_owned(),
                    times: 300,
                    gap: Some(FitGap {
                        random,
                        apart: 0.7,
                        sigma: 0.01,
                    }),
                }]
            })
        };
        let flattered = judged(0.79);
        assert_eq!(flattered.status, Status::Warn);
        assert_eq!(
            flattered.measured.text,
            "`date`: 0.79 in random order, 0.7 in order of time"
        );
        assert_eq!(judged(0.71).status, Status::Pass);
    }

    #[test]
    fn test_lies_after_train() {
        let judged = |early: usize, tied: usize| {
            with(move |good| {
                good.split_by(SplitPolicy::Time, "date");
                good.fits.order = Some(TimeOrder {
                    column: "date".to_owned(),
                    train_last: Some("2020-05-01".to_owned()),
                    test_first: Some("2020-05-02".to_owned()),
                    early,
                    tied,
                });
            })
        };
        assert_eq!(judged(0, 0).status, Status::Pass);
        let early = judged(3, 0);
        assert_eq!(early.status, Status::Fail);
        assert_eq!(
            early.message,
            "3 rows of test are earlier than the last of train"
        );
        assert_eq!(judged(0, 4).status, Status::Fail);
        assert_eq!(judged(0, 100).status, Status::Warn);
    }

    #[test]
    fn a_time_that_can_not_be_read() {
        let time = |good: &mut Good| good.split_by(SplitPolicy::Time, "date");
        assert_eq!(with(time).status, Status::Skip);
        let text = with(|good| {
            time(good);
            good.split.split_column.as_mut().unwrap().later = None;
        });
        assert_eq!(text.status, Status::Warn);
        let grouped = with(|good| good.split_by(SplitPolicy::Group, "radius"));
        assert_eq!(grouped.status, Status::Skip);
        let official = with(|good| good.split_by(SplitPolicy::Official, "radius"));
        assert_eq!(official.status, Status::Pass);
    }

    #[test]
    fn a_split_by_time_that_is_none_rejects() {
        let absent = with(|good| {
            good.split_by(SplitPolicy::Time, "nowhere");
            good.split.split_column.as_mut().unwrap().on_both_sides = false;
        });
        assert_eq!(absent.status, Status::Fail, "{}", absent.message);
        let constant = with(|good| {
            good.split_by(SplitPolicy::Time, "radius");
            good.split.split_column.as_mut().unwrap().later = Some(0);
        });
        assert_eq!(constant.status, Status::Fail, "{}", constant.message);
    }
}
