//! B05, B06 and B09: how the metric behaves on submissions made from the answers.

use facts::{GradeOutcome, MalformedCase};
use findings::Measured;
use task_format::{METRIC, Prediction};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, outcome, quoted, short};

/// B05: the answers themselves score the optimum: exactly by the native metric, within the rounding of libraries by
/// `metric.py`.
pub(crate) fn perfect_is_the_optimum(cx: Context<'_>) -> Judgement {
    let probe = cx.probe()?;
    let optimum = cx.manifest()?.metric.optimum;
    let tolerance = cx.threshold("tolerance");
    let mut problems = Vec::new();
    let mut off = |who: &str, found: &GradeOutcome, tolerance: f64| match found {
        GradeOutcome::Score { value } if (value - optimum).abs() <= tolerance => {}
        other => problems.push(format!("{who} gives {} and not {optimum}", outcome(other))),
    };
    off("metric.py", &probe.perfect, tolerance);
    if let Some(native) = &probe.perfect_native {
        off("the native metric", native, 0.0);
    }
    let measured = match &probe.perfect {
        GradeOutcome::Score { value } => Measured::number(*value, format!("{value}")),
        other => outcome(other).into(),
    };
    Ok(match problems.is_empty() {
        true => cx.rule.pass(measured),
        false => cx.rule.fail(measured, joined(&problems)).seen_in(METRIC),
    }
    .compared_with(format!("{optimum} within {}", short(tolerance))))
}

/// B06: the same submission gets the same score again, whatever the order of its rows and columns.
pub(crate) fn metric_ignores_order(cx: Context<'_>) -> Judgement {
    let probe = cx.probe()?;
    if (probe.repeats.len() as f64) < cx.threshold("repeats") {
        return Err(cx.error(format!(
            "the metric was tried {} on the same submission",
            counted(probe.repeats.len(), "time")
        )));
    }
    let mut problems = Vec::new();
    let reference = &probe.repeats[0];
    let GradeOutcome::Score { value: expected } = *reference else {
        let message = format!("a corrupted but valid submission is {}", outcome(reference));
        return Ok(cx.rule.fail(outcome(reference), message).seen_in(METRIC));
    };
    // Bit for bit: nothing but chance could make repeats differ.
    if let Some(other) = probe.repeats.iter().find(|other| *other != reference) {
        problems.push(format!(
            "the same submission scores {expected}, then is {}",
            outcome(other)
        ));
    }
    let tolerance = cx.threshold("tolerance");
    for (what, found) in [
        ("rows in another order", &probe.rows_shuffled),
        ("columns in another order", &probe.columns_reversed),
    ] {
        match found {
            GradeOutcome::Score { value }
                if (value - expected).abs() <= tolerance * expected.abs().max(1.0) => {}
            other => problems.push(format!(
                "with {what} it is {} and not {expected}",
                outcome(other)
            )),
        }
    }
    let measured = Measured::number(
        expected,
        format!("{expected} in {}", counted(probe.repeats.len() + 2, "run")),
    );
    Ok(match problems.is_empty() {
        true => cx.rule.pass(measured),
        false => cx.rule.fail(measured, joined(&problems)).seen_in(METRIC),
    }
    .compared_with(format!("repeats equal, orders within {}", short(tolerance))))
}

/// B09: every malformed submission is refused with a typed reason by every grader that saw it.
pub(crate) fn malformed_is_refused(cx: Context<'_>) -> Judgement {
    let probe = cx.probe()?;
    let tried = |case: &String| probe.malformed.iter().any(|tried| tried.case == *case);
    let mut untried: Vec<&str> = cx
        .rule
        .list("cases")
        .iter()
        .filter(|case| !tried(case))
        .map(String::as_str)
        .collect();
    if cells_can_be_wrong(cx) {
        let of_cells = cx.rule.list("cases_of_cells").iter();
        untried.extend(of_cells.filter(|case| !tried(case)).map(String::as_str));
        let by_form = cx.rule.list("cases_by_form");
        if !by_form.iter().any(tried) {
            untried.extend(by_form.first().map(String::as_str));
        }
    }
    if !untried.is_empty() {
        return Err(cx.error(format!("not tried: {}", quoted(&untried))));
    }
    let problems: Vec<String> = probe.malformed.iter().filter_map(accepted).collect();
    let measured = |refused: usize| {
        let text = format!(
            "{refused} of {} refused",
            counted(probe.malformed.len(), "case")
        );
        Measured::number(refused as f64, text)
    };
    Ok(match problems.is_empty() {
        true => cx.rule.pass(measured(probe.malformed.len())),
        false => {
            let refused = probe.malformed.len() - problems.len();
            cx.rule
                .fail(measured(refused), joined(&problems))
                .seen_in(METRIC)
        }
    })
}

/// Whether there is text that is no prediction: any text is a text, and any word an item of a ranking without labels.
fn cells_can_be_wrong(cx: Context<'_>) -> bool {
    cx.manifest().map_or(true, |manifest| {
        let submission = &manifest.submission;
        match submission.prediction {
            Prediction::Text => false,
            Prediction::Ranking => !submission.labels.is_empty(),
            _ => true,
        }
    })
}

/// Who did not refuse a case, and what it said instead.
fn accepted(case: &MalformedCase) -> Option<String> {
    let graders = [
        ("metric.py", &case.python),
        ("the native grader", &case.native),
    ];
    let said: Vec<(&str, &GradeOutcome)> = graders
        .into_iter()
        .filter_map(|(who, said)| Some((who, said.as_ref()?)))
        .collect();
    if said.is_empty() {
        return Some(format!("`{}`: no grader was asked", case.case));
    }
    let wrong = said.into_iter().filter(
        |(_, said)| !matches!(said, GradeOutcome::Invalid { reason, .. } if !reason.is_empty()),
    );
    let wrong: Vec<String> = wrong
        .map(|(who, said)| format!("{who} says {}", outcome(said)))
        .collect();
    (!wrong.is_empty()).then(|| format!("`{}`: {}", case.case, wrong.join(", ")))
}

#[cfg(test)]
mod tests {
    use facts::{GradeOutcome, RunFailure};
    use findings::Status;

    use crate::testing::{Good, invalid, score, with};

    #[test]
    fn perfect_answers() {
        let off = with("B05", |good| good.probe.perfect = score(0.976));
        assert_eq!(off.status, Status::Fail);
        assert_eq!(off.message, "metric.py gives score 0.976 and not 1");
        assert_eq!(off.measured.value, Some(0.976));
        assert_eq!(
            with("B05", |good| good.probe.perfect = score(1.0 - 1e-15)).status,
            Status::Pass
        );
        assert_eq!(
            with("B05", |good| good.probe.perfect_native =
                Some(score(1.0 - 1e-15)))
            .status,
            Status::Fail
        );
        assert_eq!(
            with("B05", |good| good.probe.perfect_native = None).status,
            Status::Pass
        );
        assert_eq!(
            with("B05", |good| good.probe.perfect = invalid("nan")).status,
            Status::Fail
        );
    }

    #[test]
    fn a_broken_probe_is_an_error_that_rejects() {
        let broken =
            |good: &mut Good| good.probe.failure = Some(RunFailure::TimedOut { limit_seconds: 60 });
        for id in ["B05", "B06", "B09"] {
            let finding = with(id, broken);
            assert_eq!(finding.status, Status::Error);
            assert!(finding.rejects());
        }
    }

    #[test]
    fn order_and_chance() {
        assert_eq!(
            with("B06", |good| good.probe.repeats[2] = score(0.71)).status,
            Status::Fail
        );
        assert_eq!(
            with("B06", |good| good.probe.repeats.truncate(2)).status,
            Status::Error
        );
        let rows = with("B06", |good| good.probe.rows_shuffled = score(0.6));
        assert_eq!(
            rows.message,
            "with rows in another order it is score 0.6 and not 0.7"
        );
        assert_eq!(
            with("B06", |good| good.probe.rows_shuffled = score(0.7 + 1e-13)).status,
            Status::Pass
        );
        assert_eq!(
            with("B06", |good| good.probe.columns_reversed =
                invalid("columns"))
            .status,
            Status::Fail
        );
        let broken = with("B06", |good| {
            good.probe.repeats = vec![
                GradeOutcome::Broken {
                    detail: String::new()
                };
                3
            ]
        });
        assert_eq!(broken.status, Status::Fail);
    }

    #[test]
    fn every_malformed_case_must_be_refused_by_both() {
        let scored = with("B09", |good| {
            good.probe.malformed[3].python = Some(score(0.5))
        });
        assert_eq!(scored.status, Status::Fail);
        assert_eq!(scored.message, "`nan`: metric.py says score 0.5");
        let broken = GradeOutcome::Broken {
            detail: "Traceback\nKeyError: 1".to_owned(),
        };
        let traceback = with("B09", |good| {
            good.probe.malformed[0].python = Some(broken.clone())
        });
        assert_eq!(
            traceback.message,
            "`missing_id`: metric.py says broken (KeyError: 1)"
        );
        let nobody = with("B09", |good| {
            (
                good.probe.malformed[0].python,
                good.probe.malformed[0].native,
            ) = (None, None)
        });
        assert_eq!(nobody.status, Status::Fail);
        assert_eq!(
            with("B09", |good| good.probe.malformed[0].python = None).status,
            Status::Pass
        );
        assert_eq!(
            with("B09", |good| drop(good.probe.malformed.remove(0))).status,
            Status::Error
        );
    }
}
