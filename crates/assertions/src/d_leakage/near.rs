//! D02: near duplicates across the split.

use facts::{NearDuplicateFacts, Nearness};
use findings::Measured;
use task_format::{PUBLIC_TEST, PUBLIC_TRAIN};

use super::chance::fisher;
use crate::context::{Context, Judgement};
use crate::format::{joined, percent, short};

/// D02: test rows that are nearly a train row, more than train rows are nearly one another.
///
/// Dense or rounded data have near duplicates anyway, and so have their train rows: only what test has beyond them, and
/// beyond what points of that dimension have by chance, was carried across the split.
pub(crate) fn near_duplicates(cx: Context<'_>) -> Judgement {
    let measures = &cx.measured_split()?.near_duplicates;
    let strongest = measures
        .iter()
        .max_by(|a, b| excess(a).total_cmp(&excess(b)))
        .ok_or_else(|| cx.skip("no measure of nearness applies to the features"))?;
    let measured = Measured::number(share(strongest), told(strongest));
    let many = |facts: &&NearDuplicateFacts| {
        share(facts) > cx.threshold("share")
            && share(facts) > facts.chance * cx.threshold("beyond_chance")
    };
    let carried = |facts: &&NearDuplicateFacts| {
        let by_chance = fisher(
            facts.test_near,
            facts.test_rows,
            facts.train_near,
            facts.train_rows,
        );
        many(facts)
            && excess(facts) > cx.threshold("share")
            && share(facts) > share_of_train(facts) * cx.threshold("beyond_train")
            && by_chance <= cx.threshold("p")
    };
    let leaks: Vec<String> = measures.iter().filter(carried).map(told).collect();
    // That rows agree in all cells but one says little of tables of few values; a distance has its own yardstick.
    let is_dense = |facts: &&NearDuplicateFacts| {
        facts.nearness != Nearness::OneCell && many(facts) && share(facts) > cx.threshold("dense")
    };
    let dense: Vec<String> = measures.iter().filter(is_dense).map(told).collect();
    let finding = if !leaks.is_empty() {
        let message = format!(
            "test rows are nearly train rows, far more than train rows are nearly one another: {}",
            joined(&leaks)
        );
        cx.rule
            .fail(measured, message)
            .seen_in_all(examples(measures.iter().filter(carried)))
    } else if !dense.is_empty() {
        let message = format!(
            "the data have near duplicates, on either side of the split alike: {}",
            joined(&dense)
        );
        cx.rule
            .warn(measured, message)
            .seen_in_all(examples(measures.iter().filter(is_dense)))
    } else {
        cx.rule.pass(measured)
    };
    Ok(finding.compared_with(format!(
        "at most {} beyond the share among train rows",
        percent(cx.threshold("share"))
    )))
}

fn share(facts: &NearDuplicateFacts) -> f64 {
    facts.test_near as f64 / facts.test_rows.max(1) as f64
}

fn share_of_train(facts: &NearDuplicateFacts) -> f64 {
    facts.train_near as f64 / facts.train_rows.max(1) as f64
}

/// What part of the test rows that would have no near duplicate by the measure of train has one.
fn excess(facts: &NearDuplicateFacts) -> f64 {
    let (test, train) = (share(facts), share_of_train(facts));
    if train < 1.0 {
        (test - train) / (1.0 - train)
    } else {
        0.0
    }
}

fn told(facts: &NearDuplicateFacts) -> String {
    let how = match &facts.nearness {
        Nearness::OneCell => "in all features but one".to_owned(),
        Nearness::Distance { dimension } => {
            format!(
                "by distance, in {} dimensions",
                short((dimension * 10.0).round() / 10.0)
            )
        }
        Nearness::Text { column } => format!("by the wording of `{column}`"),
    };
    format!(
        "{how} {} of {} test rows, {} of {} train rows",
        facts.test_near, facts.test_rows, facts.train_near, facts.train_rows
    )
}

/// Lines of the first pairs, the header being line 1 and no cell having line ends.
fn examples<'f>(measures: impl Iterator<Item = &'f NearDuplicateFacts>) -> Vec<String> {
    measures
        .flat_map(|facts| &facts.examples)
        .flat_map(|(test, train)| {
            [
                format!("{PUBLIC_TEST}:{}", test + 1),
                format!("{PUBLIC_TRAIN}:{}", train + 1),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use findings::{Finding, Status};

    use super::*;
    use crate::testing::Good;

    fn with(
        nearness: Nearness,
        test: (usize, usize),
        train: (usize, usize),
        chance: f64,
    ) -> Finding {
        let mut good = Good::new();
        good.split.near_duplicates = vec![NearDuplicateFacts {
            nearness,
            test_near: test.0,
            test_rows: test.1,
            train_near: train.0,
            train_rows: train.1,
            chance,
            examples: vec![(4, 9)],
        }];
        good.judge("D02")
    }

    #[test]
    fn copies_with_a_changed_cell_are_rejected() {
        let leak = with(Nearness::OneCell, (10, 100), (0, 400), 0.0);
        assert_eq!(leak.status, Status::Fail);
        assert_eq!(leak.evidence, ["public/test.csv:5", "public/train.csv:10"]);
        assert_eq!(
            with(Nearness::OneCell, (0, 100), (0, 400), 0.0).status,
            Status::Pass
        );
    }

    #[test]
    fn tables_of_few_values_are_not() {
        assert_eq!(
            with(Nearness::OneCell, (70, 100), (290, 400), 0.0).status,
            Status::Pass
        );
        let text = Nearness::Text {
            column: "x".to_owned(),
        };
        assert_eq!(
            with(text.clone(), (20, 100), (80, 400), 0.0).status,
            Status::Warn
        );
        assert_eq!(with(text, (10, 100), (2, 400), 0.0).status, Status::Fail);
    }

    #[test]
    fn few_dimensions_are_near_by_chance() {
        let line = Nearness::Distance { dimension: 1.0 };
        assert_eq!(
            with(line.clone(), (45, 500), (44, 500), 0.086).status,
            Status::Pass
        );
        assert_eq!(
            with(line, (150, 500), (44, 500), 0.086).status,
            Status::Fail
        );
    }

    #[test]
    fn without_a_measure_it_is_skipped() {
        let mut good = Good::new();
        good.split.near_duplicates.clear();
        assert_eq!(good.judge("D02").status, Status::Skip);
    }
}
