//! Performance profiles: one number for each method from its scores on many tasks whose scales differ.
//!
//! - Per task, a method's ratio r to the best method: score / best where less is better, best / score where more is;
//!   1 is best. A ratio is at most 100.
//! - A method without a score on a task gets twice the task's worst ratio, within the same bound.
//! - Profile: ρ(τ) = share of tasks with r ≤ τ. AUP: its area over log₁₀ τ from 0 (τ = 1) to the largest ratio of any
//!   method; a method that is best everywhere gets that length, at most 2.
//!
//! Sources: Dolan & Moré 2002; MLGym (arXiv 2502.14499) and MLE-Dojo (arXiv 2505.07782, appendix E) for logarithm, bound
//! and the penalty (1 + ε with ε = 1). The area is exact, the profile being a step function. Ratios ask for scores above
//! 0, which the sources leave unsaid.

use std::collections::BTreeMap;

use crate::{Direction, Score};

/// Largest ratio that counts.
const LARGEST_RATIO: f64 = 100.0;

/// By how much a missing score is worse than the worst one.
const PENALTY: f64 = 2.0;

/// The scores of all methods on one task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskScores {
    /// Whether more or less is better.
    pub direction: Direction,
    /// By method; a method that is missing has no valid score.
    pub scores: BTreeMap<String, Score>,
}

/// Why there is no profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// There is nothing to compare.
    #[error("there are no tasks")]
    NoTasks,
    /// No method has a score on a task.
    #[error("no method has a score on task {0}")]
    NoScores(usize),
    /// A ratio of such scores means nothing.
    #[error("`{method}` has a score that is not above 0 on task {task}")]
    NotPositive {
        /// Index of the task.
        task: usize,
        /// The method.
        method: String,
    },
}

/// Area under the performance profile of each of `methods`, 0 to 2: more is better.
///
/// # Errors
///
/// When there is no task, or a task whose scores have no ratios.
pub fn performance_profile_areas(
    methods: &[&str],
    tasks: &[TaskScores],
) -> Result<BTreeMap<String, f64>, ProfileError> {
    if tasks.is_empty() {
        return Err(ProfileError::NoTasks);
    }
    let ratios: Vec<BTreeMap<&str, f64>> = tasks
        .iter()
        .enumerate()
        .map(|(index, task)| log_ratios(index, task, methods))
        .collect::<Result<_, _>>()?;
    let end = ratios
        .iter()
        .flat_map(BTreeMap::values)
        .fold(0.0_f64, |most, &ratio| most.max(ratio));
    // The step of a task at its ratio adds the rest of the axis to the area, by the task's share.
    let area = |method: &str| {
        let steps = ratios.iter().map(|task| end - task[method]);
        steps.sum::<f64>() / tasks.len() as f64
    };
    Ok(methods
        .iter()
        .map(|&method| (method.to_owned(), area(method)))
        .collect())
}

/// log₁₀ of each method's ratio to the best one.
fn log_ratios<'a>(
    index: usize,
    task: &TaskScores,
    methods: &[&'a str],
) -> Result<BTreeMap<&'a str, f64>, ProfileError> {
    let present: Vec<(&'a str, f64)> = methods
        .iter()
        .filter_map(|&method| Some((method, task.scores.get(method)?.get())))
        .collect();
    if let Some((method, _)) = present.iter().find(|(_, score)| *score <= 0.0) {
        return Err(ProfileError::NotPositive {
            task: index,
            method: (*method).to_owned(),
        });
    }
    // Logarithms, because a ratio of two finite scores may not be finite.
    let cost = |score: f64| -task.direction.orient(score.log10());
    let best = present
        .iter()
        .map(|(_, score)| cost(*score))
        .min_by(f64::total_cmp)
        .ok_or(ProfileError::NoScores(index))?;
    let mut ratios: BTreeMap<&str, f64> = present
        .iter()
        .map(|&(method, score)| (method, (cost(score) - best).min(LARGEST_RATIO.log10())))
        .collect();
    let worst = ratios
        .values()
        .fold(0.0_f64, |most, &ratio| most.max(ratio));
    let missing = (worst + PENALTY.log10()).min(LARGEST_RATIO.log10());
    for &method in methods {
        ratios.entry(method).or_insert(missing);
    }
    Ok(ratios)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(direction: Direction, scores: &[(&str, f64)]) -> TaskScores {
        let scores = scores
            .iter()
            .map(|&(method, score)| (method.to_owned(), Score::new(score).unwrap()));
        TaskScores {
            direction,
            scores: scores.collect(),
        }
    }

    #[track_caller]
    fn check(tasks: &[TaskScores], expected: &[(&str, f64)]) {
        let methods: Vec<&str> = expected.iter().map(|(method, _)| *method).collect();
        let areas = performance_profile_areas(&methods, tasks).unwrap();
        for (method, area) in expected {
            assert!(
                (areas[*method] - area).abs() < 1e-12,
                "{method}: {} is not {area}",
                areas[*method]
            );
        }
    }

    #[test]
    fn areas_by_hand() {
        // a: ratios 1 and 10; b: 10 and 1. The axis ends at log₁₀ 10 = 1, and each has half of it.
        check(
            &[
                task(Direction::Minimize, &[("a", 0.1), ("b", 1.0)]),
                task(Direction::Maximize, &[("a", 5.0), ("b", 50.0)]),
            ],
            &[("a", 0.5), ("b", 0.5)],
        );
    }

    #[test]
    fn a_missing_score_is_twice_as_bad_as_the_worst_and_bounded() {
        let two = 2.0_f64.log10();
        check(
            &[task(Direction::Minimize, &[("a", 1.0), ("b", 10.0)])],
            &[("a", 1.0 + two), ("b", two), ("c", 0.0)],
        );
        check(
            &[task(Direction::Minimize, &[("a", 1.0), ("b", 1e9)])],
            &[("a", 2.0), ("b", 0.0), ("c", 0.0)],
        );
    }

    #[test]
    fn what_has_no_profile() {
        let areas = |tasks: &[TaskScores]| performance_profile_areas(&["a"], tasks).unwrap_err();
        assert_eq!(areas(&[]), ProfileError::NoTasks);
        let nobody = task(Direction::Maximize, &[]);
        assert_eq!(areas(&[nobody]), ProfileError::NoScores(0));
        let zero = task(Direction::Maximize, &[("a", 0.0)]);
        let method = "a".to_owned();
        assert_eq!(
            areas(&[zero]),
            ProfileError::NotPositive { task: 0, method }
        );
    }
}
