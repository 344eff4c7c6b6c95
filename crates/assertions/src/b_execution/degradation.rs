//! B07 and B08: whether the metric goes the right way, and whether it is the one that the manifest names.

use facts::{Agreement, GradeOutcome};
use findings::Measured;
use scoring::{Direction, Metric, Pairs};
use task_format::METRIC;

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, outcome, percent, short};

/// B07: the more answers are wrong, the worse the score, in the manifest's direction.
///
/// Two kinds of ties are no failure. A robust metric (the median error) does not see a few wrong answers: shares that still score
/// as the perfect submission are left out, the largest excepted, which must be worse. And a metric that has reached its floor
/// may stay there: equal scores share their rank, which one pair of equals survives. With so few rows that the shares
/// are fewer than three, only the largest is looked at.
pub(crate) fn corruption_hurts(cx: Context<'_>) -> Judgement {
    let probe = cx.probe()?;
    let direction = cx.manifest()?.metric.direction;
    if probe.corrupted.is_empty() {
        return Err(cx.error("the metric was not tried on corrupted answers"));
    }
    let scored = |outcome: &GradeOutcome| match outcome {
        GradeOutcome::Score { value } => Some(*value),
        _ => None,
    };
    let Some(perfect) = scored(&probe.perfect) else {
        return Err(cx.skip("the answers themselves have no score, see B05"));
    };
    let mut points = vec![(0.0, perfect)];
    for (share, found) in &probe.corrupted {
        let Some(score) = scored(found) else {
            let message = format!(
                "with {} of the answers wrong it is {}",
                percent(*share),
                outcome(found)
            );
            return Ok(cx.rule.fail(outcome(found), message).seen_in(METRIC));
        };
        points.push((*share, score));
    }
    let told: Vec<String> = points
        .iter()
        .map(|(share, score)| format!("{} at {}", short(*score), percent(*share)))
        .collect();
    let worse =
        |score: f64| direction.better(perfect, score) && !near(perfect, score, cx.threshold("tie"));
    let (most, last) = points[points.len() - 1];
    if !worse(last) {
        let message = format!(
            "with {} of the answers wrong the score is not worse than the perfect one: {}",
            percent(most),
            told.join(", ")
        );
        return Ok(cx
            .rule
            .fail(told.join(", "), message)
            .seen_in(METRIC)
            .compared_with(wanted(cx)));
    }
    let seen: Vec<(f64, f64)> = points
        .iter()
        .copied()
        .enumerate()
        .filter(|(place, (_, score))| *place == 0 || worse(*score))
        .map(|(_, point)| point)
        .collect();
    // Better than perfect is neither a tie nor a loss: such a point stays, and spoils the order.
    let better = points.iter().copied().filter(|(_, score)| {
        direction.better(*score, perfect) && !near(perfect, *score, cx.threshold("tie"))
    });
    let mut seen: Vec<(f64, f64)> = seen.into_iter().chain(better).collect();
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rho = if seen.len() < 3 {
        1.0
    } else {
        spearman(&seen, direction)
    };
    let measured = Measured::number(
        rho,
        format!("{}: rank correlation {}", told.join(", "), short(rho)),
    );
    let least = cx.threshold("spearman");
    Ok(match rho >= least {
        true => cx.rule.pass(measured),
        false => {
            let message = format!(
                "the score does not get worse as more answers are wrong: {}",
                told.join(", ")
            );
            cx.rule.fail(measured, message).seen_in(METRIC)
        }
    }
    .compared_with(wanted(cx)))
}

fn wanted(cx: Context<'_>) -> String {
    format!(
        "rank correlation of wrong answers and loss at least {}",
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

    #[test]
    fn ties_at_the_optimum_and_at_the_floor_pass() {
        for scores in [[1.0, 1.0, 0.4], [0.9, 0.0, 0.0], [0.9, 0.8, 0.7]] {
            let finding = with("B07", |good| corrupted(good, scores));
            assert_eq!(
                finding.status,
                Status::Pass,
                "{scores:?}: {}",
                finding.message
            );
        }
        for scores in [
            [0.0, 0.0, 0.0],
            [0.8, 0.9, 0.5],
            [1.2, 0.9, 0.5],
            [0.9, 0.7, 0.8],
            [1.0, 1.0, 1.0],
        ] {
            let finding = with("B07", |good| corrupted(good, scores));
            assert_eq!(
                finding.status,
                Status::Fail,
                "{scores:?}: {}",
                finding.measured.text
            );
        }
    }

    #[test]
    fn few_rows_give_few_shares() {
        let few = with("B07", |good| good.probe.corrupted = vec![(0.5, score(0.4))]);
        assert_eq!(few.status, Status::Pass);
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
