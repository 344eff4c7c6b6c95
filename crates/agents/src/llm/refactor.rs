//! The Refactor: makes the unified package of a draft, whatever its layout.

use facts::Profile;
use llm::ToolDefinition;
use prompts::{Checks, RefactorSystem, RefactorTask, Written, render};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{Draft, Proposal};

use super::arguments::{tool, typed};
use super::conversation::{MOST_CALLS, Toolbox, Turn, converse};
use super::desk::{Desk, GiveUp, Layout};
use super::{Agent, AgentError, Conversed, Feedback, Files, Workbench, describe, proposed};

/// The files of a package that are written; everything else is made of them.
const PACKAGE: [&str; 3] = ["prepare.py", "metric.py", "description.md"];

/// Lets a model make the unified package of a draft. The checks have run on exactly the files that are handed in; where they reject
/// them, the model has said why it can't be helped.
///
/// # Errors
///
/// When the model can't be asked, or a script can't be run for it.
pub async fn refactor(
    agent: &Agent<'_>,
    profile: &Profile,
    proposal: &Proposal,
    draft: &Draft,
    bench: &dyn Workbench,
    feedback: &Feedback,
) -> Result<Conversed<Files>, AgentError> {
    let profile = &*proposal.seen_in(profile);
    let system = render(&RefactorSystem {
        python: agent.python.clone(),
        steps: agent.steps,
        calls: MOST_CALLS,
        checks: Checks::of(agent.policy, Written::Package),
        tables: !profile.others.is_empty(),
    });
    let first = render(&RefactorTask {
        header: agent.header("refactor", profile, Some(proposal)),
        proposal: proposed::proposal(proposal),
        metric: describe::metric(proposal),
        profile: describe::profile(profile),
        documentation: profile.documentation.clone().unwrap_or_default(),
        draft: super::agent::sizes(&draft.files),
        notes: draft.notes.clone().unwrap_or_default(),
        feedback: feedback.told(),
    });
    let mut desk = Desk::new(profile, bench, Layout::Package);
    desk.take_up(
        proposal.clone(),
        feedback.previous.clone(),
        draft.files.clone(),
    );
    desk.sent_back(feedback);
    converse(agent, system, first, &mut Refactor { desk }).await
}

/// How a package is handed in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SubmitPackage {
    /// Why findings that reject are left: what about the data or the proposal makes them impossible to repair. The checks decide all the same. Null when none is left.
    #[serde(default)]
    unresolved: Option<String>,
}

impl SubmitPackage {
    pub(super) fn definition() -> ToolDefinition {
        tool::<Self>(
            "submit_package",
            "Hands in prepare.py, metric.py and description.md as the package. `run_prepare` and `run_assertions` must have run on exactly these files.",
        )
    }

    /// What keeps the files of the desk from being handed in; empty when nothing does.
    pub(super) fn problems(arguments: Value, desk: &Desk<'_>) -> Vec<String> {
        let submit: Self = match typed(arguments) {
            Ok(submit) => submit,
            Err(why) => return vec![why],
        };
        let mut problems = desk.missing(&PACKAGE);
        problems.extend(
            desk.files
                .keys()
                .filter(|path| !PACKAGE.contains(&path.as_str()))
                .map(|path| format!("`{path}` is no file of a package; remove it")),
        );
        problems.extend(desk.unchecked(submit.unresolved.as_deref()));
        problems
    }
}

struct Refactor<'a> {
    desk: Desk<'a>,
}

impl Toolbox for Refactor<'_> {
    type Handed = Files;

    fn tools(&self) -> Vec<ToolDefinition> {
        let mut tools = self.desk.tools_to_look();
        tools.extend(Desk::tools_to_make());
        tools.push(SubmitPackage::definition());
        tools.push(GiveUp::definition());
        tools
    }

    async fn call(&mut self, name: &str, arguments: Value) -> Result<Turn<Files>, AgentError> {
        if name == GiveUp::NAME {
            return Ok(GiveUp::turn(arguments));
        }
        if name != "submit_package" {
            let seen = self.desk.call(name, arguments).await?;
            return Ok(Turn::Said(seen.expect("every other tool is the desk's")));
        }
        if let Some(turn) = self.desk.unchanged(GiveUp::NAME) {
            return Ok(turn);
        }
        let problems = SubmitPackage::problems(arguments, &self.desk);
        Ok(if problems.is_empty() {
            Turn::Done(std::mem::take(&mut self.desk.files))
        } else {
            Turn::wrong(format!("not handed in:\n- {}", problems.join("\n- ")))
        })
    }

    fn standing(&self) -> String {
        self.desk.standing()
    }

    fn reminder(&self) -> &'static str {
        "When `run_prepare` and `run_assertions` have run on your files, hand in by `submit_package`; where no honest package can be made, end by `give_up`."
    }
}
