//! D11: classes of the answers, and how labels are spelled.

use findings::Measured;
use task_format::{ANSWERS, PUBLIC_TRAIN};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, quoted};

/// D11: every class of the answers stands in train, and labels are spelled in one way.
pub(crate) fn classes_are_known(cx: Context<'_>) -> Judgement {
    let labels = &cx.measured_split()?.labels;
    if labels.is_empty() {
        return Err(cx.skip("the target is a number"));
    }
    let named = |wanted: &dyn Fn(&facts::LabelCount) -> bool| -> Vec<&str> {
        labels
            .iter()
            .filter(|label| wanted(label))
            .map(|label| label.label.as_str())
            .collect()
    };
    let unseen = named(&|label| label.train == 0 && label.test > 0);
    let rare = named(&|label| label.train > 0 && (label.test as f64) < cx.threshold("rows"));
    let mut variants: Vec<String> = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        let other = labels[..at]
            .iter()
            .find(|other| folded(&other.label) == folded(&label.label));
        variants.extend(other.map(|other| format!("`{}` and `{}`", other.label, label.label)));
    }
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
    } else if !variants.is_empty() {
        let message = format!(
            "labels differ in case or blanks only: {}",
            joined(&variants)
        );
        cx.rule.fail(measured, message).seen_in(PUBLIC_TRAIN)
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
        assert_eq!(with("Yes ", 40, 10), Status::Fail);
        assert_eq!(Good::regression().judge("D11").status, Status::Skip);
    }
}
