//! One agent with one prompt that does everything: what three agents are compared with.

use std::borrow::Cow;

use facts::{Profile, Refusal};
use llm::ToolDefinition;
use prompts::{Checks, SingleSystem, SingleTask, Written, render};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{Formulation, MAX_PROPOSALS, Proposal};

use super::arguments::{tool, typed};
use super::brainstorm::{Refuse, metrics, offered};
use super::conversation::{MOST_CALLS, Toolbox, Turn, converse};
use super::desk::{Desk, Layout};
use super::refactor::SubmitPackage;
use super::{Agent, AgentError, Conversed, Feedback, Files, Workbench, describe, proposed};

/// What the one agent hands in.
#[derive(Clone, Debug, PartialEq)]
pub enum Single {
    /// Packages, at least one, at most [`MAX_PROPOSALS`], of different tasks.
    Packages(Vec<(Proposal, Files)>),
    /// Nothing in the dataset is worth predicting.
    Refused(Refusal),
}

/// Lets a model make packages of a dataset all by itself; with `repair`, only that one again, from the files in `feedback`.
///
/// # Errors
///
/// When the model can't be asked, or a script can't be run for it.
pub async fn single(
    agent: &Agent<'_>,
    profile: &Profile,
    repair: Option<&Proposal>,
    bench: &dyn Workbench,
    feedback: &Feedback,
) -> Result<Conversed<Single>, AgentError> {
    let profile = &*repair.map_or(Cow::Borrowed(profile), |proposal| proposal.seen_in(profile));
    let system = render(&SingleSystem {
        python: agent.python.clone(),
        steps: agent.steps,
        calls: MOST_CALLS,
        checks: Checks::of(agent.policy, Written::Everything),
        most_proposals: MAX_PROPOSALS as u32,
        metrics: metrics(),
        tables: !profile.others.is_empty(),
    });
    let first = render(&SingleTask {
        header: agent.header("single", profile, repair),
        profile: describe::profile(profile),
        documentation: profile.documentation.clone().unwrap_or_default(),
        proposal: repair.map(proposed::proposal).unwrap_or_default(),
        feedback: feedback.told(),
    });
    let mut desk = Desk::new(profile, bench, Layout::Package);
    if let Some(proposal) = repair {
        desk.take_up(proposal.clone(), feedback.previous.clone(), Files::new());
        desk.sent_back(feedback);
    }
    let mut toolbox = Everything {
        desk,
        profile,
        repairs: repair.is_some(),
        packages: Vec::new(),
    };
    converse(agent, system, first, &mut toolbox).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Propose {
    /// The task that your next files are for.
    proposal: Formulation,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Finish {}

struct Everything<'a> {
    desk: Desk<'a>,
    profile: &'a Profile,
    repairs: bool,
    packages: Vec<(Proposal, Files)>,
}

impl Toolbox for Everything<'_> {
    type Handed = Single;

    fn tools(&self) -> Vec<ToolDefinition> {
        let mut tools = self.desk.tools_to_look();
        let propose = tool::<Propose>(
            "propose",
            "Says which task you make next. Problems are answered. Files that were not handed in are forgotten.",
        );
        tools.push(offered(propose, "/properties/proposal", &self.desk));
        tools.extend(Desk::tools_to_make());
        tools.push(SubmitPackage::definition());
        tools.push(tool::<Finish>(
            "finish",
            "Ends the work: all packages are handed in.",
        ));
        tools.push(Refuse::definition());
        tools
    }

    async fn call(&mut self, name: &str, arguments: Value) -> Result<Turn<Single>, AgentError> {
        Ok(match name {
            "propose" => match typed::<Propose>(arguments) {
                Ok(Propose { proposal }) => self.propose(&proposal),
                Err(why) => Turn::wrong(why),
            },
            "submit_package" => self.submit(arguments),
            "finish" if self.packages.is_empty() => {
                Turn::wrong("nothing was handed in; where nothing is worth predicting, `refuse`")
            }
            "finish" => Turn::Done(Single::Packages(std::mem::take(&mut self.packages))),
            "refuse" if !self.packages.is_empty() => {
                Turn::wrong("packages were handed in already; end by `finish`")
            }
            "refuse" => match typed::<Refuse>(arguments) {
                Ok(refuse) if self.repairs => Turn::Declined(Some(refuse.refusal().detail)),
                Ok(refuse) => Turn::Done(Single::Refused(refuse.refusal())),
                Err(why) => Turn::wrong(why),
            },
            _ => {
                let seen = self.desk.call(name, arguments).await?;
                Turn::Said(seen.expect("every other tool is the desk's"))
            }
        })
    }

    fn standing(&self) -> String {
        let made: Vec<&str> = self
            .packages
            .iter()
            .map(|(proposal, _)| proposal.id.as_str())
            .collect();
        if made.is_empty() {
            self.desk.standing()
        } else {
            format!(
                "Handed in already: {}. {}",
                made.join(", "),
                self.desk.standing()
            )
        }
    }

    fn reminder(&self) -> &'static str {
        "Hand in each package by `submit_package`, and end by `finish`."
    }

    fn rest(&mut self) -> Option<Single> {
        (!self.packages.is_empty()).then(|| Single::Packages(std::mem::take(&mut self.packages)))
    }
}

impl Everything<'_> {
    fn propose(&mut self, formulation: &Formulation) -> Turn<Single> {
        if self.repairs {
            return Turn::wrong("the task is given: repair its package");
        }
        match formulation.propose(self.profile) {
            Ok(proposal) => {
                if self.packages.iter().any(|(made, _)| made.id == proposal.id) {
                    return Turn::wrong(
                        "that task is handed in already; propose another, or `finish`",
                    );
                }
                let said = format!(
                    "The task as it is understood:\n{}",
                    prompts::fence("proposal", &proposed::proposal(&proposal), 12_000)
                );
                self.desk.take_up(proposal, Files::new(), Files::new());
                Turn::Said(super::Observation::of(said))
            }
            Err(problems) => {
                let problems: Vec<String> = problems
                    .iter()
                    .map(|problem| format!("- {problem}"))
                    .collect();
                Turn::wrong(prompts::fence(
                    "problems of the proposal",
                    &problems.join("\n"),
                    8_000,
                ))
            }
        }
    }

    fn submit(&mut self, arguments: Value) -> Turn<Single> {
        if let Some(turn) = self.desk.unchanged("refuse") {
            return turn;
        }
        let problems = SubmitPackage::problems(arguments, &self.desk);
        if !problems.is_empty() {
            return Turn::wrong(format!("not handed in:\n- {}", problems.join("\n- ")));
        }
        let Some(package) = self.desk.hand_over() else {
            return Turn::wrong("say first by `propose` which task the files are for");
        };
        self.packages.push(package);
        if self.repairs || self.packages.len() >= MAX_PROPOSALS {
            return Turn::Done(Single::Packages(std::mem::take(&mut self.packages)));
        }
        Turn::Said(super::Observation::of(
            "Handed in. Begin another task by `propose`, or end by `finish`.",
        ))
    }
}
