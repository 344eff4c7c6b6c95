//! The end of an episode: its best submission is scored on the rows that were not shown, and on all. Nothing is run by agents here.

use camino::Utf8Path;
use process::Fault;

use super::observation::{Milestone, PositionScore};
use super::referee::{Ruling, Side};
use super::{ATTEMPTS, Episode};
use crate::{ExecuteError, Usage};

/// How an episode ended.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Finished {
    /// Steps that were taken.
    pub steps: u64,
    /// The best score on the feedback rows.
    pub feedback_score: Option<f64>,
    /// The score of that submission on the final rows.
    pub final_score: Option<f64>,
    /// The score of that submission on all rows of the answers: comparable with the ladder, whose scores are on all rows too.
    pub score: Option<f64>,
    /// Milestones that the final score reaches.
    pub milestones_reached: Vec<Milestone>,
    /// Where the final score stands, where there is a leaderboard.
    pub position_score: Option<PositionScore>,
    /// Why there is no final score, or none on all rows, although there is one on the feedback rows.
    pub invalid: Option<String>,
    /// The final rows were the feedback rows: on a part of the rows the metric has no value.
    pub same_rows: bool,
}

impl Episode {
    /// As `rule`, more than once where the host could not: nobody can ask again.
    async fn rule_at_last(
        &self,
        side: Side,
        submission: &Utf8Path,
    ) -> Result<(Ruling, Usage), ExecuteError> {
        for _ in 1..ATTEMPTS {
            match self.rule(side, submission).await {
                Err(error) if error.fault() == Fault::Transient => {
                    tracing::warn!(%error, "a submission is scored again");
                }
                other => return other,
            }
        }
        self.rule(side, submission).await
    }

    /// Ends the episode: scores the best submission on the final rows, and on all rows. Also says what all runs of the episode
    /// cost.
    ///
    /// # Errors
    ///
    /// When the host can't run the metric, for a fault that may pass at the third attempt.
    pub async fn finish(self) -> Result<(Finished, Usage), ExecuteError> {
        let mut finished = Finished {
            steps: self.spent.steps,
            feedback_score: self.memory.best,
            final_score: None,
            score: None,
            milestones_reached: Vec::new(),
            position_score: None,
            invalid: None,
            same_rows: !self.task.referee().sides_differ(),
        };
        if self.memory.best.is_none() {
            return Ok((finished, self.usage));
        }
        let best = self.path("best.csv");
        let (on_final, cost) = self.rule_at_last(Side::Final, &best).await?;
        let (on_all, more) = self.rule_at_last(Side::All, &best).await?;
        let usage = self.usage.and(cost).and(more);
        match on_final {
            Ruling::Scored(score) => {
                finished.final_score = Some(score);
                finished.milestones_reached = self.yardstick.reached(score);
                finished.position_score = self.yardstick.position(score);
            }
            Ruling::Invalid { message, .. } => finished.invalid = Some(message),
        }
        match on_all {
            Ruling::Scored(score) => finished.score = Some(score),
            Ruling::Invalid { message, .. } => finished.invalid = Some(message),
        }
        Ok((finished, usage))
    }
}
