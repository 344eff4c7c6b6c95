//! D06: rows of one patient, user or store on both sides of the split. Copies of whole rows are D01's and D02's.

use facts::{EntityFit, FitGap};
use findings::{Finding, Measured, Rule};
use task_format::{PUBLIC_TEST, PUBLIC_TRAIN, SplitPolicy};

use crate::context::{Context, Judgement};
use crate::format::{counted, percent, quoted, short};
use crate::markdown::{Text, has_word};

/// By how much random folds flatter, and by how much they may.
pub(super) struct Flattery {
    pub(super) size: f64,
    pub(super) most: f64,
}

impl Flattery {
    pub(super) fn of(gap: FitGap, rule: &Rule) -> Self {
        Self {
            size: gap.size(),
            most: rule
                .threshold("gap")
                .max(rule.threshold("sigmas") * gap.sigma),
        }
    }

    pub(super) fn is_real(&self) -> bool {
        self.size > self.most
    }

    pub(super) fn threshold(&self) -> String {
        format!("gap at most {}", short(self.most))
    }
}

fn scores(gap: FitGap) -> String {
    format!(
        "{} with random folds, {} with whole groups",
        short(gap.random),
        short(gap.apart)
    )
}

/// D06: entities that cross the split undeclared are not worth more than chance. What only looks like an entity warns.
pub(super) fn entities_stay_together(cx: Context<'_>) -> Judgement {
    let policy = cx.policy_of_split()?;
    if let Some(finding) = parted_groups(&cx)? {
        return Ok(finding);
    }
    let fits = cx.fits()?;
    if policy == SplitPolicy::Time {
        return Err(cx.skip("the split is by time: entities go on after it, as in every forecast"));
    }
    // What the split already names is no surprise.
    let mut found: Vec<Finding> = fits
        .entities
        .iter()
        .filter(|entity| cx.group_column() != Some(entity.column.as_str()))
        .map(|entity| of_entity(&cx, entity))
        .collect();
    if let Some(hidden) = &fits.hidden_entity
        && let Some(gap) = hidden.gap
    {
        let text = format!(
            "rows that agree in {}: {}",
            quoted(&hidden.columns),
            scores(gap)
        );
        let (flattery, measured) = (
            Flattery::of(gap, cx.rule),
            Measured::number(gap.size(), text),
        );
        found.push(if flattery.is_real() {
            let message = format!(
                "rows that agree exactly in {} look like rows of one entity, and stand on both sides",
                quoted(&hidden.columns)
            );
            cx.rule
                .warn(measured, message)
                .compared_with(flattery.threshold())
        } else {
            cx.rule
                .pass(measured)
                .compared_with(flattery.threshold())
        });
    }
    // The worst finding stands for all.
    let rank = |finding: &Finding| (finding.rejects(), finding.hint.is_some());
    let worst = found.into_iter().rev().max_by_key(rank);
    match worst {
        Some(worst) => Ok(worst),
        None if cx.group_column().is_some() => {
            let text = "no column names an entity beside the one that the split keeps together";
            Ok(cx.rule.pass(Measured::number(0.0, text)))
        }
        None => Ok(cx
            .rule
            .pass(Measured::number(0.0, "no column names an entity"))),
    }
}

/// Groups that the split is said to keep whole, and that stand on both sides.
fn parted_groups(cx: &Context<'_>) -> Result<Option<Finding>, Box<Finding>> {
    let by_group = cx.manifest()?.split.policy == SplitPolicy::Group;
    let facts = cx
        .subject
        .split
        .and_then(|split| split.split_column.as_ref());
    let Some(facts) = facts.filter(|facts| by_group && facts.crossing > 0) else {
        return Ok(None);
    };
    let (column, rows) = (&facts.column, facts.crossing);
    let text = format!(
        "{rows} of {} have a `{column}` of train",
        counted(facts.test_rows, "test row")
    );
    let message = format!("the split is said to keep each `{column}` whole, and does not");
    let finding = cx
        .rule
        .fail(Measured::number(rows as f64, text), message)
        .compared_with("0 rows of a group of train")
        .seen_in_all([PUBLIC_TRAIN, PUBLIC_TEST].map(str::to_owned));
    Ok(Some(finding))
}

fn of_entity(cx: &Context<'_>, entity: &EntityFit) -> Finding {
    let column = &entity.column;
    let crossing = percent(entity.crossing);
    let few = cx.threshold("crossing");
    let known = format!("{crossing} of the test rows have a `{column}` of train");
    if entity.crossing <= few {
        let measured = Measured::number(entity.crossing, known);
        return cx
            .rule
            .pass(measured)
            .compared_with(format!("at most {}", percent(few)));
    }
    let Some(gap) = entity.gap else {
        let text = format!("{known}; too few rows to tell what that is worth");
        return cx.rule.pass(Measured::number(0.0, text));
    };
    let flattery = Flattery::of(gap, cx.rule);
    let measured = Measured::number(flattery.size, format!("{known}: {}", scores(gap)));
    let finding = if !flattery.is_real() {
        cx.rule.pass(measured)
    } else if is_declared(cx, column) {
        let message = format!(
            "rows of one `{column}` stand on both sides, as the package says, and that flatters scores"
        );
        cx.rule.warn(measured, message)
    } else if cx.independent() {
        let message =
            format!("rows of one `{column}` stand on both sides, and that flatters scores");
        cx.rule.fail(measured, message)
    } else {
        let message = format!(
            "rows of one `{column}` stand on both sides of a split that has other reasons, and that flatters scores"
        );
        cx.rule.warn(measured, message)
    };
    finding.compared_with(flattery.threshold())
}

/// Whether a sentence of the split's reason or of the description names the column and says that its groups cross the split:
/// it has one of the words for crossing and none that denies it. What stands in tables and lists of columns says where a
/// column is found, not where its groups are.
fn is_declared(cx: &Context<'_>, column: &str) -> bool {
    let has = |list: &str, sentence: &str| {
        let lower = sentence.to_lowercase();
        cx.rule.list(list).iter().any(|word| has_word(&lower, word))
    };
    let declares = |sentence: &str| {
        has("statement", sentence)
            && !has("denial", sentence)
            && Text::new(sentence).mentions(column)
    };
    let reason = cx
        .manifest()
        .is_ok_and(|manifest| sentences(&manifest.split.reason).any(declares));
    let described = cx.subject.package.is_some_and(|package| {
        let text = Text::new(&package.description);
        let prose = text
            .lines()
            .iter()
            .filter(|line| !line.fenced && !is_listed(&line.text));
        prose.flat_map(|line| sentences(&line.text)).any(declares)
    });
    reason || described
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ").flat_map(|part| part.split(';'))
}

/// A row of a table, or an entry that begins with a name in code and a colon or a dash, as dictionaries of columns do.
fn is_listed(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches(['-', '*', '+', ' ']);
    let named = line.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let defines = |rest: &str| {
        rest.trim_start()
            .starts_with([':', '-', '–', '—', '=', '|'])
    };
    line.starts_with('|') || named.is_some_and(|(_, rest)| defines(rest))
}

#[cfg(test)]
mod tests {
    use facts::{EntityFit, FitGap, HiddenEntityFit, RunFailure};
    use findings::{Finding, Status};
    use task_format::SplitPolicy;

    use crate::testing::Good;

    fn with(change: impl Fn(&mut Good)) -> Finding {
        crate::testing::with("D06", change)
    }

    fn gap(size: f64, sigma: f64) -> Option<FitGap> {
        Some(FitGap {
            random: 0.8 + size,
            apart: 0.8,
            sigma,
        })
    }

    fn patients(good: &mut Good, size: f64, sigma: f64) {
        good.fits.entities = vec![EntityFit {
            column: "patient_id".to_owned(),
            groups: 100,
            rows_per_group: 5.0,
            crossing: 0.9,
            gap: gap(size, sigma),
        }];
    }

    #[test]
    fn what_flatters_beyond_noise_rejects() {
        let judged = |size, sigma| with(move |good| patients(good, size, sigma));
        let leak = judged(0.12, 0.02);
        assert_eq!(leak.status, Status::Fail);
        assert_eq!(
            leak.message,
            "rows of one `patient_id` stand on both sides, and that flatters scores"
        );
        assert_eq!(judged(0.12, 0.07).status, Status::Pass);
        assert_eq!(judged(0.02, 0.001).status, Status::Pass);
        assert_eq!(judged(-0.2, 0.001).status, Status::Pass);
    }

    #[test]
    fn what_is_declared_or_does_not_cross_may_stay() {
        let declared = with(|good| {
            patients(good, 0.12, 0.02);
            good.manifest.split.reason =
                "whole groups would be too few: rows of one `patient_id` stand on both sides"
                    .to_owned();
        });
        assert_eq!(declared.status, Status::Warn);
        let described = with(|good| {
            patients(good, 0.12, 0.02);
            good.package
                .description
                .push_str("\nRows of one `patient_id` stand on both sides of the split.\n");
        });
        assert_eq!(described.status, Status::Warn);
        let apart = with(|good| {
            patients(good, 0.12, 0.02);
            good.fits.entities[0].crossing = 0.0;
        });
        assert_eq!(apart.status, Status::Pass);
        let grouped = with(|good| {
            patients(good, 0.12, 0.02);
            good.split_by(SplitPolicy::Group, "patient_id");
        });
        assert_eq!(grouped.status, Status::Pass);
        let other = with(|good| {
            patients(good, 0.12, 0.02);
            good.split_by(SplitPolicy::Group, "radius");
        });
        assert_eq!(other.status, Status::Warn);
        let time = with(|good| good.split_by(SplitPolicy::Time, "date"));
        assert_eq!(time.status, Status::Skip);
    }

    #[test]
    fn a_split_that_is_not_as_stated_is_a_random_one() {
        let crossing = with(|good| {
            good.split_by(SplitPolicy::Group, "patient_id");
            good.split.split_column.as_mut().unwrap().crossing = 40;
        });
        assert_eq!(crossing.status, Status::Fail);
        assert_eq!(
            crossing.message,
            "the split is said to keep each `patient_id` whole, and does not"
        );
        for policy in [SplitPolicy::Time, SplitPolicy::Official] {
            let absent = with(|good| {
                patients(good, 0.12, 0.02);
                good.split_by(policy, "nowhere");
                good.split.split_column.as_mut().unwrap().on_both_sides = false;
            });
            assert_eq!(absent.status, Status::Fail, "{policy:?}");
        }
    }

    #[test]
    fn a_declaration_is_a_sentence() {
        let described = |line: &str| {
            let line = line.to_owned();
            with(move |good| {
                patients(good, 0.12, 0.02);
                good.package.description.push_str(&format!("\n{line}\n"));
            })
            .status
        };
        for line in [
            "Rows of one `patient_id` stand on both sides of the split.",
            "- Visits of a `patient_id` are spread over train and test.",
        ] {
            assert_eq!(described(line), Status::Warn, "{line}");
        }
        for line in [
            "- `patient_id`: patient, in train and test",
            "| `patient_id` | patient, on both sides |",
            "No `patient_id` is on both sides.",
            "The column `patient_id` stands in train and test.",
            "`patient_id` is a code. Other rows stand on both sides.",
        ] {
            assert_eq!(described(line), Status::Fail, "{line}");
        }
    }

    #[test]
    fn a_hidden_entity_warns() {
        let hidden = |size: f64| {
            with(move |good| {
                good.fits.hidden_entity = Some(HiddenEntityFit {
                    columns: vec!["age".to_owned(), "height".to_owned(), "weight".to_owned()],
                    groups: 80,
                    rows_per_group: 6.0,
                    gap: gap(size, 0.01),
                })
            })
        };
        assert_eq!(hidden(0.2).status, Status::Warn);
        assert_eq!(hidden(0.01).status, Status::Pass);
        let both = with(|good| {
            patients(good, 0.12, 0.02);
            good.fits.hidden_entity = Some(HiddenEntityFit {
                columns: vec!["age".to_owned()],
                groups: 80,
                rows_per_group: 6.0,
                gap: gap(0.2, 0.01),
            });
        });
        assert_eq!(both.status, Status::Fail);
    }

    #[test]
    fn fits_that_broke_are_an_error() {
        for id in ["D06", "D07", "D08", "E07"] {
            let mut good = Good::new();
            good.fits.failure = Some(RunFailure::RuntimeError {
                exit: 1,
                traceback: "Traceback\nValueError: no such row\n".to_owned(),
            });
            let finding = good.judge(id);
            assert_eq!(finding.status, Status::Error, "{id}");
            assert!(
                finding.message.contains("no such row"),
                "{}",
                finding.message
            );
            let mut good = Good::new();
            good.fits.incomplete = Some("`train.csv` is missing".to_owned());
            assert_eq!(good.judge(id).status, Status::Error, "{id}");
        }
    }
}
