//! What a generation would do, before it does it: which datasets can be read, how many model calls that may take, what they may cost.
//!
//! No model is asked and no event recorded; a folder of its own holds what is unpacked meanwhile.

use agents::rules;
use datasets::{DatasetSpec, NotOpened};
use llm::{Prices, Settings};
use serde::Serialize;

use crate::{
    Generator,
    engine::{Engine, LlmEngine, TestAgent},
    layout::make_empty,
    outcome,
};

/// What is planned for a dataset.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Its name; what was given on the command line when it can't even be opened.
    pub dataset: String,
    /// Rows of its table.
    pub rows: Option<usize>,
    /// Columns of its table.
    pub columns: Option<usize>,
    /// What the rules would propose; empty where models do.
    pub proposals: Vec<String>,
    /// Why nothing will come of it.
    pub problem: Option<String>,
    /// What the models may take; nothing for rules.
    pub estimate: Option<Estimate>,
}

/// From little to much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Model calls.
    pub calls: [u64; 2],
    /// Tokens in and out.
    pub tokens: [u64; 2],
    /// US dollars; `None` when a price is unknown.
    pub cost_usd: Option<[f64; 2]>,
}

/// Calls and tokens of one agent on one subject, from little to much.
struct Usual {
    calls: [u64; 2],
    /// Of one request, on average over a conversation that grows.
    input: [u64; 2],
    /// Of one reply.
    output: [u64; 2],
}

/// Much is the paper's for the steps of Designer and Refactor (92 of 100 designs within 15 steps; 13 to 22 of the Refactor), and a
/// guess for tokens. Little is the least of any recording in `tests/llm/cassettes`, whose replies make few mistakes; a test compares.
const BRAINSTORM: Usual = Usual {
    calls: [2, 12],
    input: [7_000, 20_000],
    output: [450, 1_500],
};
const DESIGN: Usual = Usual {
    calls: [2, 15],
    input: [10_400, 30_000],
    output: [570, 2_000],
};
const REFACTOR: Usual = Usual {
    calls: [3, 22],
    input: [13_300, 35_000],
    output: [570, 2_000],
};
const REVIEW: Usual = Usual {
    calls: [1, 3],
    input: [4_200, 20_000],
    output: [500, 2_500],
};
const AGENT: Usual = Usual {
    calls: [3, 20],
    input: [2_700, 20_000],
    output: [180, 1_500],
};

/// Proposals of a dataset.
const PROPOSALS: [u64; 2] = [1, 3];

impl Generator {
    /// What would be done with each dataset.
    ///
    /// # Errors
    ///
    /// Never for a dataset: what is wrong with it stands in its plan.
    pub async fn plan(&self, datasets: &[DatasetSpec], prices: &Prices) -> Vec<Plan> {
        let estimate = match self.engine() {
            Engine::Rules => None,
            Engine::Llm(engine) => Some(estimate(engine, prices)),
        };
        let mut plans = Vec::new();
        for spec in datasets {
            let mut plan = self.plan_one(spec).await;
            if plan.problem.is_none() {
                plan.estimate = estimate;
            }
            plans.push(plan);
        }
        plans
    }

    async fn plan_one(&self, spec: &DatasetSpec) -> Plan {
        let staging = self.staging().join("plan");
        let mut plan = Plan {
            dataset: spec.to_string(),
            rows: None,
            columns: None,
            proposals: Vec::new(),
            problem: None,
            estimate: None,
        };
        if let Err(error) = make_empty(&staging) {
            plan.problem = Some(outcome::with_causes(&error));
            return plan;
        }
        let raw = match self.open_dataset(spec, &staging).await {
            Ok(raw) => raw,
            Err(NotOpened::Refused(refusal)) => {
                plan.problem = Some(refusal.detail);
                return plan;
            }
            Err(NotOpened::Failed(error)) => {
                plan.problem = Some(outcome::with_causes(&error));
                return plan;
            }
        };
        plan.dataset.clone_from(&raw.facts.slug);
        match self.measure(&raw).await {
            Err(error) => plan.problem = Some(outcome::with_causes(&error)),
            Ok(Err(refusal)) => plan.problem = Some(refusal.detail),
            Ok(Ok(profile)) => {
                plan.rows = Some(profile.rows);
                plan.columns = Some(profile.columns.len());
                if matches!(self.engine(), Engine::Rules) {
                    match rules::brainstorm(&profile) {
                        Ok(proposals) => {
                            plan.proposals = proposals.iter().map(|it| it.id.to_string()).collect();
                        }
                        Err(refusal) => plan.problem = Some(refusal.detail),
                    }
                }
            }
        }
        plan
    }
}

/// What one dataset may take: little is one proposal that needs no repair; much is three, each stage as long as is usual.
fn estimate(engine: &LlmEngine, prices: &Prices) -> Estimate {
    let roles = &engine.roles;
    let mut parts = vec![(BRAINSTORM, &roles.brainstormer, [1, 1])];
    if engine.ablation.single_prompt {
        parts.push((DESIGN, &roles.brainstormer, PROPOSALS));
    } else {
        parts.push((DESIGN, &roles.designer, PROPOSALS));
        parts.push((REFACTOR, &roles.refactor, PROPOSALS));
    }
    if !engine.ablation.no_review {
        parts.push((REVIEW, &roles.reviewer, PROPOSALS));
    }
    if engine.test_agent == TestAgent::React {
        parts.push((AGENT, &roles.agent, PROPOSALS));
    }
    let nothing = Estimate {
        cost_usd: Some([0.0; 2]),
        ..Estimate::default()
    };
    parts
        .into_iter()
        .fold(nothing, |sum, (usual, settings, subjects)| {
            sum.and(usual.of(subjects, settings, prices))
        })
}

impl Usual {
    fn of(&self, subjects: [u64; 2], settings: &Settings, prices: &Prices) -> Estimate {
        let price = settings
            .price
            .or_else(|| Some(prices.facts(settings)?.price));
        let each = |at: usize| {
            let calls = self.calls[at] * subjects[at];
            (calls, calls * self.input[at], calls * self.output[at])
        };
        let (little, much) = (each(0), each(1));
        let cost = |(_, input, output): (u64, u64, u64)| {
            price.map(|price| (input as f64 * price.input + output as f64 * price.output) / 1e6)
        };
        Estimate {
            calls: [little.0, much.0],
            tokens: [little.1 + little.2, much.1 + much.2],
            cost_usd: cost(little)
                .zip(cost(much))
                .map(|(little, much)| [little, much]),
        }
    }
}

impl Estimate {
    /// Both together; the cost is unknown when either is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let add = |a: [u64; 2], b: [u64; 2]| [a[0] + b[0], a[1] + b[1]];
        Self {
            calls: add(self.calls, other.calls),
            tokens: add(self.tokens, other.tokens),
            cost_usd: self
                .cost_usd
                .zip(other.cost_usd)
                .map(|(a, b)| [a[0] + b[0], a[1] + b[1]]),
        }
    }
}
