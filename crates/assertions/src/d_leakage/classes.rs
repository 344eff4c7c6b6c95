//! D11: classes of the answers, and how labels are spelled.

use std::collections::BTreeMap;

use facts::LabelCount;
use findings::Measured;
use task_format::{ANSWERS, PUBLIC_TRAIN};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, quoted};

/// D11: every class of the answers stands in train, and labels are spelled in one way. Labels that differ in case only may
/// be classes of their own, as letters are; a rare one is a slip.
pub(crate) fn classes_are_known(cx: Context<'_>) -> Judgement {
    let labels = &cx.measured_split()?.labels;
    if labels.is_empty() {
        return Err(cx.skip("the target is a number"));
    }
    let named = |wanted: &dyn Fn(&LabelCount) -> bool| -> Vec<&str> {
        labels
            .iter()
            .filter(|label| wanted(label))
            .map(|label| label.label.as_str())
            .collect()
    };
    let unseen = named(&|label| label.train == 0 && label.test > 0);
    let rare = named(&|label| label.train > 0 && (label.test as f64) < cx.threshold("rows"));
    let (slips, variants) = variants(labels, cx.threshold("variant"));
    let text = format!(
        "{} unseen in train of {}, {} rare in test",
        unseen.len(),
        counted(labels.len(), "class"),
        rare.len()
    );
    let measured = Measured::number(unseen.len() as f64, text);
    let finding = if !unseen.is_empty() {
        let message = format!(
            "train has no row of {}, which the answers have",
            quoted(&unseen)
        );
        cx.rule
            .fail(measured, message)
            .seen_in_all([PUBLIC_TRAIN, ANSWERS].map(str::to_owned))
    } else if !slips.is_empty() {
        let message = format!(
            "a label differs from another in case or blanks only, and is too rare for a class of its own: {}",
            joined(&slips)
        );
        cx.rule.fail(measured, message).seen_in(PUBLIC_TRAIN)
    } else if !variants.is_empty() {
        let message = format!(
            "labels differ in case or blanks only: {}",
            joined(&variants)
        );
        cx.rule.warn(measured, message).seen_in(PUBLIC_TRAIN)
    } else if !rare.is_empty() {
        let message = format!(
            "test has fewer than {} rows of {}",
            cx.threshold("rows"),
            quoted(&rare)
        );
        cx.rule.warn(measured, message).seen_in(ANSWERS)
    } else {
        cx.rule.pass(measured)
    };
    Ok(finding.compared_with("0 classes unseen in train"))
}

/// Pairs of labels that are the same without case and blanks: those of which one has at most that share of the other's
/// rows, a slip of the pen, and the others.
fn variants(labels: &[LabelCount], most: f64) -> (Vec<String>, Vec<String>) {
    let mut same = BTreeMap::<String, Vec<&LabelCount>>::new();
    for label in labels {
        same.entry(folded(&label.label)).or_default().push(label);
    }
    let rows = |label: &LabelCount| label.train + label.test;
    let (mut slips, mut others) = (Vec::new(), Vec::new());
    for mut group in same.into_values().filter(|group| group.len() > 1) {
        group.sort_by_key(|label| std::cmp::Reverse(rows(label)));
        for rarer in &group[1..] {
            let pair = format!("`{}` and `{}`", group[0].label, rarer.label);
            match rows(rarer) as f64 <= most * rows(group[0]) as f64 {
                true => slips.push(pair),
                false => others.push(pair),
            }
        }
    }
    (slips, others)
}

/// A label without letter case and blanks.
fn folded(label: &str) -> String {
    label.split_whitespace().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use facts::LabelCount;
    use findings::Status;

    use crate::testing::Good;

    #[test]
    fn classes_of_the_answers() {
        let with = |label: &str, train: usize, test: usize| {
            let mut good = Good::new();
            good.split.labels.push(LabelCount {
                label: label.to_owned(),
                train,
                test,
            });
            good.judge("D11").status
        };
        assert_eq!(with("maybe", 0, 6), Status::Fail);
        assert_eq!(with("maybe", 9, 3), Status::Warn);
        assert_eq!(with("maybe", 40, 10), Status::Pass);
        assert_eq!(with("Yes ", 6, 2), Status::Fail);
        assert_eq!(with("YES", 140, 40), Status::Warn);
        assert_eq!(Good::regression().judge("D11").status, Status::Skip);
    }
}
