//! B07 and B08: whether the metric goes the right way, and whether it is the one that the manifest names.

use facts::{Agreement, GradeOutcome, MetricFacts};
use findings::Measured;
use scoring::{Direction, Metric, Pairs};
use task_format::METRIC;

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, outcome, percent, short};

/// The share of answers that are wrong where each fifth is tried.
const FIFTH: f64 = 0.2;

/// B07: the more answers are wrong, the worse the score, in the manifest's direction.
///
/// From a fifth of the answers on, every score is worse than the perfect one, whichever fifth it is: a metric that reads a few
/// rows only can't do that. Metrics that the policy names may overlook wrong answers up to the largest share: a median does not see
/// the few, and precision and recall each see one kind of error only. Equal scores share their rank, so that a metric which has
/// reached its floor may stay there.
pub(crate) fn corruption_hurts(cx: Context<'_>) -> Judgement {
    let probe = cx.probe()?;
    let manifest = cx.manifest()?;
    let direction = manifest.metric.direction;
    let overlooks = cx.rule.list("overlook").contains(&manifest.metric.name);
    let enough = manifest.data.test_rows as usize >= MetricFacts::ROWS_FOR_FIFTHS;
    let shares = cx.threshold("shares") as usize;
    if probe.corrupted.is_empty() || (enough && probe.corrupted.len() < shares) {
        return Err(cx.error(format!(
            "the metric was tried on {} of {shares} shares of wrong answers",
            probe.corrupted.len()
        )));
    }
    if enough && Metric::from_name(&manifest.metric.name).is_none() && probe.fifths.is_empty() {
        return Err(cx.error("the metric was not tried with each fifth of the answers wrong"));
    }
    let GradeOutcome::Score { value: perfect } = probe.perfect else {
        return Err(cx.skip("the answers themselves have no score, see B05"));
    };
    let fifths = probe.fifths.iter().map(|found| (FIFTH, found));
    let tried = probe.corrupted.iter().map(|(share, found)| (*share, found));
    let mut scores = Vec::new();
    for (share, found) in tried.chain(fifths) {
        let GradeOutcome::Score { value } = found else {
            let message = format!(
                "with {} of the answers wrong it is {}",
                percent(share),
                outcome(found)
            );
            return Ok(cx.rule.fail(outcome(found), message).seen_in(METRIC));
        };
        scores.push((share, *value));
    }
    let (scores, fifths) = scores.split_at(probe.corrupted.len());
    let points: Vec<(f64, f64)> = std::iter::once((0.0, perfect))
        .chain(scores.iter().copied())
        .collect();
    let told: Vec<String> = points
        .iter()
        .map(|(share, score)| format!("{} at {}", short(*score), percent(*share)))
        .collect();
    let told = told.join(", ");
    let tie = cx.threshold("tie");
    let worse = |score: f64| direction.better(perfect, score) && !near(perfect, score, tie);
    let (most, _) = points[points.len() - 1];
    let must_hurt = |share: f64| share >= most || (share >= cx.threshold("hurts") && !overlooks);
    if let Some((share, _)) = scores
        .iter()
        .find(|(share, score)| must_hurt(*share) && !worse(*score))
    {
        let message = format!(
            "with {} of the answers wrong the score is not worse than the perfect one: {told}",
            percent(*share)
        );
        return Ok(cx
            .rule
            .fail(told, message)
            .seen_in(METRIC)
            .compared_with(wanted(cx)));
    }
    let unseen = fifths.iter().filter(|(_, score)| !worse(*score)).count();
    if unseen > 0 {
        let message = format!(
            "{unseen} of {} fifths of the answers may be wrong without a loss: the metric does not read all rows",
            fifths.len()
        );
        let measured = format!("{told}; no loss by {unseen} of {} fifths", fifths.len());
        return Ok(cx
            .rule
            .fail(measured, message)
            .seen_in(METRIC)
            .compared_with(wanted(cx)));
    }
    // What is better than perfect is no oversight: such a point stays, and spoils the order.
    let overlooked = |score: f64| overlooks && near(perfect, score, tie);
    let seen: Vec<(f64, f64)> = points
        .iter()
        .copied()
        .enumerate()
        .filter(|(place, (_, score))| *place == 0 || !overlooked(*score))
        .map(|(_, point)| point)
        .collect();
    let rho = spearman(&seen, direction);
    let least = match seen.len() {
        0..=3 => cx.threshold("spearman_of_three"),
        _ => cx.threshold("spearman"),
    };
    let measured = Measured::number(rho, format!("{told}: rank correlation {}", short(rho)));
    Ok(match rho >= least {
        true => cx.rule.pass(measured),
        false => {
            let message = format!("the score does not get worse as more answers are wrong: {told}");
            cx.rule.fail(measured, message).seen_in(METRIC)
        }
    }
    .compared_with(wanted(cx)))
}

fn wanted(cx: Context<'_>) -> String {
    format!(
        "a loss from {} wrong answers on, rank correlation of wrong answers and loss at least {}",
        percent(cx.threshold("hurts")),
        short(cx.threshold("spearman"))
    )
}

/// Spearman's correlation of the share of wrong answers with what is lost by them; 0 when all scores are equal.
fn spearman(points: &[(f64, f64)], direction: Direction) -> f64 {
    let (shares, losses): (Vec<f64>, Vec<f64>) = points
        .iter()
        .map(|(share, score)| (*share, -direction.orient(*score)))
        .unzip();
    Pairs::new(shares, losses)
        .and_then(|pairs| pairs.spearman())
        .unwrap_or(0.0)
}

/// B08: `metric.py` computes what the native metric of that name computes, on submissions good and bad.
pub(crate) fn metrics_agree(cx: Context<'_>) -> Judgement {
    let probe = cx.probe()?;
    let name = &cx.manifest()?.metric.name;
    if Metric::from_name(name).is_none() {
        return Err(cx.skip(&format!(
            "`{name}` is no metric of the catalogue, so there is nothing to compare metric.py with"
        )));
    }
    if (probe.agreement.len() as f64) < cx.threshold("submissions") {
        return Err(cx.error(format!(
            "metric.py and the native metric were compared on {} only",
            counted(probe.agreement.len(), "submission")
        )));
    }
    let tolerance = cx.threshold("tolerance");
    let mut largest: f64 = 0.0;
    let mut problems = Vec::new();
    for pair in &probe.agreement {
        if let (GradeOutcome::Score { value: native }, GradeOutcome::Score { value: python }) =
            (&pair.native, &pair.python)
        {
            let off = distance(*native, *python);
            largest = largest.max(off);
        }
        if let Some(problem) = disagreement(pair, tolerance) {
            problems.push(problem);
        }
    }
    let text = format!(
        "{} compared, largest difference {}",
        counted(probe.agreement.len(), "submission"),
        short(largest)
    );
    let measured = Measured::number(largest, text);
    Ok(match problems.is_empty() {
        true => cx.rule.pass(measured),
        false => cx.rule.fail(measured, joined(&problems)).seen_in(METRIC),
    }
    .compared_with(format!("within {}", short(tolerance))))
}

fn disagreement(pair: &Agreement, tolerance: f64) -> Option<String> {
    let agrees = match (&pair.native, &pair.python) {
        (GradeOutcome::Score { value: native }, GradeOutcome::Score { value: python }) => {
            distance(*native, *python) <= tolerance
        }
        (GradeOutcome::Invalid { .. }, GradeOutcome::Invalid { .. }) => true,
        _ => false,
    };
    let said = || {
        format!(
            "`{}`: metric.py says {}, the native metric {}",
            pair.submission,
            outcome(&pair.python),
            outcome(&pair.native)
        )
    };
    (!agrees).then(said)
}

/// Absolute near 0, relative for large scores.
fn distance(a: f64, b: f64) -> f64 {
    (a - b).abs() / a.abs().max(b.abs()).max(1.0)
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    distance(a, b) <= tolerance
}

#[cfg(test)]
mod tests {
    use facts::GradeOutcome;
    use findings::Status;
    use scoring::Direction;

    use crate::testing::{Good, invalid, score, with};

    fn corrupted(good: &mut Good, scores: [f64; 3]) {
        good.probe.corrupted = [0.05, 0.2, 0.5]
            .into_iter()
            .zip(scores.map(score))
            .collect();
    }

    #[test]
    fn the_wrong_direction_fails() {
        let finding = with("B07", |good| {
            good.manifest.metric.direction = Direction::Minimize
        });
        assert_eq!(finding.status, Status::Fail);
        assert!(
            finding.message.contains("not worse than the perfect one"),
            "{}",
            finding.message
        );
    }

    fn judged(metric: &str, scores: [f64; 3]) -> Status {
        with("B07", |good| {
            good.manifest.metric.name = metric.to_owned();
            good.probe.fifths = vec![score(0.8); 5];
            corrupted(good, scores);
        })
        .status
    }

    #[test]
    fn ties_at_the_floor_pass() {
        for scores in [[0.9, 0.0, 0.0], [0.9, 0.8, 0.7], [1.0, 0.8, 0.5]] {
            assert_eq!(judged("custom", scores), Status::Pass, "{scores:?}");
        }
        for scores in [
            [0.0, 0.0, 0.0],
            [0.8, 0.9, 0.5],
            [1.2, 0.9, 0.5],
            [0.9, 0.7, 0.8],
            [1.0, 1.0, 1.0],
        ] {
            assert_eq!(judged("custom", scores), Status::Fail, "{scores:?}");
        }
    }

    /// A median does not see the few; nothing else has that excuse.
    #[test]
    fn only_named_metrics_overlook_wrong_answers() {
        for scores in [[1.0, 1.0, 0.4], [1.0, 0.4, 0.4]] {
            assert_eq!(
                judged("median_absolute_error", scores),
                Status::Pass,
                "{scores:?}"
            );
        }
        assert_eq!(judged("custom", [1.0, 1.0, 0.4]), Status::Fail);
        assert_eq!(judged("custom", [1.0, 0.4, 0.4]), Status::Fail);
        assert_eq!(
            judged("median_absolute_error", [1.0, 1.0, 1.0]),
            Status::Fail
        );
        assert_eq!(
            judged("median_absolute_error", [1.0, 1.2, 0.4]),
            Status::Fail
        );
    }

    #[test]
    fn a_metric_that_reads_two_rows_fails() {
        let custom = |fifths: &[f64]| {
            with("B07", |good| {
                good.manifest.metric.name = "custom".to_owned();
                good.probe.fifths = fifths.iter().map(|&value| score(value)).collect();
            })
        };
        let two_rows = custom(&[0.5, 1.0, 1.0, 0.5, 1.0]);
        assert_eq!(two_rows.status, Status::Fail);
        assert!(
            two_rows.message.starts_with("3 of 5 fifths"),
            "{}",
            two_rows.message
        );
        assert_eq!(custom(&[0.8; 5]).status, Status::Pass);
        assert_eq!(custom(&[]).status, Status::Error);
    }

    #[test]
    fn few_rows_give_few_shares() {
        let few = |rows| {
            with("B07", move |good| {
                good.manifest.data.test_rows = rows;
                good.probe.corrupted = vec![(0.5, score(0.4))];
            })
        };
        assert_eq!(few(3).status, Status::Pass);
        assert_eq!(few(100).status, Status::Error);
        let tied = with("B07", |good| {
            good.manifest.data.test_rows = 3;
            good.probe.corrupted = vec![(0.33, score(0.4)), (0.67, score(0.4))];
        });
        assert_eq!(tied.status, Status::Pass, "{}", tied.message);
        let none = with("B07", |good| good.probe.corrupted.clear());
        assert_eq!(none.status, Status::Error);
        let broken = with("B07", |good| {
            good.probe.corrupted[1].1 = invalid("overflow")
        });
        assert_eq!(broken.status, Status::Fail);
        assert!(
            broken.message.starts_with("with 20 % of the answers wrong"),
            "{}",
            broken.message
        );
    }

    #[test]
    fn another_metric_than_the_one_named() {
        let other = with("B08", |good| good.probe.agreement[1].python = score(0.94));
        assert_eq!(other.status, Status::Fail);
        assert_eq!(
            other.message,
            "`corrupted`: metric.py says score 0.94, the native metric score 0.95"
        );
        let rounded = with("B08", |good| {
            good.probe.agreement[1].python = score(0.95 + 1e-12)
        });
        assert_eq!(rounded.status, Status::Pass);
        let refused = with("B08", |good| {
            good.probe.agreement[2].python = invalid("nan")
        });
        assert_eq!(refused.status, Status::Fail);
        let both = with("B08", |good| {
            (
                good.probe.agreement[2].native,
                good.probe.agreement[2].python,
            ) = (invalid("nan"), invalid("missing_value"));
        });
        assert_eq!(both.status, Status::Pass);
        let broken = GradeOutcome::Broken {
            detail: "KeyError: 1".to_owned(),
        };
        let broken = with("B08", |good| {
            good.probe.agreement[0].python = broken.clone()
        });
        assert_eq!(broken.status, Status::Fail);
        assert_eq!(
            with("B08", |good| good.probe.agreement.clear()).status,
            Status::Error
        );
        let large = with("B08", |good| {
            (
                good.probe.agreement[2].native,
                good.probe.agreement[2].python,
            ) = (score(123_456.0), score(123_456.000_01));
        });
        assert_eq!(large.status, Status::Pass);
    }

    #[test]
    fn a_custom_metric_has_nothing_to_agree_with() {
        let custom = with("B08", |good| {
            good.manifest.metric.name = "custom".to_owned()
        });
        assert_eq!(custom.status, Status::Skip);
    }
}
