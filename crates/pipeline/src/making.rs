//! What models make in each stage: conversations held at a workbench, and what is kept of them.
//!
//! A model that hands in nothing has lost an attempt, which is a result; a model that can't be asked is an error.

use std::collections::BTreeMap;
use std::sync::Arc;

use agents::llm::{
    Agent, AgentError, Brainstormed, Conversed, Feedback, Files, Outcome, Single, TEST_RUNNER,
    TEST_SCRIPT,
};
use agents::{Draft, Proposal};
use facts::{PrepareRun, Profile, Refusal, RefusalReason};
use findings::{Finding, Policy};
use llm::{Chat, Settings};
use prompts::PythonEnvironment;
use serde::{Deserialize, Serialize};

use crate::{
    PipelineError, Stage, draft,
    engine::LlmEngine,
    spent::{Meter, Spent},
    stage::Stages,
    verdict,
    workbench::{Bench, bad_path},
};

/// What came of asking for something.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Made<T> {
    /// It was handed in.
    Handed(T),
    /// The agent says that it can't be made: why, in its words; nothing where it handed in again what was rejected.
    Declined(Option<String>),
    /// It was not, for this reason.
    GaveUp(String),
}

impl<T> Made<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Made<U> {
        match self {
            Self::Handed(value) => Made::Handed(change(value)),
            Self::Declined(reason) => Made::Declined(reason),
            Self::GaveUp(reason) => Made::GaveUp(reason),
        }
    }
}

/// That an agent gave a task up, in its words where it has any.
pub(crate) fn given_up(agent: &str, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("{agent} gave up: {reason}"),
        None => format!("{agent} handed in again, unchanged, what was rejected"),
    }
}

/// Something made, and what it took.
pub(crate) struct Making<T> {
    pub(crate) made: Made<T>,
    pub(crate) spent: Spent,
    pub(crate) prompts: BTreeMap<String, String>,
}

/// Who holds conversations for one dataset.
#[derive(Clone, Copy)]
pub(crate) struct Maker<'a> {
    pub(crate) engine: &'a LlmEngine,
    pub(crate) stages: &'a Arc<Stages>,
    pub(crate) python: &'a PythonEnvironment,
    pub(crate) profile: &'a Profile,
}

/// A draft, how its `prepare.py` ran, and what is wrong with it.
pub(crate) struct Drafted {
    pub(crate) draft: Draft,
    pub(crate) run: PrepareRun,
    /// Findings that reject it.
    pub(crate) findings: Vec<Finding>,
    /// What its own test script says against it.
    pub(crate) notes: Vec<String>,
}

impl Maker<'_> {
    fn meter(&self, stage: Stage, subject: &str, agent: &'static str) -> Arc<Meter> {
        Meter::new(self.stages, stage, subject, agent)
    }

    /// A model in a role, heard by a meter.
    pub(crate) fn model(
        &self,
        settings: &Settings,
        meter: &Arc<Meter>,
    ) -> Result<llm::Model, PipelineError> {
        self.engine
            .client
            .model(settings, Arc::clone(meter) as Arc<dyn llm::Listener>)
            .map_err(PipelineError::model)
    }

    fn agent<'a>(
        &'a self,
        chat: &'a dyn Chat,
        policy: &'a Policy,
        steps: u32,
        attempt: u32,
    ) -> Agent<'a> {
        Agent {
            chat,
            policy,
            python: self.python,
            steps,
            attempt,
        }
    }

    /// Proposals of a dataset, or why there is nothing to propose.
    pub(crate) async fn brainstorm(
        &self,
        bench: &Bench<'_>,
        attempt: u32,
        feedback: &Feedback,
    ) -> Result<Making<Brainstormed>, PipelineError> {
        let subject = self.profile.dataset.slug.as_str();
        let meter = self.meter(Stage::Brainstorm, subject, "brainstormer");
        let model = self.model(&self.engine.roles.brainstormer, &meter)?;
        let policy = Policy::embedded();
        let steps = self.engine.caps.brainstorm_steps;
        let agent = self.agent(&model, &policy, steps, attempt);
        let conversed = agents::llm::brainstorm(&agent, self.profile, bench, feedback).await;
        kept(conversed, &meter)
    }

    /// Proposals and packages in one conversation; with `repair`, the package of that one again.
    pub(crate) async fn single(
        &self,
        bench: &Bench<'_>,
        repair: Option<&Proposal>,
        attempt: u32,
        feedback: &Feedback,
    ) -> Result<Making<Single>, PipelineError> {
        let (stage, subject) = match repair {
            None => (Stage::Brainstorm, self.profile.dataset.slug.as_str()),
            Some(proposal) => (Stage::Refactor, proposal.id.as_str()),
        };
        let meter = self.meter(stage, subject, "single");
        let model = self.model(&self.engine.roles.brainstormer, &meter)?;
        let policy = Policy::embedded();
        let agent = self.agent(&model, &policy, self.engine.caps.single_steps, attempt);
        let conversed = agents::llm::single(&agent, self.profile, repair, bench, feedback).await;
        kept(conversed, &meter)
    }

    /// A draft of a proposal, tried.
    pub(crate) async fn design(
        &self,
        bench: &Bench<'_>,
        proposal: &Proposal,
        attempt: u32,
        feedback: &Feedback,
    ) -> Result<Making<Drafted>, PipelineError> {
        let meter = self.meter(Stage::Design, proposal.id.as_str(), "designer");
        let model = self.model(&self.engine.roles.designer, &meter)?;
        let policy = Policy::embedded();
        let steps = self.engine.caps.design_steps;
        let agent = self.agent(&model, &policy, steps, attempt);
        let conversed = agents::llm::design(&agent, self.profile, proposal, bench, feedback).await;
        let Making {
            made,
            spent,
            prompts,
        } = kept(conversed, &meter)?;
        let made = match made {
            Made::Handed(draft) => Made::Handed(tried(bench, draft).await?),
            Made::Declined(reason) => Made::Declined(reason),
            Made::GaveUp(reason) => Made::GaveUp(reason),
        };
        Ok(Making {
            made,
            spent,
            prompts,
        })
    }

    /// The files of a package in the unified format.
    pub(crate) async fn refactor(
        &self,
        bench: &Bench<'_>,
        proposal: &Proposal,
        draft: &Draft,
        attempt: u32,
        feedback: &Feedback,
    ) -> Result<Making<Files>, PipelineError> {
        let meter = self.meter(Stage::Refactor, proposal.id.as_str(), "refactor");
        let model = self.model(&self.engine.roles.refactor, &meter)?;
        let policy = Policy::embedded();
        let steps = self.engine.caps.refactor_steps;
        let agent = self.agent(&model, &policy, steps, attempt);
        let conversed =
            agents::llm::refactor(&agent, self.profile, proposal, draft, bench, feedback).await;
        kept(conversed, &meter)
    }
}

/// Runs what a draft brings to be run, and looks at its scripts.
pub(crate) async fn tried(bench: &Bench<'_>, draft: Draft) -> Result<Drafted, PipelineError> {
    let modules = bench
        .executor
        .environment()
        .python_modules()
        .map_err(PipelineError::files)?;
    let run = match bad_path(&draft.files) {
        Some(why) => draft::not_started(&why),
        None if draft.files.contains_key(task_format::PREPARE) => {
            bench.prepare(&draft.files).await?.run
        }
        None => draft::no_prepare(),
    };
    let findings: Vec<Finding> = draft::verdict(&draft.files, &run, &modules)
        .rejecting()
        .cloned()
        .collect();
    let mut notes = Vec::new();
    if findings.is_empty() && draft.files.contains_key(TEST_SCRIPT) {
        let seen = bench.python(&draft.files, TEST_RUNNER).await?;
        if seen.failed {
            notes.push(format!("`{TEST_SCRIPT}` failed:\n{}", seen.text));
        }
    }
    Ok(Drafted {
        draft,
        run,
        findings,
        notes,
    })
}

/// What is kept of a conversation.
fn kept<T>(
    conversed: Result<Conversed<T>, AgentError>,
    meter: &Meter,
) -> Result<Making<T>, PipelineError> {
    let spent = meter.spent()?;
    let conversed = conversed.map_err(PipelineError::agent)?;
    let made = match conversed.outcome {
        Outcome::Handed(value) => Made::Handed(value),
        Outcome::Declined { reason } => Made::Declined(reason),
        Outcome::GaveUp { reason, steps } => {
            Made::GaveUp(format!("{reason} (after {steps} replies)"))
        }
    };
    Ok(Making {
        made,
        spent,
        prompts: conversed.trace.prompts,
    })
}

/// The refusal of a dataset for which a model proposed nothing that holds.
pub(crate) fn nothing_proposed(reason: &str) -> Refusal {
    Refusal {
        reason: RefusalReason::NoTarget,
        detail: format!("the Brainstormer proposed nothing that holds: {reason}"),
    }
}

/// What a verdict has against a candidate, to be told: what rejects, then what warns.
pub(crate) fn told(verdict: &findings::Verdict) -> Vec<Finding> {
    verdict
        .rejecting()
        .chain(verdict.warnings())
        .cloned()
        .collect()
}

/// Those findings that reject.
pub(crate) fn rejecting(findings: &[Finding]) -> Vec<Finding> {
    let rejects = |finding: &&Finding| finding.rejects();
    findings.iter().filter(rejects).cloned().collect()
}

/// Ids of findings, with the mark of what no check has an id for.
pub(crate) fn ids(findings: &[Finding]) -> Vec<String> {
    verdict::ids(findings.iter())
}
