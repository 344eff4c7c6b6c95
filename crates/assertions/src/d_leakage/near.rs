//! D02: near duplicates across the split.

use facts::{NearDuplicateFacts, Nearness};
use findings::Measured;
use task_format::{PUBLIC_TEST, PUBLIC_TRAIN};

use super::chance::fisher;
use crate::context::{Context, Judgement};
use crate::format::{joined, percent, short};

/// D02: test rows that are nearly a train row, more than train rows are nearly one another, or where neither the data's
/// coarseness nor chance explains it.
///
/// Dense or rounded data have near duplicates anyway, and so have their train rows: only what test has beyond them, and
/// beyond what points of that dimension have by chance, was carried across the split. An object that was recorded twice
/// before a random split shows on both sides alike; it is told by cells that few others have.
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
    let twice = |facts: &&NearDuplicateFacts, most: f64| {
        let telling = share_of(facts.test_telling, facts.test_rows);
        telling > most
            && facts.test_telling as f64 >= cx.threshold("telling_rows")
            && facts.chance < telling * cx.threshold("explained")
    };
    let few = |facts: &&NearDuplicateFacts| twice(facts, cx.threshold("share"));
    let recorded: Vec<String> = measures.iter().filter(few).map(told_twice).collect();
    let many_recorded = measures.iter().any(|facts| {
        twice(&facts, cx.threshold("telling"))
            && share_of(facts.test_telling, facts.test_near) >= cx.threshold("telling_of_near")
    });
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
    } else if !recorded.is_empty() {
        let message = format!(
            "test rows repeat train rows but for one cell, in cells that few rows have: {}",
            joined(&recorded)
        );
        // A split by group or time has parted what belongs together as it says; what is near beyond is told.
        match cx.independent() && many_recorded {
            true => cx.rule.fail(measured, message),
            false => cx.rule.warn(measured, message),
        }
        .seen_in_all(examples(measures.iter().filter(few)))
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

fn share_of(rows: usize, all: usize) -> f64 {
    rows as f64 / all.max(1) as f64
}

fn share(facts: &NearDuplicateFacts) -> f64 {
    share_of(facts.test_near, facts.test_rows)
}

fn share_of_train(facts: &NearDuplicateFacts) -> f64 {
    share_of(facts.train_near, facts.train_rows)
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

fn told_twice(facts: &NearDuplicateFacts) -> String {
    format!(
        "{} of {} test rows, {} by chance",
        facts.test_telling,
        facts.test_rows,
        percent(facts.chance)
    )
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
    use task_format::SplitPolicy;

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
            test_telling: 0,
            examples: vec![(4, 9)],
        }];
        good.judge("D02")
    }

    /// Every specimen was recorded twice: train rows are near one another as often as test rows are near train.
    #[test]
    fn objects_recorded_twice_are_rejected() {
        let twice = |telling: usize, chance: f64, policy: SplitPolicy| {
            let mut good = Good::new();
            good.split_by(policy, "radius");
            good.split.near_duplicates[0] = NearDuplicateFacts {
                nearness: Nearness::OneCell,
                test_near: 130,
                test_rows: 160,
                train_near: 512,
                train_rows: 640,
                chance,
                test_telling: telling,
                examples: vec![(4, 9)],
            };
            good.judge("D02").status
        };
        assert_eq!(twice(130, 0.0, SplitPolicy::Stratified), Status::Fail);
        assert_eq!(twice(130, 0.0, SplitPolicy::Group), Status::Warn);
        // Many are near, and few of them are like nothing else.
        assert_eq!(twice(20, 0.0, SplitPolicy::Stratified), Status::Warn);
        // A full factorial, a survey, and single pairs.
        assert_eq!(twice(130, 0.9, SplitPolicy::Stratified), Status::Pass);
        assert_eq!(twice(0, 0.0, SplitPolicy::Stratified), Status::Pass);
        assert_eq!(twice(2, 0.0, SplitPolicy::Stratified), Status::Pass);
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
