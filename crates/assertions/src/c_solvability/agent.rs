//! C08: an agent that knows nothing of the task finishes an episode without help, and learns something.
//!
//! Baselines are part of the package and may know more than it says. The agent has what every participant has: the public
//! files and what an episode tells. So it notices what keeps outsiders from taking part.

use std::collections::BTreeMap;

use facts::AgentFacts;
use findings::Measured;
use task_format::MANIFEST;

use crate::context::{Context, Judgement};
use crate::format::{counted, short};

use super::ladder::Ladder;

/// C08: the scripted agent hands in something valid, and it is better on all rows than a constant. That it is worse than every
/// baseline is fine: its code is written for no task in particular.
pub(crate) fn an_agent_takes_part(cx: Context<'_>) -> Judgement {
    let facts = cx.agent()?;
    let ladder = Ladder::new(cx)?;
    let (reference, constant) = ladder.reference(&cx)?;
    let wanted = format!("better than {} ({reference})", short(constant));
    let steps = counted(facts.steps.len(), "step");
    let Some(score) = facts.score else {
        let (measured, message) = match (&facts.problem, facts.steps.is_empty()) {
            (Some(why), true) => (
                "no episode".to_owned(),
                format!("no episode can be played: {why}"),
            ),
            (Some(why), false) => (
                format!("`{}` without a score after {steps}", facts.agent),
                format!("what the agent handed in is scored on some rows, but not on all: {why}"),
            ),
            (None, _) => (
                format!("`{}` without a submission after {steps}", facts.agent),
                format!("the agent has no valid submission: {}", failures(facts)),
            ),
        };
        // A model that hands in nothing may be a weak model; a task that can't be scored is no model's fault.
        let finding = match (&facts.model, &facts.problem) {
            (Some(model), None) => cx.rule.warn(measured, of_a_model(&message, model)),
            _ => cx.rule.fail(measured, message),
        };
        return Ok(finding.seen_in(MANIFEST).compared_with(wanted));
    };
    let floor = ladder.floor(&cx)?;
    let Some(share) = ladder.share(floor, score) else {
        return Ok(cx.rule.fail(
            short(score),
            "a submission that knows nothing is perfect already",
        ));
    };
    let difficulty = (1.0 - share).clamp(0.0, 1.0);
    let text = format!(
        "`{}` {} after {steps}, {reference} {}; difficulty {difficulty:.2}",
        facts.agent,
        short(score),
        short(constant),
    );
    let measured = Measured::number(difficulty, text);
    Ok(match ladder.direction.better(score, constant) {
        true => cx.rule.pass(measured),
        false => {
            let all_scored = facts.steps.iter().all(|step| step.detail.is_none());
            let message = match all_scored {
                true => "the agent is not better than a constant".to_owned(),
                false => format!(
                    "the agent is not better than a constant: {}",
                    failures(facts)
                ),
            };
            match &facts.model {
                Some(model) => cx.rule.warn(measured, of_a_model(&message, model)),
                None => cx.rule.fail(measured, message),
            }
        }
    }
    .compared_with(wanted))
}

fn of_a_model(message: &str, model: &str) -> String {
    format!("{message}; it is the model `{model}`, which may be too weak for the task")
}

/// What its submissions came to, e.g. `scored, runtime_error (KeyError: 'x')`.
fn failures(facts: &AgentFacts) -> String {
    let submissions = facts
        .steps
        .iter()
        .filter(|step| step.action == "execute_code");
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for step in submissions {
        let kind = match &step.detail {
            Some(detail) => format!("{} ({detail})", step.feedback),
            None => step.feedback.clone(),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    if kinds.is_empty() {
        return "it handed in nothing".to_owned();
    }
    let kinds: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count)| match count {
            1 => kind,
            _ => format!("{} {kind}", counted(count, "time")),
        })
        .collect();
    kinds.join(", ")
}

#[cfg(test)]
mod tests {
    use findings::Status;
    use scoring::Direction;

    use crate::testing::{Good, with};

    fn failed(good: &mut Good, feedback: &str, detail: &str) {
        for step in good.agent.steps.iter_mut().skip(2) {
            step.feedback = feedback.to_owned();
            step.detail = Some(detail.to_owned());
            step.score = None;
        }
        good.agent.score = None;
        good.agent.feedback_score = None;
        good.agent.final_score = None;
    }

    #[test]
    fn an_agent_that_learns_says_how_hard_it_is() {
        let finding = Good::new().judge("C08");
        assert_eq!(
            finding.measured.text,
            "`scripted` 0.79 after 4 steps, constant 0.5; difficulty 0.42"
        );
        assert!((finding.measured.value.unwrap() - 0.42).abs() < 1e-9);
        let perfect = with("C08", |good| good.agent.score = Some(1.0));
        assert_eq!(perfect.measured.value, Some(0.0));
    }

    #[test]
    fn worse_than_every_baseline_is_good_enough() {
        let weak = with("C08", |good| good.agent.score = Some(0.51));
        assert_eq!(weak.status, Status::Pass);
    }

    #[test]
    fn a_weak_model_rejects_no_task() {
        let weak = with("C08", |good| {
            good.agent.agent = "react".to_owned();
            good.agent.model = Some("tiny".to_owned());
            good.agent.score = Some(0.5);
        });
        assert_eq!(weak.status, Status::Warn);
        assert!(weak.message.contains("`tiny`"), "{}", weak.message);
        let nothing = with("C08", |good| {
            good.agent.model = Some("tiny".to_owned());
            failed(good, "runtime_error", "KeyError: 'x'");
        });
        assert_eq!(nothing.status, Status::Warn);
        let unplayable = with("C08", |good| {
            good.agent.model = Some("tiny".to_owned());
            good.agent.problem = Some("answers can't be read".to_owned());
            good.agent.score = None;
        });
        assert_eq!(unplayable.status, Status::Fail);
    }

    #[test]
    fn no_better_than_a_constant_fails() {
        for score in [0.5, 0.3] {
            let finding = with("C08", |good| good.agent.score = Some(score));
            assert_eq!(finding.status, Status::Fail);
            assert_eq!(finding.measured.value, Some(1.0));
            assert_eq!(finding.message, "the agent is not better than a constant");
        }
        let once = with("C08", |good| {
            good.agent.score = Some(0.5);
            good.agent.steps[3].feedback = "timeout".to_owned();
            good.agent.steps[3].detail = Some("longer than 60 s".to_owned());
        });
        assert_eq!(
            once.message,
            "the agent is not better than a constant: scored, timeout (longer than 60 s)"
        );
        let mut lower = Good::new();
        lower.manifest.metric.direction = Direction::Minimize;
        lower.manifest.metric.optimum = 0.0;
        lower.agent.score = Some(0.6);
        assert_eq!(lower.judge("C08").status, Status::Fail);
        lower.agent.score = Some(0.4);
        assert_eq!(lower.judge("C08").status, Status::Pass);
    }

    #[test]
    fn who_could_not_take_part_is_told_why() {
        let invalid = with("C08", |good| {
            failed(good, "invalid_submission", "10 ids are missing")
        });
        assert_eq!(invalid.status, Status::Fail);
        assert_eq!(
            invalid.message,
            "the agent has no valid submission: 2 times invalid_submission (10 ids are missing)"
        );
        let silent = with("C08", |good| {
            failed(good, "ran", "");
            good.agent.steps.truncate(2);
        });
        assert_eq!(
            silent.message,
            "the agent has no valid submission: it handed in nothing"
        );
        let unreadable = with("C08", |good| {
            good.agent = facts::AgentFacts {
                problem: Some("line 2 is damaged".to_owned()),
                ..facts::AgentFacts::default()
            };
        });
        assert_eq!(
            unreadable.message,
            "no episode can be played: line 2 is damaged"
        );
        let partly = with("C08", |good| {
            good.agent.score = None;
            good.agent.problem = Some("metric.py failed".to_owned());
        });
        assert_eq!(partly.status, Status::Fail);
        assert!(
            partly.message.ends_with("not on all: metric.py failed"),
            "{}",
            partly.message
        );
    }

    #[test]
    fn before_the_episode_nothing_is_said() {
        let good = Good::new();
        let mut subject = good.subject();
        subject.agent = None;
        assert_eq!(crate::testing::judge(&subject, "C08").status, Status::Skip);
    }
}
