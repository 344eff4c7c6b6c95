//! The Brainstormer: explores a dataset, and proposes what is worth predicting, or says that nothing is.

use facts::{Profile, Refusal, RefusalReason};
use llm::ToolDefinition;
use prompts::{BrainstormerSystem, BrainstormerTask, Checks, Written, render};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use task_format::Objective;

use crate::{Formulation, MAX_PROPOSALS, Proposal, merge, metrics_for};

use super::arguments::{tool, typed, without};
use super::conversation::{MOST_CALLS, Toolbox, Turn, converse};
use super::desk::{Desk, Layout};
use super::{Agent, AgentError, Conversed, Feedback, Workbench, describe};

/// What a Brainstormer hands in.
#[derive(Clone, Debug, PartialEq)]
pub enum Brainstormed {
    /// What is worth predicting: at least one, at most [`MAX_PROPOSALS`], the best first, without duplicates.
    Proposals(Vec<Proposal>),
    /// Nothing is.
    Refused(Refusal),
}

/// Lets a model propose tasks for a dataset.
///
/// # Errors
///
/// When the model can't be asked, or a script can't be run for it.
pub async fn brainstorm(
    agent: &Agent<'_>,
    profile: &Profile,
    bench: &dyn Workbench,
    feedback: &Feedback,
) -> Result<Conversed<Brainstormed>, AgentError> {
    let system = render(&BrainstormerSystem {
        python: agent.python.clone(),
        steps: agent.steps,
        calls: MOST_CALLS,
        checks: Checks::of(agent.policy, Written::Proposal),
        most_proposals: MAX_PROPOSALS as u32,
        metrics: metrics(),
        tables: !profile.others.is_empty(),
    });
    let first = render(&BrainstormerTask {
        header: agent.header("brainstormer", profile, None),
        profile: describe::profile(profile),
        documentation: profile.documentation.clone().unwrap_or_default(),
        feedback: feedback.told(),
    });
    let mut toolbox = Brainstormer {
        desk: Desk::new(profile, bench, Layout::Draft),
        profile,
    };
    converse(agent, system, first, &mut toolbox).await
}

/// The metrics that a model can choose from, a line for each objective.
pub(super) fn metrics() -> Vec<String> {
    use Objective::{Binary, Detection, Multiclass, Ordinal, Regression};
    [
        ("binary", Binary),
        ("multiclass", Multiclass),
        ("ordinal", Ordinal),
        ("detection", Detection),
        ("regression", Regression),
    ]
    .map(|(name, objective)| {
        let names: Vec<&str> = metrics_for(objective)
            .into_iter()
            .map(|metric| metric.name())
            .collect();
        format!("`{name}`: {}", names.join(", "))
    })
    .into()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Proposals {
    /// One to three tasks, the best first.
    #[schemars(length(min = 1, max = 3))]
    proposals: Vec<Formulation>,
}

/// The tool without what a formulation at that place says of several tables, where the dataset has one.
pub(super) fn offered(tool: ToolDefinition, formulation: &str, desk: &Desk<'_>) -> ToolDefinition {
    if desk.has_tables() {
        tool
    } else {
        without(tool, formulation, &["table", "sources"])
    }
}

/// A refusal by a model.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refuse {
    /// The class of the reason.
    reason: Reason,
    /// One sentence for a person, with what you measured.
    detail: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reason {
    /// Too few rows for a meaningful split.
    NotEnoughRows,
    /// No column is worth predicting, or nothing could predict it.
    NoTarget,
    /// Every column names things: a lookup table.
    IdentifiersOnly,
    /// The data are damaged.
    Unreadable,
}

impl Refuse {
    pub(super) fn definition() -> ToolDefinition {
        tool::<Self>(
            "refuse",
            "Ends the work without a proposal: nothing in this dataset is worth predicting, or can be.",
        )
    }

    pub(super) fn refusal(self) -> Refusal {
        Refusal {
            reason: match self.reason {
                Reason::NotEnoughRows => RefusalReason::NotEnoughRows,
                Reason::NoTarget => RefusalReason::NoTarget,
                Reason::IdentifiersOnly => RefusalReason::IdentifiersOnly,
                Reason::Unreadable => RefusalReason::Unreadable,
            },
            detail: one_line(&self.detail),
        }
    }
}

struct Brainstormer<'a> {
    desk: Desk<'a>,
    profile: &'a Profile,
}

impl Toolbox for Brainstormer<'_> {
    type Handed = Brainstormed;

    fn tools(&self) -> Vec<ToolDefinition> {
        let mut tools = self.desk.tools_to_look();
        let submit = tool::<Proposals>(
            "submit_proposals",
            "Hands in the proposals, all at once. Problems are answered; then correct them and hand in all again.",
        );
        tools.push(offered(submit, "/properties/proposals/items", &self.desk));
        tools.push(Refuse::definition());
        tools
    }

    async fn call(
        &mut self,
        name: &str,
        arguments: Value,
    ) -> Result<Turn<Brainstormed>, AgentError> {
        Ok(match name {
            "submit_proposals" => match typed(arguments) {
                Ok(proposals) => self.submit(&proposals),
                Err(why) => Turn::wrong(why),
            },
            "refuse" => match typed::<Refuse>(arguments) {
                Ok(refuse) => Turn::Done(Brainstormed::Refused(refuse.refusal())),
                Err(why) => Turn::wrong(why),
            },
            _ => Turn::Said(
                self.desk
                    .call(name, arguments)
                    .await?
                    .expect("every other tool is the desk's"),
            ),
        })
    }

    fn standing(&self) -> String {
        String::new()
    }

    fn reminder(&self) -> &'static str {
        "When you have decided, hand in by `submit_proposals`, or say by `refuse` that nothing is worth predicting."
    }
}

impl Brainstormer<'_> {
    fn submit(&self, handed: &Proposals) -> Turn<Brainstormed> {
        let mut proposals = Vec::new();
        let mut problems = Vec::new();
        for (index, formulation) in handed.proposals.iter().enumerate() {
            match formulation.propose(self.profile) {
                Ok(proposal) => proposals.push(proposal),
                Err(these) => problems.extend(
                    these
                        .iter()
                        .map(|problem| format!("- proposal {}: {problem}", index + 1)),
                ),
            }
        }
        if problems.is_empty() {
            Turn::Done(Brainstormed::Proposals(merge(proposals)))
        } else {
            Turn::wrong(format!(
                "not handed in, because of these problems:\n{}",
                prompts::fence("problems of the proposals", &problems.join("\n"), 8_000)
            ))
        }
    }
}

/// A sentence of a model for people: on one line, without what could play tricks on a terminal, not too long.
pub(super) fn one_line(text: &str) -> String {
    const MOST: usize = 500;
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST)
        .collect()
}
