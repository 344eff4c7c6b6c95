//! Who proposes and writes tasks: rules, or models in several roles with their settings.

use std::collections::BTreeMap;

use agents::llm::ReactLimits;
use environment::Realised;
use llm::{Client, Settings};
use prompts::PythonEnvironment;
use serde::{Deserialize, Serialize};

use crate::{PipelineError, Stage};

/// Who proposes and writes tasks.
pub enum Engine {
    /// Deterministic rules.
    Rules,
    /// Models.
    Llm(Box<LlmEngine>),
}

/// Models in their roles, and how they are used.
pub struct LlmEngine {
    /// Asks them, within one budget.
    pub client: Client,
    /// Which model plays what.
    pub roles: Roles,
    /// What is switched off.
    pub ablation: Ablation,
    /// Who takes part in the episode of verification.
    pub test_agent: TestAgent,
    /// How much of it.
    pub caps: Caps,
    /// Whose replies these are, where it matters that all are: what a recording is made of, or what is replayed. Nothing of
    /// what was made with other replies is taken over.
    pub replies: Option<String>,
}

impl LlmEngine {
    /// The roles that are asked, by name.
    pub fn used(&self) -> impl Iterator<Item = (&'static str, &Settings)> {
        let used = |role: &str| match role {
            "reviewer" => !self.ablation.no_review,
            "agent" => self.test_agent == TestAgent::React,
            "designer" | "refactor" => !self.ablation.single_prompt,
            _ => true,
        };
        self.roles
            .each()
            .into_iter()
            .filter(move |(role, _)| used(role))
    }
}

/// Which model plays what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Roles {
    /// Proposes; also plays the monolith of [`Ablation::single_prompt`].
    pub brainstormer: Settings,
    /// Writes drafts.
    pub designer: Settings,
    /// Brings drafts into the unified format.
    pub refactor: Settings,
    /// Judges candidates.
    pub reviewer: Settings,
    /// Takes part in episodes, where a model does.
    pub agent: Settings,
}

/// Parts of the pipeline that are switched off, to measure what they give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ablation {
    /// No model judges candidates: the reviewer by rules does alone.
    pub no_review: bool,
    /// One attempt at each stage: what is found after something was handed in is told to no agent. Inside a conversation the tools
    /// still answer.
    pub no_feedback: bool,
    /// One conversation makes proposals and packages, instead of three agents; what is found wrong goes back to the same prompt.
    pub single_prompt: bool,
}

/// Who takes part in the episode of verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestAgent {
    /// An agent without a model.
    #[default]
    Scripted,
    /// The model of [`Roles::agent`].
    React,
}

/// Most attempts, steps and repairs. The numbers are those of the design; the paper's designer is done within 15 steps in 92 of
/// 100 cases, its refactor within 22.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Caps {
    /// Attempts at proposals.
    pub brainstorm: u32,
    /// Attempts at a draft, each time one is asked for.
    pub design: u32,
    /// Attempts at a package, each time one is asked for.
    pub refactor: u32,
    /// How often a reviewer may send a candidate back.
    pub review: u32,
    /// How often execution may send a candidate back.
    pub execute: u32,
    /// Most replies of one conversation of the Brainstormer.
    pub brainstorm_steps: u32,
    /// The same of the Designer.
    pub design_steps: u32,
    /// The same of the Refactor.
    pub refactor_steps: u32,
    /// The same of the monolith.
    pub single_steps: u32,
    /// Most replies of the test agent in its episode.
    pub agent_steps: u32,
    /// Most tokens of the test agent in its episode.
    pub agent_tokens: u64,
    /// Most US dollars of the test agent in its episode; `None` for any.
    pub agent_usd: Option<f64>,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            brainstorm: 2,
            design: 3,
            refactor: 3,
            review: 2,
            execute: 1,
            brainstorm_steps: 20,
            design_steps: 30,
            refactor_steps: 30,
            single_steps: 90,
            agent_steps: 20,
            agent_tokens: 400_000,
            agent_usd: None,
        }
    }
}

impl Caps {
    /// What the test agent may use up in its episode.
    pub fn of_agent(self) -> ReactLimits {
        ReactLimits {
            steps: self.agent_steps,
            tokens: Some(self.agent_tokens),
            usd: self.agent_usd,
        }
    }

    /// One attempt at everything.
    fn once(self) -> Self {
        Self {
            brainstorm: 1,
            design: 1,
            refactor: 1,
            review: 0,
            execute: 0,
            ..self
        }
    }
}

impl Engine {
    /// Its name in manifests.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Llm(_) => "llm",
        }
    }

    /// How often something may be tried. Rules would write the same again.
    pub(crate) fn caps(&self) -> Caps {
        match self {
            Self::Rules => Caps::default().once(),
            Self::Llm(engine) if engine.ablation.no_feedback => engine.caps.once(),
            Self::Llm(engine) => engine.caps,
        }
    }

    /// Everything of it that the result of one attempt at a stage depends on beside the stage's inputs, as text: who is
    /// asked, for how long, by which prompts. Where models are and what they cost is no part of it, nor is how often a stage
    /// may be tried.
    pub(crate) fn part_in(&self, stage: Stage) -> String {
        let Self::Llm(engine) = self else {
            return String::new();
        };
        let (roles, caps) = (&engine.roles, &engine.caps);
        let asks = |agent: &str, settings: &Settings, limits: serde_json::Value| {
            serde_json::json!({
                "engine": "llm",
                "agent": agent,
                "model": {
                    "model": settings.model,
                    "dialect": settings.dialect,
                    "temperature": settings.temperature,
                    "max_tokens": settings.max_tokens,
                    "context_tokens": settings.context_tokens,
                    "tools": settings.tools,
                    "structured": settings.structured,
                },
                "limits": limits,
                "prompts": prompts::digest_of(agent),
                "replies": engine.replies,
            })
            .to_string()
        };
        let single = || asks("single", &roles.brainstormer, caps.single_steps.into());
        match stage {
            // The same files are the same table, whoever goes on with it.
            Stage::Intake => String::new(),
            Stage::Brainstorm | Stage::Refactor if engine.ablation.single_prompt => single(),
            Stage::Brainstorm => {
                let steps = caps.brainstorm_steps.into();
                asks("brainstormer", &roles.brainstormer, steps)
            }
            Stage::Design if !engine.ablation.single_prompt => {
                asks("designer", &roles.designer, caps.design_steps.into())
            }
            Stage::Refactor => asks("refactor", &roles.refactor, caps.refactor_steps.into()),
            Stage::Review => asks("reviewer", &roles.reviewer, serde_json::Value::Null),
            Stage::Execute if engine.test_agent == TestAgent::React => {
                // Dollars are counted by the price, and by it alone the agent may have ended.
                let price = caps.agent_usd.and(roles.agent.price);
                let limits = (caps.agent_steps, caps.agent_tokens, caps.agent_usd, price);
                asks("react", &roles.agent, serde_json::json!(limits))
            }
            // No model is asked: what models wrote is among the inputs.
            Stage::Design | Stage::Execute | Stage::Publish => "llm".to_owned(),
        }
    }

    /// Models by role, for the record; empty for rules.
    pub(crate) fn models(&self) -> BTreeMap<String, String> {
        let Self::Llm(engine) = self else {
            return BTreeMap::new();
        };
        engine
            .used()
            .map(|(role, settings)| (role.to_owned(), settings.model.clone()))
            .collect()
    }
}

impl Roles {
    /// The same model in every role.
    pub fn all(settings: &Settings) -> Self {
        Self {
            brainstormer: settings.clone(),
            designer: settings.clone(),
            refactor: settings.clone(),
            reviewer: settings.clone(),
            agent: settings.clone(),
        }
    }

    /// The roles by name.
    pub fn each(&self) -> [(&'static str, &Settings); 5] {
        [
            ("brainstormer", &self.brainstormer),
            ("designer", &self.designer),
            ("refactor", &self.refactor),
            ("reviewer", &self.reviewer),
            ("agent", &self.agent),
        ]
    }
}

/// What agents are told of the environment that their scripts run in.
pub(crate) fn python_environment(
    environment: &Realised,
) -> Result<PythonEnvironment, PipelineError> {
    let packages = environment
        .python_packages()
        .map_err(PipelineError::files)?;
    let limits = sandbox::roles::standard_limits();
    let site = environment.site_packages();
    let version = site
        .components()
        .find_map(|part| part.as_str().strip_prefix("python"))
        .unwrap_or("3");
    Ok(PythonEnvironment {
        name: environment.name().to_owned(),
        python: version.to_owned(),
        packages: packages
            .into_iter()
            .map(|(name, version)| format!("{name} {version}"))
            .collect(),
        wall_seconds: limits.wall_seconds,
        memory_bytes: limits.memory_bytes,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn model(name: &str) -> Settings {
        Settings::at(llm::Dialect::Chat, name, "http://127.0.0.1:1")
    }

    fn client() -> Client {
        Client::new(llm::ClientOptions::default()).expect("no limit is set")
    }

    fn engine(change: impl FnOnce(&mut LlmEngine)) -> Engine {
        let mut engine = LlmEngine {
            client: client(),
            roles: Roles::all(&model("one")),
            ablation: Ablation::default(),
            test_agent: TestAgent::React,
            caps: Caps::default(),
            replies: None,
        };
        change(&mut engine);
        Engine::Llm(Box::new(engine))
    }

    /// The stages whose key such a change makes another one.
    fn changed(change: impl FnOnce(&mut LlmEngine), of: impl Fn(&mut LlmEngine)) -> Vec<Stage> {
        let before = engine(&of);
        let after = engine(|engine| {
            of(engine);
            change(engine);
        });
        Stage::ALL
            .into_iter()
            .filter(|stage| before.part_in(*stage) != after.part_in(*stage))
            .collect()
    }

    #[test]
    fn each_role_is_part_of_the_stages_that_ask_it() {
        use Stage::{Brainstorm, Design, Execute, Refactor, Review};
        let asked = |change: fn(&mut LlmEngine)| changed(change, |_| {});
        let two = || model("two");
        assert_eq!(asked(|e| e.roles.brainstormer = model("two")), [Brainstorm]);
        assert_eq!(asked(|e| e.roles.designer = model("two")), [Design]);
        assert_eq!(asked(|e| e.roles.refactor = model("two")), [Refactor]);
        assert_eq!(asked(|e| e.roles.reviewer = model("two")), [Review]);
        assert_eq!(asked(|e| e.roles.agent = model("two")), [Execute]);
        assert_eq!(asked(|e| e.caps.agent_usd = Some(1.0)), [Execute]);
        assert_eq!(asked(|e| e.caps.review = 7), []);
        assert_eq!(
            asked(|e| e.replies = Some("others".to_owned())),
            [Brainstorm, Design, Refactor, Review, Execute]
        );

        // The one agent proposes and packages; nobody else is asked for either.
        let single = |change: &dyn Fn(&mut LlmEngine)| {
            changed(|e| change(e), |e| e.ablation.single_prompt = true)
        };
        let one = single(&|e| e.roles.brainstormer = two());
        assert_eq!(one, [Brainstorm, Refactor]);
        let others = single(&|e| {
            e.roles.designer = two();
            e.roles.refactor = two();
        });
        assert_eq!(others, []);
        let scripted = |e: &mut LlmEngine| e.test_agent = TestAgent::Scripted;
        assert_eq!(changed(|e| e.roles.agent = model("two"), scripted), []);
    }

    #[test]
    fn prompts_are_part_of_the_stages_that_use_them() {
        let agents = [
            "brainstormer",
            "designer",
            "refactor",
            "reviewer",
            "react",
            "single",
        ];
        let digests: BTreeSet<String> = agents.map(prompts::digest_of).into();
        assert_eq!(digests.len(), agents.len());
        for (stage, agent) in [
            (Stage::Brainstorm, "brainstormer"),
            (Stage::Review, "reviewer"),
        ] {
            let part = engine(|_| {}).part_in(stage);
            assert!(part.contains(&prompts::digest_of(agent)), "{part}");
        }
    }
}
