//! E03, E04, E05 and E09: columns that say nothing, hold two kinds of cells, are damaged, or have gaps nobody mentions.

use facts::Damage;
use findings::{CheckId, Measured};
use task_format::PUBLIC_TRAIN;

use crate::a_structure::Families;
use crate::context::{Context, Judgement};
use crate::format::{counted, joined, percent, quoted, short};
use crate::markdown::{Text, has_word};

/// A06, which says from when on numbered columns may be named as a range.
const DESCRIPTION_IS_COMPLETE: CheckId = CheckId::new('A', 6);

/// E03: features of train with a single value.
pub(crate) fn constants(cx: Context<'_>) -> Judgement {
    let constant = &cx.measured_split()?.quality.constant_columns;
    let measured = Measured::number(
        constant.len() as f64,
        counted(constant.len(), "constant column"),
    );
    let finding = if constant.is_empty() {
        cx.rule.pass(measured)
    } else {
        let message = format!("{} of train hold one value", quoted(constant));
        cx.rule.fail(measured, message).seen_in(PUBLIC_TRAIN)
    };
    Ok(finding.compared_with("0"))
}

/// E04: features in which a few cells are numbers among texts, or texts among numbers.
pub(crate) fn mixed_types(cx: Context<'_>) -> Judgement {
    let mixed = &cx.measured_split()?.quality.mixed_columns;
    let (least, most) = (cx.threshold("least"), cx.threshold("most"));
    let found: Vec<String> = mixed
        .iter()
        .filter(|column| (least..=most).contains(&column.numbers.min(1.0 - column.numbers)))
        .map(|column| {
            let what = if column.numbers < 0.5 {
                "numbers"
            } else {
                "texts"
            };
            let rare = column.numbers.min(1.0 - column.numbers);
            format!(
                "`{}` has {} {what}, e.g. `{}`",
                column.column,
                percent(rare),
                column.example
            )
        })
        .collect();
    let measured = Measured::number(found.len() as f64, counted(found.len(), "mixed column"));
    let finding = if found.is_empty() {
        cx.rule.pass(measured)
    } else {
        cx.rule
            .fail(
                measured,
                format!("columns mix numbers and texts: {}", joined(&found)),
            )
            .seen_in(PUBLIC_TRAIN)
    };
    Ok(finding.compared_with(format!(
        "rarer kind below {} or above {}",
        percent(least),
        percent(most)
    )))
}

/// E05: cells and names with traces of a wrong encoding.
pub(crate) fn encodings(cx: Context<'_>) -> Judgement {
    let damaged = &cx.measured_split()?.quality.damaged_texts;
    let cells: usize = damaged.iter().map(|text| text.cells).sum();
    let measured = Measured::number(cells as f64, counted(cells, "damaged cell"));
    let told: Vec<String> = damaged
        .iter()
        .map(|text| {
            let what = match text.damage {
                Damage::Mojibake => "UTF-8 read as Windows-1252",
                Damage::Replacement => "replacement characters",
                Damage::Control => "control characters",
            };
            format!(
                "`{}` has {what} in {}, e.g. {:?}",
                text.column,
                counted(text.cells, "cell"),
                text.example
            )
        })
        .collect();
    let mut paths: Vec<String> = damaged.iter().map(|text| text.path.clone()).collect();
    paths.dedup();
    let finding = if told.is_empty() {
        cx.rule.pass(measured)
    } else {
        cx.rule.fail(measured, joined(&told)).seen_in_all(paths)
    };
    Ok(finding.compared_with("0"))
}

/// E09: features with many missing cells, of which no line of the description says so.
pub(crate) fn gaps(cx: Context<'_>) -> Judgement {
    let missing = &cx.measured_split()?.quality.missing;
    let most = cx.threshold("share");
    let gappy: Vec<&(String, f64)> = missing.iter().filter(|(_, share)| *share > most).collect();
    let greatest = missing.iter().map(|(_, share)| *share).fold(0.0, f64::max);
    let measured = Measured::number(greatest, format!("{} missing at most", percent(greatest)));
    let lines = lines_on_gaps(&cx.package()?.description, cx.rule.list("words"));
    let features = match cx.manifest() {
        Ok(manifest) => manifest.data.feature_columns.as_slice(),
        Err(_) => &[],
    };
    let least = cx
        .rule_of(DESCRIPTION_IS_COMPLETE)
        .threshold("family_members");
    let families = Families::of(features, least as usize);
    let declared = |column: &str| {
        let mut lines = lines.iter();
        lines.any(|line| line.mentions(column) || families.is_named(column, line))
    };
    let silent: Vec<String> = gappy
        .iter()
        .filter(|(column, _)| !declared(column))
        .map(|(column, share)| format!("`{column}` ({})", percent(*share)))
        .collect();
    let finding = if silent.is_empty() {
        cx.rule.pass(measured)
    } else {
        let message = format!(
            "no line of the description says that cells are missing in {}",
            joined(&silent)
        );
        cx.rule
            .fail(measured, message)
            .seen_in(task_format::DESCRIPTION)
    };
    Ok(finding.compared_with(format!("above {} declared", short(most))))
}

/// The lines that speak of missing cells, each read as a text of its own. "Missing ids make a submission invalid" speaks of
/// other gaps.
fn lines_on_gaps(description: &str, words: &[String]) -> Vec<Text> {
    let speaks = |line: &&str| {
        let line = line.to_lowercase();
        !has_word(&line, "submission") && words.iter().any(|word| has_word(&line, word))
    };
    description.lines().filter(speaks).map(Text::new).collect()
}

#[cfg(test)]
mod tests {
    use facts::{DamagedText, MixedColumn};
    use findings::Status;

    use super::*;
    use crate::testing::with;

    #[test]
    fn constant_columns_warn() {
        let finding = with("E03", |good| {
            good.split.quality.constant_columns.push("x".to_owned())
        });
        assert_eq!(
            (finding.status, finding.message.as_str()),
            (Status::Warn, "`x` of train hold one value")
        );
    }

    #[test]
    fn a_few_cells_of_another_kind_warn() {
        let mixed = |numbers: f64| {
            with("E04", move |good| {
                let column = MixedColumn {
                    column: "x".to_owned(),
                    numbers,
                    example: "none".to_owned(),
                };
                good.split.quality.mixed_columns.push(column);
            })
            .status
        };
        assert_eq!(
            [mixed(0.95), mixed(0.03), mixed(0.5), mixed(0.999)],
            [Status::Warn, Status::Warn, Status::Pass, Status::Pass]
        );
    }

    #[test]
    fn damaged_texts_warn() {
        let finding = with("E05", |good| {
            good.split.quality.damaged_texts.push(DamagedText {
                path: PUBLIC_TRAIN.to_owned(),
                column: "x".to_owned(),
                damage: Damage::Mojibake,
                cells: 3,
                example: "CafÃ©".to_owned(),
            });
        });
        assert_eq!(finding.status, Status::Warn);
    }

    fn with_gap(more: &str) -> Status {
        with("E09", |good| {
            good.split.quality.missing.push(("radius".to_owned(), 0.3));
            good.package.description.push_str(more);
        })
        .status
    }

    #[test]
    fn gaps_are_declared() {
        for more in [
            "\nCells of `radius` may be missing.\n",
            "\n| radius | number | 30 % missing |\n",
            "\nEmpty: texture, radius.\n",
        ] {
            assert_eq!(with_gap(more), Status::Pass, "{more}");
        }
        for more in [
            "",
            "\nEmpty cells are missing values.\n",
            "\nThe radius is of interest to finance.\n",
            "\nA submission with missing ids or radius is invalid.\n",
        ] {
            assert_eq!(with_gap(more), Status::Warn, "{more}");
        }
        let few = with("E09", |good| {
            good.split.quality.missing.push(("x".to_owned(), 0.03));
        });
        assert_eq!(few.status, Status::Pass);
    }
}
