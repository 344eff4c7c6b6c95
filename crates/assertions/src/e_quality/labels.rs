//! E07: how many labels seem wrong. Whether equal rows have different labels is E02's.

use findings::Measured;
use task_format::Objective;

use crate::context::{Context, Judgement};
use crate::format::{joined, percent};

/// E07: few labels contradict what models that have not seen them are sure of. Where models explain too little, weak
/// features and wrong labels can't be told apart, and nothing is claimed.
pub(super) fn label_noise(cx: Context<'_>) -> Judgement {
    let manifest = cx.manifest()?;
    let fits = cx.fits()?;
    if manifest.task.objective == Objective::Regression {
        return Err(cx.skip("the target is a number"));
    }
    let Some(noise) = &fits.label_noise else {
        return Err(cx.skip("there are too few rows of a class to estimate wrong labels"));
    };
    let most = fits.class_rows.iter().max().copied().unwrap_or(0);
    let majority = most as f64 / noise.rows.max(1) as f64;
    let explained = 1.0 - (1.0 - noise.right) / (1.0 - majority).max(f64::EPSILON);
    if explained < cx.threshold("explained") {
        return Err(cx.skip(&format!(
            "models save only {} of the commonest class's errors: weak features can't be told from wrong labels",
            percent(explained.max(0.0))
        )));
    }
    let text = format!("{} of {} labels", percent(noise.share), noise.rows);
    let measured = Measured::number(noise.share, text);
    let few = cx.threshold("share");
    Ok(match noise.share <= few {
        true => cx.rule.pass(measured),
        false => {
            let pairs: Vec<String> = noise
                .pairs
                .iter()
                .map(|(given, likely, share)| {
                    format!("`{given}` that look like `{likely}` ({})", percent(*share))
                })
                .collect();
            let message = format!(
                "labels contradict what models are sure of, mostly {}; they are wrong, or classes overlap: expect no \
                 accuracy above {}",
                joined(&pairs),
                percent(1.0 - noise.share)
            );
            cx.rule.warn(measured, message)
        }
    }
    .compared_with(format!("at most {}", percent(few))))
}

#[cfg(test)]
mod tests {
    use findings::Status;
    use task_format::Objective;

    use crate::testing::Good;

    #[test]
    fn labels_that_contradict() {
        let mut good = Good::new();
        assert_eq!(good.judge("E07").status, Status::Pass);
        let noise = good.fits.label_noise.as_mut().unwrap();
        (noise.share, noise.right) = (0.1, 0.88);
        let finding = good.judge("E07");
        assert_eq!(finding.status, Status::Warn);
        assert!(
            finding.message.ends_with("expect no accuracy above 90 %"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn weak_features_prove_nothing() {
        let mut good = Good::new();
        let noise = good.fits.label_noise.as_mut().unwrap();
        (noise.share, noise.right) = (0.4, 0.7);
        assert_eq!(good.judge("E07").status, Status::Skip);
        good.fits.label_noise = None;
        assert_eq!(good.judge("E07").status, Status::Skip);
        good.manifest.task.objective = Objective::Regression;
        assert_eq!(good.judge("E07").status, Status::Skip);
    }
}
