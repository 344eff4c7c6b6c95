//! C05 and C07: submissions that can't know anything score the floor.
//!
//! Both compare a gain with its own error, so that the noise of a small test set rejects nothing, and with a least effect, so
//! that a large one does not reject for next to nothing.

use facts::FloorGain;
use findings::Measured;
use task_format::{BASELINES, PUBLIC_TEST, SplitPolicy};

use crate::context::{Context, Judgement};
use crate::format::{counted, failure, percent, short};

use super::ladder::Ladder;

/// Width of a normal 95 % interval in standard errors.
const WIDTH_95: f64 = 2.0 * 1.959_964;

/// C05: trained on shuffled labels, the best baseline falls back to the floor.
pub(crate) fn shuffled_labels_teach_nothing(cx: Context<'_>) -> Judgement {
    let ladder = Ladder::new(cx)?;
    let facts = &cx.controls()?.shuffled;
    let Some(last) = facts.runs.last() else {
        let why = facts.problem.as_deref().unwrap_or("no reason is known");
        return Err(cx.error(format!("nothing was trained on shuffled labels: {why}")));
    };
    let script = format!("{BASELINES}/{}.py", facts.rung);
    let real = ladder
        .rungs()
        .iter()
        .find(|rung| rung.name == facts.rung)
        .and_then(|rung| rung.score);
    let Some(real) = real else {
        return Err(cx.skip(&format!(
            "`{}` has no score on the real labels either, see C01",
            facts.rung
        )));
    };
    // Labels dealt out anew are still labels of their rows' table: a script that runs on the real ones only looks for these.
    let failed = last.failure.as_ref().map(failure);
    let refused = || {
        last.invalid
            .as_ref()
            .map(|why| format!("its submission is invalid: {why}"))
    };
    if let Some(why) = failed.or_else(refused) {
        let message = format!(
            "`{}` works on the real labels, but not when they are {}: {why}",
            facts.rung, last.labels
        );
        return Ok(cx.rule.fail("not scored", message).seen_in(script));
    }
    // The training that gained least decides: chance does not favour the same rows four times.
    let mut weakest: Option<(f64, &FloorGain)> = None;
    let mut certain = facts.runs.len() as f64 >= cx.threshold("trainings");
    for gain in facts.runs.iter().filter_map(|run| run.gain.as_ref()) {
        let share = kept(&ladder, gain, real);
        certain &= lower_end(&ladder, gain, cx.threshold("errors")).is_some_and(|low| low > 0.0);
        if weakest.is_none_or(|(least, _)| share < least) {
            weakest = Some((share, gain));
        }
    }
    let Some((share, gain)) = weakest else {
        return Err(cx.error("no training on shuffled labels has a score"));
    };
    let text = format!(
        "`{}` on shuffled labels {}, floor {} ({}), on the real ones {}: {} of the gain, in {}",
        facts.rung,
        short(gain.score),
        short(gain.floor_score),
        gain.floor,
        short(real),
        percent(share),
        counted(facts.runs.len(), "training")
    );
    let most = cx.threshold("share");
    let measured = Measured::number(share, text);
    Ok(match certain && share >= most {
        false => cx.rule.pass(measured),
        true => {
            let message = format!(
                "`{}` does not need the labels of train: it knows the answers from elsewhere",
                facts.rung
            );
            cx.rule.fail(measured, message).seen_in(script)
        }
    }
    .compared_with(format!(
        "below {} of the gain on the real labels",
        percent(most)
    )))
}

/// What is left of the gain over the floor; 1 where the real labels gain nothing and shuffled ones do.
fn kept(ladder: &Ladder<'_>, gain: &FloorGain, real: f64) -> f64 {
    let (floor, shuffled) = (gain.floor_score, gain.score);
    match (ladder.share(floor, shuffled), ladder.share(floor, real)) {
        (Some(shuffled), Some(real)) if real > 0.0 => shuffled / real,
        (Some(shuffled), _) if shuffled > 0.0 => 1.0,
        _ => 0.0,
    }
}

/// C07: ids and the order of rows score no more than knowing nothing.
pub(crate) fn data_free_scores_the_floor(cx: Context<'_>) -> Judgement {
    let ladder = Ladder::new(cx)?;
    let facts = &cx.controls()?.blind;
    let Some((name, gain)) = &facts.best else {
        let why = facts.problem.as_deref().unwrap_or("no reason is known");
        return Err(cx.skip(&format!(
            "no submission could be made from ids alone: {why}"
        )));
    };
    let share = ladder.share(gain.floor_score, gain.score).unwrap_or(0.0);
    let text = format!(
        "{} tried; best: {name}, {} against {} ({}), {} of the range",
        facts.tried.len(),
        short(gain.score),
        short(gain.floor_score),
        gain.floor,
        percent(share)
    );
    let effect = cx.threshold("effect");
    let measured = Measured::number(share, text);
    let low = lower_end(&ladder, gain, cx.threshold("errors"));
    let finding = if share < effect || low.is_some_and(|low| low <= 0.0) {
        cx.rule.pass(measured)
    } else if low.is_none() {
        return Err(cx.error(format!("the gain of `{name}` has no interval")));
    } else {
        let message = format!(
            "a submission made from {name} alone, without any feature, beats knowing nothing"
        );
        match cx.policy_of_split()? {
            // Rows and ids in order of time are one more way of writing the time, which is a feature.
            SplitPolicy::Time => cx.rule.warn(measured, message),
            _ => cx.rule.fail(measured, message),
        }
        .seen_in(PUBLIC_TEST)
    };
    Ok(finding.compared_with(format!(
        "below {} of the range from floor to optimum, or within {} standard errors",
        percent(effect),
        short(cx.threshold("errors"))
    )))
}

/// The gain less that many standard errors, by the normal approximation to its bootstrap interval; `None` when there is a gain
/// without an interval.
fn lower_end(ladder: &Ladder<'_>, gain: &FloorGain, errors: f64) -> Option<f64> {
    let better = ladder.direction.orient(gain.score - gain.floor_score);
    if better <= 0.0 {
        return Some(better);
    }
    let (low, high) = gain.interval?;
    Some(better - errors * (high - low) / WIDTH_95)
}

#[cfg(test)]
mod tests {
    use facts::{FloorGain, RunFailure, ShuffledRun};
    use findings::Status;
    use task_format::SplitPolicy;

    use crate::testing::{Good, with};

    fn gain(score: f64, width: f64) -> FloorGain {
        FloorGain {
            score,
            floor: "constant".to_owned(),
            floor_score: 0.5,
            interval: Some((score - 0.5 - width, score - 0.5 + width)),
        }
    }

    fn trainings(good: &mut Good, gains: &[FloorGain]) {
        good.controls.shuffled.runs = gains
            .iter()
            .map(|gain| ShuffledRun {
                labels: "shuffled".to_owned(),
                gain: Some(gain.clone()),
                failure: None,
                invalid: None,
            })
            .collect();
    }

    #[test]
    fn a_baseline_that_reads_the_answers() {
        let leak = with("C05", |good| {
            trainings(
                good,
                &[
                    gain(0.8, 0.05),
                    gain(0.8, 0.05),
                    gain(0.79, 0.05),
                    gain(0.8, 0.05),
                ],
            )
        });
        assert_eq!(leak.status, Status::Fail);
        assert_eq!(leak.evidence, ["baselines/forest.py"]);
        assert!((leak.measured.value.unwrap() - 0.29 / 0.3).abs() < 1e-9);
    }

    #[test]
    fn chance_is_no_leak() {
        let once = with("C05", |good| {
            trainings(good, &[gain(0.8, 0.05), gain(0.21, 0.05)])
        });
        assert_eq!(once.status, Status::Pass, "{}", once.message);
        let small = with("C05", |good| trainings(good, &vec![gain(0.54, 0.01); 4]));
        assert_eq!(small.status, Status::Pass, "{}", small.message);
        let wide = with("C05", |good| trainings(good, &vec![gain(0.7, 0.2); 4]));
        assert_eq!(wide.status, Status::Pass, "{}", wide.message);
    }

    #[test]
    fn a_baseline_that_needs_the_real_labels_fails() {
        let crash = |good: &mut Good| {
            let traceback = "Traceback\nAssertionError".to_owned();
            good.controls.shuffled.runs[0].gain = None;
            good.controls.shuffled.runs[0].failure =
                Some(RunFailure::RuntimeError { exit: 1, traceback });
        };
        let fails = with("C05", crash);
        assert_eq!(fails.status, Status::Fail);
        assert_eq!(
            fails.message,
            "`forest` works on the real labels, but not when they are shuffled: it ended with code 1: AssertionError"
        );
        let refused = with("C05", |good| {
            good.controls.shuffled.runs[0].gain = None;
            good.controls.shuffled.runs[0].invalid = Some("3 ids are missing".to_owned());
        });
        assert_eq!(refused.status, Status::Fail);
        let fails_anyhow = with("C05", |good| {
            crash(good);
            good.ladder.rungs[2].score = None;
        });
        assert_eq!(fails_anyhow.status, Status::Skip);
        let none = with("C05", |good| good.controls.shuffled.runs.clear());
        assert_eq!(none.status, Status::Error);
    }

    #[test]
    fn ids_that_know_the_label() {
        let knows = |good: &mut Good| {
            good.controls.blind.best = Some(("ids ascending".to_owned(), gain(0.65, 0.04)))
        };
        let leak = with("C07", knows);
        assert_eq!(leak.status, Status::Fail);
        assert!(
            leak.message.contains("made from ids ascending alone"),
            "{}",
            leak.message
        );
        let in_time = with("C07", |good| {
            knows(good);
            good.split_by(SplitPolicy::Time, "date");
        });
        assert_eq!(in_time.status, Status::Warn);
    }

    #[test]
    fn little_or_noisy_gains_of_ids_pass() {
        for gain in [gain(0.52, 0.001), gain(0.6, 0.1), gain(0.4, 0.0)] {
            let finding = with("C07", |good| {
                good.controls.blind.best = Some(("ids ascending".to_owned(), gain.clone()))
            });
            assert_eq!(finding.status, Status::Pass, "{}", finding.message);
        }
        let unknown = with("C07", |good| {
            let gain = FloorGain {
                interval: None,
                ..gain(0.7, 0.0)
            };
            good.controls.blind.best = Some(("ids ascending".to_owned(), gain));
        });
        assert_eq!(unknown.status, Status::Error);
        let none = with("C07", |good| good.controls.blind.best = None);
        assert_eq!(none.status, Status::Skip);
    }
}
