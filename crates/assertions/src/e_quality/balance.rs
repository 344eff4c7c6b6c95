//! E06: a rare class is declared, or the metric cares for it.

use findings::Measured;
use task_format::PUBLIC_TRAIN;

use crate::context::{Context, Judgement};
use crate::format::{percent, short};

/// E06: where the rarest class has less than a tenth of the rows of the commonest, the description says so by its share, or the
/// metric is none that naming the commonest class satisfies.
pub(crate) fn imbalance(cx: Context<'_>) -> Judgement {
    let labels = &cx.measured_split()?.labels;
    let counts = || labels.iter().map(|label| label.train);
    let (Some(rarest), Some(commonest)) = (
        labels.iter().min_by_key(|label| label.train),
        counts().max(),
    ) else {
        return Err(cx.skip("the target is a number"));
    };
    let ratio = rarest.train as f64 / commonest.max(1) as f64;
    let share = rarest.train as f64 / counts().sum::<usize>().max(1) as f64;
    let text = format!(
        "`{}` has {} of the train rows",
        rarest.label,
        percent(share)
    );
    let measured = Measured::number(ratio, text);
    let metric = &cx.manifest()?.metric.name;
    let description = cx.package()?.description.to_lowercase();
    let declared = cx
        .rule
        .list("words")
        .iter()
        .any(|word| description.contains(word.as_str()));
    let blind = cx.rule.list("blind_metrics").contains(metric);
    let least = cx.threshold("ratio");
    let finding = if ratio >= least || declared || !blind {
        cx.rule.pass(measured)
    } else {
        let message = format!(
            "classes are imbalanced, neither the description nor the metric ({metric}) takes care of it"
        );
        cx.rule.fail(measured, message).seen_in(PUBLIC_TRAIN)
    };
    Ok(finding.compared_with(format!(
        "rarest to commonest class at least {}",
        short(least)
    )))
}

#[cfg(test)]
mod tests {
    use findings::Status;

    use crate::testing::Good;

    #[test]
    fn rare_classes_are_declared_or_scored() {
        let mut good = Good::new();
        assert_eq!(good.judge("E06").status, Status::Pass);
        (good.split.labels[0].train, good.split.labels[1].train) = (390, 10);
        assert_eq!(
            good.judge("E06").status,
            Status::Pass,
            "ROC AUC does not depend on shares"
        );
        good.manifest.metric.name = "accuracy".to_owned();
        assert_eq!(good.judge("E06").status, Status::Warn);
        good.package
            .description
            .push_str("\nThe classes by share of rows: no (97 %), yes (3 %).\n");
        assert_eq!(good.judge("E06").status, Status::Pass);
        assert_eq!(Good::regression().judge("E06").status, Status::Skip);
    }
}
