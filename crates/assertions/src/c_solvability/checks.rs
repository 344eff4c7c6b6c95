//! C01 to C04.

use facts::Rung;
use findings::Measured;
use task_format::{BASELINES, SAMPLE_SUBMISSION};

use crate::context::{Context, Judgement};
use crate::d_leakage::giveaway;
use crate::format::{failure, joined, percent, quoted, short};

use super::ladder::{Ladder, Spread};

/// C01: every baseline runs, and the best one beats the constant: the paired bootstrap interval of the gain excludes 0.
pub(crate) fn signal(cx: Context<'_>) -> Judgement {
    let ladder = Ladder::new(cx)?;
    let failed: Vec<(&Rung, String)> = ladder
        .rungs()
        .iter()
        .filter_map(|rung| Some((rung, why_failed(rung)?)))
        .collect();
    if failed.len() as f64 > cx.threshold("failed_rungs") {
        let why: Vec<String> = failed
            .iter()
            .map(|(rung, why)| format!("`{}`: {why}", rung.name))
            .collect();
        let evidence = failed
            .iter()
            .map(|(rung, _)| format!("{BASELINES}/{}.py", rung.name));
        let measured = format!(
            "{} of {} baselines failed",
            failed.len(),
            ladder.rungs().len()
        );
        return Ok(cx.rule.fail(measured, joined(&why)).seen_in_all(evidence));
    }
    if let Some(several) = ladder.constant_predictions().filter(|&several| several > 1) {
        let message = format!(
            "the baseline `constant` makes {several} different predictions, so it is no floor"
        );
        return Ok(cx
            .rule
            .fail(format!("{several} different predictions"), message)
            .seen_in(format!("{BASELINES}/constant.py")));
    }
    let (reference, constant) = ladder.reference(&cx)?;
    let (best, score) = ladder.best(&cx)?;
    let Some((low, high)) = best.gain_interval else {
        return Err(cx.error(format!(
            "the gain of `{}` over the {reference} has no interval",
            best.name
        )));
    };
    let text = format!(
        "`{}` {} against the {reference} {}: gain {} ({} to {})",
        best.name,
        short(score),
        short(constant),
        short(ladder.direction.orient(score - constant)),
        short(low),
        short(high)
    );
    let measured = Measured::number(low, text);
    let least = cx.threshold("gain");
    Ok(match low > least {
        true => cx.rule.pass(measured),
        false => {
            let message = "the best baseline is not better than a constant by more than chance: the features say too little";
            cx.rule.fail(measured, message)
        }
    }
    .compared_with(format!("gain interval above {}", short(least))))
}

fn why_failed(rung: &Rung) -> Option<String> {
    if let Some(why) = &rung.failure {
        return Some(failure(why));
    }
    if let Some(invalid) = &rung.invalid {
        return Some(format!("its submission is invalid: {invalid}"));
    }
    rung.score.is_none().then(|| "it has no score".to_owned())
}

/// C02: the best baseline leaves something to win. Nearly perfect is a warning, since some data are easy; it is a failure
/// when one feature alone would be rejected as well.
pub(crate) fn headroom(cx: Context<'_>) -> Judgement {
    let ladder = Ladder::new(cx)?;
    let floor = ladder.floor(&cx)?;
    let (best, score) = ladder.best(&cx)?;
    let Some(share) = ladder.share(floor, score) else {
        return Ok(cx.rule.fail(
            short(score),
            "a submission that knows nothing is perfect already",
        ));
    };
    let text = format!(
        "`{}` {}: {} of the way to {}",
        best.name,
        short(score),
        percent(share),
        short(ladder.optimum)
    );
    let measured = Measured::number(share, text);
    let (warn, fail) = (cx.threshold("warn_share"), cx.threshold("fail_share"));
    let finding = if share < warn {
        cx.rule.pass(measured)
    } else {
        match giveaway(&cx).filter(|_| share >= fail) {
            Some(column) => {
                let message = format!(
                    "a baseline is as good as perfect, and `{column}` alone gives the target away"
                );
                cx.rule
                    .fail(measured, message)
                    .with_hint(format!("Drop the column `{column}` from the features."))
            }
            None => cx.rule.warn(
                measured,
                "a baseline is nearly perfect: the task is very easy, or something leaks",
            ),
        }
    };
    Ok(finding.compared_with(format!(
        "below {} of the way from floor to optimum",
        percent(warn)
    )))
}

/// C03: the best baseline gains at least a tenth of the range from floor to optimum, so that scores can tell solvers apart.
pub(crate) fn floor_gap(cx: Context<'_>) -> Judgement {
    let ladder = Ladder::new(cx)?;
    let floor = ladder.floor(&cx)?;
    let (best, score) = ladder.best(&cx)?;
    let Some(share) = ladder.share(floor, score) else {
        return Ok(cx.rule.fail(
            short(score),
            "a submission that knows nothing is perfect already",
        ));
    };
    let least = cx.threshold("share");
    let text = format!(
        "`{}` {}, floor {}: {} of the range",
        best.name,
        short(score),
        short(floor),
        percent(share)
    );
    let measured = Measured::number(share, text);
    Ok(match share >= least {
        true => cx.rule.pass(measured),
        false => cx.rule.fail(
            measured,
            "the best baseline is hardly better than knowing nothing",
        ),
    }
    .compared_with(format!(
        "at least {} of the range from floor to optimum",
        percent(least)
    )))
}

/// C04: sample, shuffled sample and constant beat no baseline by more than chance, and the sample is no better than what
/// knows nothing. A weaker rung that loses to the constant is a warning: it is a poor baseline, not a poor task.
pub(crate) fn blind_never_wins(cx: Context<'_>) -> Judgement {
    let ladder = Ladder::new(cx)?;
    let (constant_rung, constant_score) = ladder.constant(&cx)?;
    let (best_rung, best_score) = ladder.best(&cx)?;
    let (sample, shuffled) = match (ladder.sample(), ladder.shuffled()) {
        (Ok(sample), Ok(shuffled)) => (sample, shuffled),
        (Err(why), _) | (_, Err(why)) => {
            return Ok(cx.rule.fail("not scored", why).seen_in(SAMPLE_SUBMISSION));
        }
    };
    let alone = |score: f64| Spread {
        score,
        low: score,
        high: score,
    };
    let spread = |rung: &Rung, score: f64| {
        ladder
            .spread(rung)
            .unwrap_or_else(|| alone(ladder.direction.orient(score)))
    };
    let (constant, best) = (
        spread(constant_rung, constant_score),
        spread(best_rung, best_score),
    );
    let mut problems = Vec::new();
    if sample.beats(&constant) && sample.beats(&shuffled) {
        problems.push("the sample submission beats the constant and its own shuffled copy: it knows the answers".to_owned());
    }
    for (name, blind) in [
        ("the sample submission", &sample),
        ("the shuffled sample submission", &shuffled),
    ] {
        if blind.beats(&best) {
            problems.push(format!(
                "{name} beats the best baseline `{}`",
                best_rung.name
            ));
        }
    }
    if best_rung.gain_interval.is_some_and(|(_, high)| high < 0.0) {
        let (reference, _) = ladder.reference(&cx)?;
        problems.push(format!(
            "the {reference} beats the best baseline `{}`",
            best_rung.name
        ));
    }
    let shown = |spread: &Spread| short(ladder.direction.orient(spread.score));
    let text = format!(
        "sample {}, shuffled {}, constant {}, best {}",
        shown(&sample),
        shown(&shuffled),
        shown(&constant),
        shown(&best)
    );
    let measured = Measured::number(ladder.direction.orient(sample.score), text);
    if !problems.is_empty() {
        return Ok(cx
            .rule
            .fail(measured, joined(&problems))
            .seen_in(SAMPLE_SUBMISSION));
    }
    let below = ladder
        .learners()
        .filter(|rung| rung.gain_interval.is_some_and(|(_, high)| high < 0.0));
    let weak: Vec<&str> = below.map(|rung| rung.name.as_str()).collect();
    if !weak.is_empty() {
        let (reference, _) = ladder.reference(&cx)?;
        let message = format!("the {reference} beats the baseline {}", quoted(&weak));
        let evidence = weak.iter().map(|name| format!("{BASELINES}/{name}.py"));
        return Ok(cx.rule.warn(measured, message).seen_in_all(evidence));
    }
    Ok(cx.rule.pass(measured))
}

#[cfg(test)]
mod tests {
    use facts::RunFailure;
    use findings::Status;
    use scoring::Direction;

    use crate::testing::{Good, feature, invalid, score, with};

    /// Sets score, interval and gain of a rung.
    fn rung(good: &mut Good, name: &str, score: f64, gain: f64) {
        let rung = good
            .ladder
            .rungs
            .iter_mut()
            .find(|rung| rung.name == name)
            .unwrap();
        (rung.score, rung.interval) = (Some(score), Some((score - 0.05, score + 0.05)));
        rung.gain_interval = Some((gain - 0.05, gain + 0.05));
    }

    fn all_rungs(good: &mut Good, score: f64) {
        for name in ["linear", "forest", "boosted"] {
            rung(good, name, score, score - 0.5);
        }
    }

    #[test]
    fn no_signal() {
        let finding = with("C01", |good| all_rungs(good, 0.53));
        assert_eq!(finding.status, Status::Fail);
        assert!((finding.measured.value.unwrap() + 0.02).abs() < 1e-9);
        assert_eq!(
            with("C01", |good| rung(good, "linear", 0.45, -0.1)).status,
            Status::Pass
        );
    }

    /// The package's own constant and sample are as bad as can be; what the host makes of train is the floor all the same.
    #[test]
    fn a_weak_constant_does_not_lower_the_floor() {
        for id in ["C01", "C03"] {
            let finding = with(id, |good| {
                all_rungs(good, 0.53);
                rung(good, "constant", 0.01, 0.0);
                good.ladder.sample_shuffled = score(0.02);
                good.ladder.reference = "share of train".to_owned();
            });
            assert_eq!(
                finding.status,
                Status::Fail,
                "{id}: {}",
                finding.measured.text
            );
            let text = &finding.measured.text;
            assert!(text.contains("0.5"), "{id}: {text}");
        }
    }

    #[test]
    fn a_constant_that_is_none_rejects() {
        let finding = with("C01", |good| good.ladder.constant_predictions = Some(3));
        assert_eq!(finding.status, Status::Fail);
        assert_eq!(finding.evidence, ["baselines/constant.py"]);
    }

    #[test]
    fn a_failed_baseline_rejects() {
        let finding = with("C01", |good| {
            good.ladder.rungs[2].failure = Some(RunFailure::TimedOut { limit_seconds: 9 })
        });
        assert_eq!(finding.status, Status::Fail);
        assert_eq!(finding.message, "`forest`: it ran longer than 9 s");
        assert_eq!(finding.evidence, ["baselines/forest.py"]);
        let invalid = with("C01", |good| {
            good.ladder.rungs[1].invalid = Some("1 id is missing".to_owned())
        });
        assert!(
            invalid.message.contains("its submission is invalid"),
            "{}",
            invalid.message
        );
        assert_eq!(
            with("C02", |good| good.ladder.rungs[0].score = None).status,
            Status::Error
        );
    }

    #[test]
    fn easy_data_warn_and_giveaways_fail() {
        let easy = with("C02", |good| all_rungs(good, 1.0));
        assert_eq!(easy.status, Status::Warn);
        let leaking = with("C02", |good| {
            all_rungs(good, 1.0);
            good.split.features.push(feature("code", 1.0, 1.0, 1.0));
        });
        assert_eq!(leaking.status, Status::Fail);
        assert!(leaking.hint.unwrap().contains("`code`"));
        assert_eq!(
            with("C02", |good| all_rungs(good, 0.98)).status,
            Status::Pass
        );
    }

    #[test]
    fn a_small_gain_is_no_task() {
        let finding = with("C03", |good| all_rungs(good, 0.54));
        assert_eq!(finding.status, Status::Fail);
        assert!((finding.measured.value.unwrap() - 0.08).abs() < 1e-9);
    }

    #[test]
    fn squared_errors_are_compared_as_explained_variance() {
        let mut good = Good::regression();
        (good.manifest.metric.name, good.manifest.metric.direction) =
            ("rmse".to_owned(), Direction::Minimize);
        good.ladder.sample_shuffled = score(30.0);
        for (index, score) in [20.0, 19.0, 18.5, 18.9].into_iter().enumerate() {
            good.ladder.rungs[index].score = Some(score);
        }
        let finding = good.judge("C03");
        assert_eq!(finding.status, Status::Pass, "{}", finding.measured.text);
        assert!((finding.measured.value.unwrap() - (1.0 - 18.5 * 18.5 / 400.0)).abs() < 1e-9);
    }

    #[test]
    fn a_floor_that_is_perfect_leaves_nothing() {
        for id in ["C02", "C03"] {
            assert_eq!(
                with(id, |good| rung(good, "constant", 1.0, 0.0)).status,
                Status::Fail
            );
        }
    }

    #[test]
    fn a_sample_that_knows_the_answers() {
        let knows = with("C04", |good| {
            (good.ladder.sample, good.ladder.sample_interval) = (score(0.7), Some((0.65, 0.75)))
        });
        assert_eq!(knows.status, Status::Fail);
        assert!(
            knows.message.contains("it knows the answers"),
            "{}",
            knows.message
        );
        let invalid = with("C04", |good| good.ladder.sample = invalid("missing_ids"));
        assert_eq!(invalid.status, Status::Fail);
    }

    /// As with macro F1: any guess beats the majority class, and that is no leak.
    #[test]
    fn guessing_may_beat_the_constant() {
        let finding = with("C04", |good| {
            rung(good, "constant", 0.2, 0.0);
            (good.ladder.sample, good.ladder.sample_interval) = (score(0.5), Some((0.45, 0.55)));
        });
        assert_eq!(finding.status, Status::Pass, "{}", finding.message);
    }

    #[test]
    fn baselines_below_the_constant() {
        let weak = with("C04", |good| rung(good, "linear", 0.4, -0.1));
        assert_eq!(weak.status, Status::Warn);
        assert_eq!(weak.evidence, ["baselines/linear.py"]);
        let all = with("C04", |good| all_rungs(good, 0.4));
        assert_eq!(all.status, Status::Fail);
        assert!(
            all.message.contains("the constant beats the best baseline"),
            "{}",
            all.message
        );
    }
}
