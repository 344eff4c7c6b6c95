//! The rules of an episode: budgets, rewards, information, reset.

use executor::ExecuteError;
use executor::agent::{Agent, Scripted, play};
use executor::episode::{
    Action, Budget, Feedback, InfoType, Milestone, Observation, Options, RewardMode,
};
use process::Fault;

use crate::ground::{Ground, execute, off_by, score};

#[tokio::test(flavor = "multi_thread")]
async fn budgets_are_kept() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options {
        steps: Some(3),
        submissions: Some(1),
        ..Options::default()
    });
    let step = episode.step(&off_by(1.0)).await.unwrap();
    assert_eq!(step.observation.remaining.submissions, Some(0));
    assert!(!step.truncated);
    let step = episode.step(&off_by(0.5)).await.unwrap();
    let submissions = Feedback::BudgetSpent {
        budget: Budget::Submissions,
    };
    assert_eq!(step.observation.feedback, submissions);
    let step = episode.step(&Action::Reset {}).await.unwrap();
    assert_eq!(
        step.observation.remaining.submissions,
        Some(0),
        "a reset gives nothing back"
    );
    assert!(step.truncated);
    let step = episode.step(&off_by(0.5)).await.unwrap();
    let steps = Feedback::BudgetSpent {
        budget: Budget::Steps,
    };
    assert_eq!(
        (step.observation.feedback, step.observation.step),
        (steps, 3)
    );
    assert_eq!(
        episode.finish().await.unwrap().0.final_score,
        None,
        "a reset forgets"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_a_budget() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options {
        wall_seconds: Some(1),
        ..Options::default()
    });
    let step = episode
        .step(&execute("import time\ntime.sleep(60)"))
        .await
        .unwrap();
    let feedback = &step.observation.feedback;
    assert!(
        matches!(
            feedback,
            Feedback::Timeout {
                limit_seconds: 1,
                ..
            }
        ),
        "{feedback:?}"
    );
    assert!(step.truncated);
    assert_eq!(step.observation.remaining.wall_seconds, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn rewards_are_what_the_table_says() {
    let ground = Ground::new().await;
    // Errors: beyond gold (0.3), between silver and bronze, beyond the floor of 10, and far beyond; then a script that ends
    // without a submission, one that fails, what is no script, and a script that is not to be scored.
    for (reward, expected) in [
        (
            RewardMode::Raw,
            [-0.25, -0.45, -12.0, -20.0, -20.0, -20.0, -20.0, 0.0],
        ),
        (
            RewardMode::Normalised,
            [1.0, 0.984_536, 0.0, 0.0, -1.0, -1.0, -1.0, 0.0],
        ),
        (
            RewardMode::Milestones,
            [1.0, 0.7, 0.4, 0.4, 0.4, 0.1, 0.0, 0.0],
        ),
        (
            RewardMode::PositionPaper,
            [0.75, 0.5, 0.0, 0.0, -1.0, -1.0, -1.0, 0.0],
        ),
        (
            RewardMode::PositionCode,
            [1.0, 0.75, 0.0, 0.0, -1.0, -1.0, -1.0, 0.0],
        ),
    ] {
        let mut episode = ground.episode(Options {
            reward,
            leaderboard: vec![0.4, 0.5, 3.0, 8.0],
            ..Options::default()
        });
        let actions = [
            off_by(0.25),
            off_by(0.45),
            off_by(12.0),
            off_by(1000.0),
            execute("print(1)"),
            execute("1 / 0"),
            execute("x ="),
            Action::ValidateCode {
                code: "print(1)".to_owned(),
            },
        ];
        for (action, expected) in actions.iter().zip(expected) {
            let step = episode.step(action).await.unwrap();
            let given = step.reward;
            assert!(
                (given - expected).abs() < 1e-6,
                "{reward:?}: {given}, not {expected}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn milestones_and_positions_are_seen() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options {
        leaderboard: vec![0.4, 0.5, 3.0, 8.0],
        ..Options::default()
    });
    let step = episode.step(&off_by(0.45)).await.unwrap();
    assert!((score(&step) - 0.45).abs() < 1e-12);
    let seen = step.observation;
    assert_eq!(
        seen.milestones_reached,
        [Milestone::Median, Milestone::Bronze]
    );
    let position = seen.current_position_score.unwrap();
    assert_eq!(
        (
            position.place,
            position.entries,
            position.paper,
            position.code
        ),
        (2, 4, 0.5, 0.75)
    );

    let step = episode.step(&off_by(5.0)).await.unwrap();
    let seen = step.observation;
    assert_eq!(seen.current_position_score.unwrap().place, 4);
    assert_eq!(seen.best_position_score.unwrap().place, 2);
    assert_eq!(seen.history.best_step, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_asked_for_tells_nothing_of_the_answers() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options::default());
    let info_type = InfoType::All;
    let step = episode
        .step(&Action::RequestInfo { info_type })
        .await
        .unwrap();
    let Feedback::Info { parts } = step.observation.feedback else {
        panic!("{:?}", step.observation.feedback)
    };
    let text: String = parts
        .iter()
        .map(|part| format!("== {}\n{}\n", part.name, part.text))
        .collect();
    insta::assert_snapshot!(text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripted_agent_solves_a_line() {
    let ground = Ground::new().await;
    let (facts, usage) = play(&mut Scripted::default(), ground.episode(Options::default()))
        .await
        .unwrap();
    let did: Vec<(&str, &str)> = facts
        .steps
        .iter()
        .map(|step| (step.action.as_str(), step.feedback.as_str()))
        .collect();
    assert_eq!(
        did,
        [
            ("request_info", "info"),
            ("validate_code", "ran"),
            ("execute_code", "scored"),
            ("execute_code", "scored")
        ]
    );
    assert!(facts.final_score.unwrap() < 0.5, "{facts:?}");
    assert!(facts.score.unwrap() < 0.5, "{facts:?}");
    assert_eq!(usage.runs, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_is_only_named_is_not_one() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options::default());
    for (code, kind) in [
        ("raise ValueError('no MemoryError here')", "runtime_error"),
        ("raise SyntaxError('raised')", "runtime_error"),
        ("raise MemoryError", "memory"),
        ("x =", "syntax_error"),
    ] {
        let step = episode.step(&execute(code)).await.unwrap();
        let feedback = step.observation.feedback;
        assert_eq!(feedback.kind(), kind, "{code}: {feedback:?}");
    }
}

/// An agent that asks for the same thing again and again, until it can't.
struct Stubborn {
    left: usize,
}

impl Agent for Stubborn {
    fn name(&self) -> &'static str {
        "stubborn"
    }

    async fn next(&mut self, _: Option<&Observation>) -> Result<Option<Action>, ExecuteError> {
        self.left = self.left.checked_sub(1).ok_or(ExecuteError::Agent {
            source: "nothing is left".into(),
            fault: Fault::Budget,
            hint: None,
        })?;
        Ok(Some(Action::GetHistory { last_n: 1 }))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_never_ends_is_ended_and_one_that_can_not_go_on_is_no_failure_of_the_task() {
    let ground = Ground::new().await;
    let options = || Options {
        steps: Some(3),
        ..Options::default()
    };
    let mut endless = Stubborn { left: 100 };
    let (facts, _) = play(&mut endless, ground.episode(options())).await.unwrap();
    assert_eq!(facts.agent, "stubborn");
    assert_eq!(facts.steps.len(), 3);
    assert_eq!(endless.left, 97);
    assert_eq!(facts.score, None);

    let mut spent = Stubborn { left: 2 };
    let error = play(&mut spent, ground.episode(options()))
        .await
        .unwrap_err();
    assert_eq!(error.fault(), Fault::Budget);
}
