//! The Designer: makes a running draft of a proposal, in whatever layout it likes.

use facts::Profile;
use llm::ToolDefinition;
use prompts::{Checks, DesignerSystem, DesignerTask, Written, render};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{Draft, Proposal};

use super::arguments::{tool, typed};
use super::conversation::{MOST_CALLS, Toolbox, Turn, converse};
use super::desk::{Desk, GiveUp, Layout};
use super::{Agent, AgentError, Conversed, Feedback, Files, Workbench, describe, proposed};

/// The script by which a draft tries itself.
pub const TEST_SCRIPT: &str = "test_task.py";

/// Runs it: the script itself defines `main` and does nothing else.
pub const TEST_RUNNER: &str = r#"from pathlib import Path

from prepare import prepare
import test_task

public, private = Path("tested/public"), Path("tested/private")
public.mkdir(parents=True)
private.mkdir(parents=True)
prepare(Path("raw"), public, private)
test_task.main(public, private)
"#;

/// Files that every draft has.
const REQUIRED: [&str; 4] = ["prepare.py", "metric.py", "description.md", TEST_SCRIPT];

/// Lets a model make a draft of a proposal. `prepare.py` and the test script went well with exactly the files
/// that are handed in.
///
/// # Errors
///
/// When the model can't be asked, or a script can't be run for it.
pub async fn design(
    agent: &Agent<'_>,
    profile: &Profile,
    proposal: &Proposal,
    bench: &dyn Workbench,
    feedback: &Feedback,
) -> Result<Conversed<Draft>, AgentError> {
    let profile = &*proposal.seen_in(profile);
    let system = render(&DesignerSystem {
        python: agent.python.clone(),
        steps: agent.steps,
        calls: MOST_CALLS,
        checks: Checks::of(agent.policy, Written::Draft),
        tables: !profile.others.is_empty(),
    });
    let first = render(&DesignerTask {
        header: agent.header("designer", profile, Some(proposal)),
        proposal: proposed::proposal(proposal),
        metric: describe::metric(proposal),
        profile: describe::profile(profile),
        documentation: profile.documentation.clone().unwrap_or_default(),
        feedback: feedback.told(),
    });
    let mut desk = Desk::new(profile, bench, Layout::Draft);
    desk.take_up(proposal.clone(), feedback.previous.clone(), Files::new());
    desk.sent_back(feedback);
    converse(agent, system, first, &mut Designer { desk }).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Submit {
    /// What the Refactor, who gets your files next, should know: how they are laid out, where the data contradicted the proposal. May be empty.
    #[serde(default)]
    notes: Option<String>,
}

struct Designer<'a> {
    desk: Desk<'a>,
}

impl Toolbox for Designer<'_> {
    type Handed = Draft;

    fn tools(&self) -> Vec<ToolDefinition> {
        let mut tools = self.desk.tools_to_look();
        tools.extend(Desk::tools_to_make());
        tools.push(Desk::tool_to_test());
        tools.push(tool::<Submit>(
            "submit_draft",
            "Hands in your files as the draft. `run_prepare` and `run_test` must have gone well with exactly these files.",
        ));
        tools.push(GiveUp::definition());
        tools
    }

    async fn call(&mut self, name: &str, arguments: Value) -> Result<Turn<Draft>, AgentError> {
        if name == GiveUp::NAME {
            return Ok(GiveUp::turn(arguments));
        }
        if name != "submit_draft" {
            let seen = self.desk.call(name, arguments).await?;
            return Ok(Turn::Said(seen.expect("every other tool is the desk's")));
        }
        let notes = match typed::<Submit>(arguments) {
            Ok(Submit { notes }) => notes.filter(|text| !text.trim().is_empty()),
            Err(why) => return Ok(Turn::wrong(why)),
        };
        if let Some(turn) = self.desk.unchanged(GiveUp::NAME) {
            return Ok(turn);
        }
        let mut missing = self.desk.missing(&REQUIRED);
        missing.extend(self.desk.untested());
        if !missing.is_empty() {
            return Ok(Turn::wrong(format!(
                "not handed in:\n- {}",
                missing.join("\n- ")
            )));
        }
        let files = std::mem::take(&mut self.desk.files);
        Ok(Turn::Done(Draft { files, notes }))
    }

    fn standing(&self) -> String {
        self.desk.standing()
    }

    fn reminder(&self) -> &'static str {
        "When `run_prepare` and `run_test` have gone well with all your files, hand in by `submit_draft`; where no honest draft can be made, end by `give_up`."
    }
}
