//! The ladder's scores, oriented so that more is better.
//!
//! **Floor**: what a submission that knows nothing gets, the best of the constant, the constants that the host made of train,
//! and the shuffled sample. For most metrics that is a constant; for macro F1 guessing beats any. The host's own are there because
//! the package brings the others: a weak constant and a wild sample must not make room for noise.

use facts::{GradeOutcome, LadderFacts, Rung};
use findings::Finding;
use scoring::{Direction, Metric};

use crate::context::Context;

/// Name of the rung that knows nothing.
const CONSTANT: &str = "constant";

/// The ladder, read.
pub(super) struct Ladder<'a> {
    pub(super) direction: Direction,
    pub(super) optimum: f64,
    metric: Option<Metric>,
    facts: &'a LadderFacts,
}

/// A score with its interval, oriented so that more is better.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub(super) score: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl<'a> Ladder<'a> {
    pub(super) fn new(cx: Context<'a>) -> Result<Self, Box<Finding>> {
        let facts = cx.ladder()?;
        let metric = &cx.manifest()?.metric;
        Ok(Self {
            direction: metric.direction,
            optimum: metric.optimum,
            metric: Metric::from_name(&metric.name),
            facts,
        })
    }

    /// The constant with its score.
    pub(super) fn constant(&self, cx: &Context<'_>) -> Result<(&'a Rung, f64), Box<Finding>> {
        let constant = self.facts.rungs.iter().find(|rung| rung.name == CONSTANT);
        let scored = constant.and_then(|rung| Some((rung, rung.score?)));
        scored.ok_or_else(|| cx.error("the constant baseline has no score, so there is no floor"))
    }

    /// The baselines that learn, in order of the ladder.
    pub(super) fn learners(&self) -> impl Iterator<Item = &'a Rung> {
        self.facts.rungs.iter().filter(|rung| rung.name != CONSTANT)
    }

    /// The learner with the best score.
    pub(super) fn best(&self, cx: &Context<'_>) -> Result<(&'a Rung, f64), Box<Finding>> {
        let scored = self.learners().filter_map(|rung| Some((rung, rung.score?)));
        let best = scored.max_by(|a, b| {
            self.direction
                .orient(a.1)
                .total_cmp(&self.direction.orient(b.1))
        });
        best.ok_or_else(|| cx.error("no baseline but the constant has a score"))
    }

    /// All rungs.
    pub(super) fn rungs(&self) -> &'a [Rung] {
        &self.facts.rungs
    }

    /// The score of a submission that knows nothing.
    pub(super) fn floor(&self, cx: &Context<'_>) -> Result<f64, Box<Finding>> {
        let (_, constant) = self.constant(cx)?;
        let shuffled = match self.facts.sample_shuffled {
            GradeOutcome::Score { value } => Some(value),
            _ => None,
        };
        let of_host = self.facts.host_constants.iter().map(|(_, score)| *score);
        let others = of_host.chain([shuffled]).flatten();
        let better = |a, b| if self.direction.better(b, a) { b } else { a };
        Ok(others.fold(constant, better))
    }

    /// What gains are measured against, with its score: the better of the package's constant and the host's.
    pub(super) fn reference(&self, cx: &Context<'_>) -> Result<(&'a str, f64), Box<Finding>> {
        let (_, constant) = self.constant(cx)?;
        let mut of_host = self.facts.host_constants.iter();
        let found = of_host.find(|(name, _)| *name == self.facts.reference);
        let scored = found.and_then(|(name, score)| Some((name.as_str(), (*score)?)));
        Ok(scored.unwrap_or((CONSTANT, constant)))
    }

    /// How many different predictions the constant made; `None` when it made none.
    pub(super) fn constant_predictions(&self) -> Option<usize> {
        self.facts.constant_predictions
    }

    /// How much of the way from the floor to the optimum a score has gone: 0 at the floor, 1 at the optimum.
    ///
    /// Root mean squared errors are compared as mean squared errors: then the share is that of the variance explained, the
    /// same as R² would say of the same predictions. `None` when the floor is the optimum.
    pub(super) fn share(&self, floor: f64, score: f64) -> Option<f64> {
        let scale = |score: f64| match self.metric {
            Some(Metric::Rmse | Metric::Rmsle) => score * score,
            _ => score,
        };
        let range = scale(self.optimum) - scale(floor);
        (range != 0.0).then(|| (scale(score) - scale(floor)) / range)
    }

    /// A rung's spread; its score alone where there is no interval.
    pub(super) fn spread(&self, rung: &Rung) -> Option<Spread> {
        Some(self.oriented(rung.score?, rung.interval))
    }

    /// The sample submission's spread.
    pub(super) fn sample(&self) -> Result<Spread, String> {
        let value = scored(&self.facts.sample, "the sample submission")?;
        Ok(self.oriented(value, self.facts.sample_interval))
    }

    /// The shuffled sample's spread: as wide as the sample's own, because it has the same values.
    pub(super) fn shuffled(&self) -> Result<Spread, String> {
        let value = scored(
            &self.facts.sample_shuffled,
            "the shuffled sample submission",
        )?;
        let sample = scored(&self.facts.sample, "the sample submission")?;
        let interval = self
            .facts
            .sample_interval
            .map(|(low, high)| (low + value - sample, high + value - sample));
        Ok(self.oriented(value, interval))
    }

    fn oriented(&self, score: f64, interval: Option<(f64, f64)>) -> Spread {
        let (a, b) = interval.unwrap_or((score, score));
        let (a, b) = (self.direction.orient(a), self.direction.orient(b));
        Spread {
            score: self.direction.orient(score),
            low: a.min(b),
            high: a.max(b),
        }
    }
}

impl Spread {
    /// Whether this is better than the other by more than both intervals.
    pub(super) fn beats(&self, other: &Self) -> bool {
        self.low > other.high
    }
}

fn scored(outcome: &GradeOutcome, what: &str) -> Result<f64, String> {
    match outcome {
        GradeOutcome::Score { value } => Ok(*value),
        other => Err(format!("{what} is {}", crate::format::outcome(other))),
    }
}
