//! Complexity: what the ladder says of how much there is to learn, and whether it is more than one column's doing.

use facts::{Dimension, IssueSeverity, LadderFacts};
use scoring::Metric;
use task_format::BASELINES;

use super::sheet::{Flaw, Sheet, percent};
use crate::subject::ReviewSubject;

/// Points lost from a share of the way to the optimum on that the best baseline goes. Source of 0.98: OpenEnv, a baseline
/// within 2 % of the optimum is too easy; honest data may be easy, so that this alone never costs more than half.
const TOO_EASY: [(f64, f64); 3] = [(0.999, 2.5), (0.98, 1.5), (0.95, 0.5)];
/// Share of the way below which there is little to learn.
const LITTLE: f64 = 0.05;
/// From this share of the way on, one column's doing all of it makes the task a lookup. Where little can be learned at
/// all, that one column has most of it is no wonder.
const CLEAR: f64 = 0.5;
/// Points lost from a share of the best baseline's gain on that one feature alone has.
const ALONE: [(f64, f64); 2] = [(0.97, 1.5), (0.9, 0.5)];
/// Share of the best baseline's gain from which on the linear one has it all.
const LINEAR: f64 = 0.98;

pub(crate) fn judge(subject: &ReviewSubject<'_>) -> Sheet {
    let mut sheet = Sheet::new(Dimension::Complexity);
    sheet.leave_open("whether more work than the baselines' is rewarded: no agent has tried");
    let Some(climb) = subject.ladder.and_then(|ladder| Climb::of(ladder, subject)) else {
        sheet.give_up(
            "complexity as a whole: the ladder has no constant and no other baseline with a score",
        );
        return sheet;
    };
    sheet.cite(subject.manifest_line("optimum"));
    sheet.cite(
        subject.script_line(&format!("{BASELINES}/{}.py", climb.best_name), |line| {
            line.contains("import")
        }),
    );
    let message = format!(
        "the best baseline, {}, goes {} of the way from the constant to the optimum",
        climb.best_name,
        percent(climb.best)
    );
    if climb.best <= 0.0 {
        sheet.flaw(
            3.0,
            flaw(
                IssueSeverity::Major,
                "no baseline is better than the constant".to_owned(),
                "Choose a target that the features say something about.",
            ),
        );
        return sheet;
    }
    match TOO_EASY.iter().find(|(least, _)| climb.best >= *least) {
        Some((_, points)) if *points >= 1.0 => sheet.flaw(
            *points,
            flaw(
                IssueSeverity::Minor,
                message,
                "Look for a column that gives the target away; where there is none, let it stand.",
            ),
        ),
        Some((_, points)) => sheet.lose(*points, message),
        None if climb.best < LITTLE => sheet.lose(0.5, message),
        None => sheet.note(message),
    }
    if let Some(linear) = climb.linear {
        let share = linear / climb.best;
        if climb.best_name != "linear" && share < LINEAR {
            sheet.note(format!(
                "the linear baseline has {} of that gain, so there is more than weighted sums",
                percent(share.max(0.0))
            ));
        } else if climb.best_name == "linear" {
            sheet.lose(0.25, "no baseline gains more than the linear one");
        } else {
            sheet.lose(
                0.25,
                format!(
                    "the linear baseline has {} of that gain: no other gains much more",
                    percent(share)
                ),
            );
        }
    }
    alone(&mut sheet, subject, &climb);
    sheet
}

/// Whether one feature alone does what the best baseline does, where both are measured on the same scale.
fn alone(sheet: &mut Sheet, subject: &ReviewSubject<'_>, climb: &Climb) {
    let Some(split) = subject.split else { return };
    let scale = Metric::from_name(&subject.manifest.metric.name).and_then(|metric| match metric {
        Metric::Accuracy | Metric::Mae => Some(Scale::Error),
        Metric::RocAuc => Some(Scale::Auc),
        Metric::R2 => Some(Scale::Explained),
        Metric::Rmse => Some(Scale::RootExplained),
        _ => None,
    });
    let Some(scale) = scale else {
        sheet.leave_open(
            "whether one feature alone nearly equals the best baseline: single features are not measured by this metric",
        );
        return;
    };
    let strongest = split
        .features
        .iter()
        .map(|feature| (scale.gain(feature), feature.column.as_str()))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((gain, column)) = strongest else {
        return;
    };
    let share = gain.max(0.0) / climb.best;
    let message = format!(
        "`{column}` alone has {} of the best baseline's gain",
        percent(share)
    );
    match ALONE.iter().find(|(least, _)| share >= *least) {
        Some((_, points)) if climb.best >= CLEAR && *points >= 1.0 => sheet.flaw(
            *points,
            flaw(
                IssueSeverity::Minor,
                message,
                "Ask whether the column is known before the target; if it is, let it stand.",
            ),
        ),
        Some((_, points)) if climb.best >= CLEAR => sheet.lose(*points, message),
        _ => sheet.note(message),
    }
}

fn flaw(severity: IssueSeverity, message: String, fix: &str) -> Flaw<'static> {
    Flaw {
        severity,
        place: task_format::MANIFEST,
        quote: None,
        message,
        fix: fix.to_owned(),
    }
}

/// The ladder as shares of the way from the constant to the optimum.
struct Climb {
    best_name: String,
    best: f64,
    linear: Option<f64>,
}

impl Climb {
    fn of(ladder: &LadderFacts, subject: &ReviewSubject<'_>) -> Option<Self> {
        let metric = &subject.manifest.metric;
        let score = |name: &str| {
            let rung = ladder.rungs.iter().find(|rung| rung.name == name)?;
            rung.score.filter(|score| score.is_finite())
        };
        let constant = score("constant")?;
        let way = metric.optimum - constant;
        if way == 0.0 {
            return None;
        }
        let share = |score: f64| (score - constant) / way;
        let (best_name, best) = ladder
            .rungs
            .iter()
            .filter(|rung| rung.name != "constant")
            .filter_map(|rung| {
                Some((
                    rung.name.clone(),
                    share(rung.score.filter(|score| score.is_finite())?),
                ))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Self {
            best_name,
            best,
            linear: score("linear").map(share),
        })
    }
}

/// How a feature's measure becomes a share of the way from the constant to the optimum of a metric.
#[derive(Clone, Copy)]
enum Scale {
    /// 1 − error / error of the constant: the predictive power score as it is.
    Error,
    /// The area under the curve; the constant has one half.
    Auc,
    /// The share of variance explained as it is.
    Explained,
    /// Of root mean squared errors: 1 − √(1 − R²).
    RootExplained,
}

impl Scale {
    fn gain(self, feature: &facts::FeatureFacts) -> f64 {
        match self {
            Self::Error => feature.score,
            Self::Auc => 2.0 * feature.power - 1.0,
            Self::Explained => feature.power,
            Self::RootExplained => 1.0 - (1.0 - feature.power).max(0.0).sqrt(),
        }
    }
}
