//! Everything that is run on a finished package but `prepare.py`: the ladder, then an agent's episode, and the
//! metric and the controls, which need what the ladder handed in.

use camino::Utf8Path;
use facts::{AgentFacts, ControlFacts, GradeOutcome, LadderFacts, MetricFacts, RunFailure, Rung};
use fs_err as fs;
use task_format::Manifest;

use crate::agent::{Agent, play};
use crate::episode::{Episode, Options, Task};
use crate::{ExecuteError, Executor, RUNGS, Usage, grader::Grader, ladder::Climb};

/// What trying a package gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// How the metric behaves.
    pub metric: MetricFacts,
    /// Scores of the baselines.
    pub ladder: LadderFacts,
    /// Scores of submissions that can't know anything.
    pub controls: ControlFacts,
    /// What the agent did in an episode.
    pub agent: AgentFacts,
}

impl Executor {
    /// Tries the package at `package`, in which `agent` takes part; `scratch` is an empty folder.
    ///
    /// # Errors
    ///
    /// When a run could not be made, or the agent could not go on. Scripts that misbehave and tables that can't be scored
    /// against are part of the facts.
    pub async fn try_package(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        scratch: &Utf8Path,
        agent: &mut impl Agent,
    ) -> Result<(Trial, Usage), ExecuteError> {
        match self.try_readable(package, manifest, scratch, agent).await {
            Err(error) if error.is_the_packages() => {
                let trial = Trial::impossible(&reason(&error), agent);
                Ok((trial, Usage::default()))
            }
            other => other,
        }
    }

    async fn try_readable(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        scratch: &Utf8Path,
        agent: &mut impl Agent,
    ) -> Result<(Trial, Usage), ExecuteError> {
        let folder = |name: &str| -> Result<_, ExecuteError> {
            let folder = scratch.join(name);
            fs::create_dir_all(&folder).map_err(ExecuteError::files)?;
            Ok(folder)
        };
        let (climbing, probing) = (folder("ladder")?, folder("probe")?);
        let (training, guessing) = (folder("shuffled")?, folder("blind")?);
        let repeating = folder("repeated")?;

        let grader = Grader::new(self, package, manifest)?;
        let (climb, usage) = self
            .climb_with(&grader, package, manifest, &climbing)
            .await?;
        let Climb {
            facts: ladder,
            solved,
            sample,
            shuffled_sample,
            host_constant,
        } = climb;
        let mut floors = vec![shuffled_sample];
        floors.extend(solved.iter().find(|rung| rung.name == RUNGS[0]).cloned());
        floors.extend(host_constant);
        let mut handed_in = solved.clone();
        handed_in.push(sample);
        let direction = grader.direction();
        let (metric, shuffled, blind, repeated, agent) = tokio::join!(
            self.probe_metric(&grader, package, manifest, &handed_in, &probing),
            self.shuffled_training(&grader, package, manifest, &ladder, &floors, &training),
            self.blind_submissions(&grader, package, manifest, &floors, &guessing),
            self.repeat_baseline(package, manifest, direction, &ladder, &solved, &repeating),
            self.agents_episode(package, manifest, agent),
        );
        let (metric, metric_usage) = metric?;
        let (shuffled, shuffled_usage) = shuffled?;
        let (blind, blind_usage) = blind?;
        let (repeated, repeated_usage) = repeated?;
        let (agent, agent_usage) = agent?;
        let usage = [
            metric_usage,
            shuffled_usage,
            blind_usage,
            repeated_usage,
            agent_usage,
        ]
        .into_iter()
        .fold(usage, Usage::and);
        let trial = Trial {
            metric,
            ladder,
            controls: ControlFacts {
                shuffled,
                blind,
                repeated,
            },
            agent,
        };
        Ok((trial, usage))
    }

    /// An episode as users get it. Tables that can't be scored against are its problem, and say nothing of the rest of the
    /// trial.
    async fn agents_episode(
        &self,
        package: &Utf8Path,
        manifest: &Manifest,
        agent: &mut impl Agent,
    ) -> Result<(AgentFacts, Usage), ExecuteError> {
        let playing = async {
            let task = Task::open(self.clone(), package, manifest.clone())?;
            let episode = Episode::new(task, Options::default())?;
            play(agent, episode).await
        };
        match playing.await {
            Err(error) if error.is_the_packages() => {
                Ok((no_episode(&reason(&error), agent), Usage::default()))
            }
            other => other,
        }
    }
}

impl Trial {
    /// The trial of a package whose tables nothing can be scored against.
    fn impossible(reason: &str, agent: &impl Agent) -> Self {
        let rung = |name: &str| Rung {
            name: name.to_owned(),
            score: None,
            interval: None,
            gain_interval: None,
            failure: Some(RunFailure::NotStarted {
                reason: reason.to_owned(),
            }),
            invalid: None,
        };
        let mut controls = ControlFacts::default();
        controls.shuffled.problem = Some(reason.to_owned());
        controls.blind.problem = Some(reason.to_owned());
        Self {
            metric: unprobed(reason),
            ladder: LadderFacts {
                rungs: RUNGS.map(rung).to_vec(),
                sample: unscored(reason),
                sample_shuffled: unscored(reason),
                sample_interval: None,
                host_constants: Vec::new(),
                reference: RUNGS[0].to_owned(),
                constant_predictions: None,
            },
            controls,
            agent: no_episode(reason, agent),
        }
    }
}

/// What is known of a metric that nothing could be scored with.
pub(crate) fn unprobed(reason: &str) -> MetricFacts {
    MetricFacts {
        perfect: unscored(reason),
        perfect_native: None,
        repeats: Vec::new(),
        rows_shuffled: unscored(reason),
        columns_reversed: unscored(reason),
        corrupted: Vec::new(),
        fifths: Vec::new(),
        agreement: Vec::new(),
        malformed: Vec::new(),
        failure: Some(RunFailure::NotStarted {
            reason: reason.to_owned(),
        }),
    }
}

fn unscored(reason: &str) -> GradeOutcome {
    GradeOutcome::Invalid {
        reason: "not_scored".to_owned(),
        message: reason.to_owned(),
    }
}

/// An agent that could not play, and why.
fn no_episode(reason: &str, agent: &impl Agent) -> AgentFacts {
    AgentFacts {
        agent: agent.name().to_owned(),
        model: agent.model().map(str::to_owned),
        problem: Some(reason.to_owned()),
        ..AgentFacts::default()
    }
}

/// The error and its causes in one line.
fn reason(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string())
        .chain(causes.map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(": ")
}
