//! Each weakness that was measured in MLE-Dojo, and a test that fails if it comes back.

use executor::episode::{
    Action, Episode, Feedback, Options, Recorder, Recording, Replayed, RewardMode, Status,
};

use crate::ground::{Ground, TEST_ROWS, execute, manifest, off_by, score, truth};

#[tokio::test(flavor = "multi_thread")]
async fn answers_can_not_be_read_by_code() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options::default());
    let code = format!(
        r#"
import os
found = [os.path.join(folder, name) for top in ("/", "{package}") for folder, _, names in os.walk(top)
         if not folder.startswith(("/proc", "/nix", "/sys")) for name in names]
print(*sorted(found), sep="\n")
for path in ("/private/test_answer.csv", "{package}/private/test_answer.csv", "public/../private/test_answer.csv"):
    try:
        print(open(path).read())
    except OSError as error:
        print(type(error).__name__)
"#,
        package = ground.package()
    );
    let step = episode.step(&Action::ValidateCode { code }).await.unwrap();
    let Feedback::Ran { stdout, .. } = step.observation.feedback else {
        panic!("{:?}", step.observation.feedback)
    };
    let expected = "/code/solution.py\n/dev/fd\n/dev/full\n/dev/null\n/dev/random\n/dev/stderr\n/dev/stdin\n/dev/stdout\n\
        /dev/urandom\n/dev/zero\n/public/sample_submission.csv\n/public/test.csv\n/public/train.csv\n\
        FileNotFoundError\nFileNotFoundError\nFileNotFoundError\n";
    let said: Vec<&str> = stdout.lines().filter(|line| *line != "/dev/fd").collect();
    let expected: Vec<&str> = expected.lines().filter(|line| *line != "/dev/fd").collect();
    assert_eq!(said, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_of_the_parent_are_not_visible() {
    // Cargo sets these for a test.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options::default());
    let code = "import os\nprint('CARGO_MANIFEST_DIR' in os.environ)\n\
        print(b'CARGO_MANIFEST_DIR' in open('/proc/self/environ', 'rb').read())\n"
        .to_owned();
    let step = episode.step(&Action::ValidateCode { code }).await.unwrap();
    let Feedback::Ran { stdout, .. } = step.observation.feedback else {
        panic!("{:?}", step.observation.feedback)
    };
    assert_eq!(stdout, "False\nFalse\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_in_a_session_of_its_own_does_not_survive_the_time_limit() {
    let ground = Ground::new().await;
    let task = ground.task_with(ground.executor().clone(), &manifest("rmse", 2));
    let mut episode = Episode::new(task, Options::default()).unwrap();
    let code = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    \
        time.sleep(600)\nprint('before', flush=True)\ntime.sleep(600)\n";
    let step = episode.step(&execute(code)).await.unwrap();
    let Feedback::Timeout {
        limit_seconds,
        stdout,
    } = step.observation.feedback
    else {
        panic!("{:?}", step.observation.feedback)
    };
    assert_eq!((limit_seconds, stdout.as_str()), (2, "before\n"));
    let servers = ground.executor().fork_servers().await;
    assert!(!servers.is_empty(), "it runs cold");
    for server in servers {
        let children = fs_err::read_to_string(format!("/proc/{server}/task/{server}/children"));
        assert_eq!(children.unwrap().trim(), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_submission_is_not_graded() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options::default());
    let Action::ExecuteCode { code } = off_by(0.0) else {
        unreachable!()
    };
    let step = episode
        .step(&execute(&format!(
            "{code}raise ValueError('after writing')\n"
        )))
        .await;
    let step = step.unwrap();
    assert_eq!(step.observation.feedback.kind(), "runtime_error");
    assert_eq!(step.observation.best_raw_score, None);

    let step = episode
        .step(&execute("print('nothing written')"))
        .await
        .unwrap();
    assert_eq!(step.observation.feedback.kind(), "no_submission");
    assert_eq!(step.observation.action_status, Status::Failed);
    assert_eq!(step.observation.best_raw_score, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_a_number_make_a_submission_invalid() {
    let ground = Ground::new().await;
    for metric in ["rmse", "custom"] {
        let task = ground.task_with(ground.executor().clone(), &manifest(metric, 600));
        let mut episode = Episode::new(task, Options::default()).unwrap();
        let code = "import pandas as pd\ntest = pd.read_csv('public/test.csv')\ntest['y'] = 3 * test['x'] + 1\n\
            test.loc[1:, 'y'] = float('nan')\ntest[['id', 'y']].to_csv('submission.csv', index=False, na_rep='nan')\n";
        let step = episode.step(&execute(code)).await.unwrap();
        let feedback = &step.observation.feedback;
        assert_eq!(
            feedback.kind(),
            "invalid_submission",
            "{metric}: {feedback:?}"
        );
        assert!(step.reward < 0.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_error_is_never_worth_more() {
    let ground = Ground::new().await;
    for reward in [
        RewardMode::Raw,
        RewardMode::PositionPaper,
        RewardMode::PositionCode,
        RewardMode::Normalised,
        RewardMode::Milestones,
    ] {
        let mut episode = ground.episode(Options {
            reward,
            leaderboard: vec![0.2, 0.8, 3.0, 8.0],
            ..Options::default()
        });
        let mut rewards = Vec::new();
        for error in [0.1, 0.6, 2.5, 9.0] {
            rewards.push(episode.step(&off_by(error)).await.unwrap().reward);
        }
        rewards.push(episode.step(&execute("1 / 0")).await.unwrap().reward);
        assert!(
            rewards.is_sorted_by(|better, worse| better >= worse),
            "{reward:?}: {rewards:?}"
        );
        assert!(
            rewards[0] > rewards[3] && rewards[3] > rewards[4],
            "{reward:?}: {rewards:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn output_is_bounded() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options {
        feedback_characters: 1000,
        ..Options::default()
    });
    let code =
        "print('begin')\nfor _ in range(200000):\n    print('x' * 50)\nprint('end')\n".to_owned();
    let step = episode.step(&Action::ValidateCode { code }).await.unwrap();
    let text = serde_json::to_string(&step).unwrap();
    assert!(text.len() < 4000, "{} bytes", text.len());
    let Feedback::Ran { stdout, .. } = step.observation.feedback else {
        panic!("{:?}", step.observation.feedback)
    };
    assert!(stdout.starts_with("begin\n"), "{stdout}");
    assert!(stdout.contains("characters left out"), "{stdout}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_does_not_grow_with_the_history() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options {
        steps: None,
        ..Options::default()
    });
    let path = ground.path("recording.jsonl");
    let mut recorder = Recorder::create(&path, &episode).unwrap();
    let action = r#"{"action":"get_history","last_n":20}"#;
    let mut sizes = Vec::new();
    for _ in 0..1000 {
        let step = episode.step_json(action).await.unwrap();
        recorder.add(action, &step).unwrap();
        sizes.push(fs_err::metadata(&path).unwrap().len());
    }
    let grown = |from: usize, to: usize| sizes[to] - sizes[from];
    // Numbers of steps get longer by a digit.
    assert!(
        grown(900, 999) < grown(100, 199) * 11 / 10,
        "{} and {}",
        grown(100, 199),
        grown(900, 999)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_action_does_not_end_the_episode() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options::default());
    for text in [
        "",
        "nonsense",
        r#"{"action":"dance"}"#,
        r#"{"action":"request_info","info_type":"answers"}"#,
    ] {
        let step = episode.step_json(text).await.unwrap();
        let Feedback::InvalidAction { message } = &step.observation.feedback else {
            panic!("{:?}", step.observation.feedback)
        };
        assert!(!message.is_empty());
        assert!(!step.terminated && !step.truncated);
    }
    let step = episode.step(&execute("")).await.unwrap();
    assert_eq!(step.observation.feedback.kind(), "no_submission");
    assert_eq!(score(&episode.step(&off_by(1.0)).await.unwrap()), 1.0);
    assert_eq!(episode.finish().await.unwrap().0.steps, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_ended_by_a_limit_is_told_which() {
    let ground = Ground::new().await;
    let mut episode = ground.episode(Options::default());
    for (code, kind, says) in [
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "runtime_error",
            "signal 9",
        ),
        ("import os\nos._exit(3)", "runtime_error", "status 3"),
        (
            "x = bytearray(3 << 30)\nprint(len(x))\nimport time\ntime.sleep(5)",
            "memory",
            "1073741824",
        ),
        ("x = [", "syntax_error", "SyntaxError"),
        (
            "def f():\n    raise KeyError('the key')\nf()",
            "runtime_error",
            "KeyError: 'the key'",
        ),
    ] {
        let step = episode.step(&execute(code)).await.unwrap();
        let feedback = serde_json::to_string(&step.observation.feedback).unwrap();
        assert_eq!(step.observation.feedback.kind(), kind, "{feedback}");
        assert!(feedback.contains(says), "{says}: {feedback}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_episode_is_the_same_again_warm_and_cold() {
    let ground = Ground::new().await;
    let actions = [
        r#"{"action":"request_info","info_type":"all"}"#.to_owned(),
        serde_json::to_string(&off_by(2.0)).unwrap(),
        serde_json::to_string(&execute("import pandas as pd\npd.read_csv('absent.csv')")).unwrap(),
        "no action".to_owned(),
        serde_json::to_string(&execute(
            "import numpy as np\nprint(np.arange(5), hash('a'), {'b', 'a'})",
        ))
        .unwrap(),
        serde_json::to_string(&off_by(0.25)).unwrap(),
        r#"{"action":"get_history"}"#.to_owned(),
        r#"{"action":"reset"}"#.to_owned(),
        serde_json::to_string(&off_by(1.0)).unwrap(),
    ];
    let path = ground.path("recording.jsonl");
    let mut episode = ground.episode(Options::default());
    let mut recorder = Recorder::create(&path, &episode).unwrap();
    for action in &actions {
        let step = episode.step_json(action).await.unwrap();
        recorder.add(action, &step).unwrap();
    }
    let recording = Recording::read(&path).unwrap();
    let identical = Replayed::Identical {
        steps: actions.len(),
    };
    assert_eq!(recording.replay(ground.task()).await.unwrap(), identical);
    let cold = ground.task_with(ground.executor().clone().cold(), &manifest("rmse", 600));
    assert_eq!(recording.replay(cold).await.unwrap(), identical);

    // A line that was torn when the writer was killed is dropped.
    let text = fs_err::read_to_string(&path).unwrap();
    fs_err::write(&path, &text[..text.len() - 10]).unwrap();
    let replayed = Recording::read(&path).unwrap().replay(ground.task()).await;
    assert_eq!(
        replayed.unwrap(),
        Replayed::Identical {
            steps: actions.len() - 1
        }
    );

    // And a recording that says something else is found out.
    let text = fs_err::read_to_string(&path).unwrap();
    fs_err::write(
        &path,
        text.replacen("\"best_raw_score\":2.0", "\"best_raw_score\":1.5", 1),
    )
    .unwrap();
    let replayed = Recording::read(&path).unwrap().replay(ground.task()).await;
    assert!(matches!(
        replayed.unwrap(),
        Replayed::Different { step: 2, .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn final_rows_are_not_shown_before_the_end() {
    let ground = Ground::new().await;
    for metric in ["rmse", "custom"] {
        let task = ground.task_with(ground.executor().clone(), &manifest(metric, 600));
        let mut episode = Episode::new(task, Options::default()).unwrap();
        let mut code = "rows = ['id,y']\n".to_owned();
        for row in 0..TEST_ROWS {
            // Right on feedback rows, off by 4 on final rows.
            let off = if row % 2 == 0 { 0.0 } else { 4.0 };
            code.push_str(&format!("rows.append('b{row},{}')\n", truth(row) + off));
        }
        code.push_str("open('submission.csv', 'w').write('\\n'.join(rows) + '\\n')\n");
        let step = episode.step(&execute(&code)).await.unwrap();
        assert_eq!(score(&step), 0.0);
        assert!(step.terminated, "it can't be improved");
        let (finished, usage) = episode.finish().await.unwrap();
        assert!(usage.runs > 0);
        assert_eq!(finished.feedback_score, Some(0.0));
        assert_eq!(finished.final_score, Some(4.0));
        assert_eq!(finished.score, Some(8.0_f64.sqrt()), "on all rows");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_metric_says_of_final_rows_is_not_heard_before_the_end() {
    let ground = Ground::new().await;
    let task = ground.task_with(ground.executor().clone(), &manifest("custom", 600));
    let mut episode = Episode::new(task, Options::default()).unwrap();
    // The metric refuses predictions beyond 900; only a final row has one.
    let rows: Vec<String> = (0..TEST_ROWS)
        .map(|row| {
            let prediction = if row == 1 { 999.0 } else { truth(row) };
            format!("b{row},{prediction}")
        })
        .collect();
    let code = format!(
        "open('submission.csv', 'w').write(\"\"\"id,y\n{}\n\"\"\")",
        rows.join("\n")
    );
    let step = episode.step(&execute(&code)).await.unwrap();
    assert_eq!(score(&step), 0.0);
    let (finished, _) = episode.finish().await.unwrap();
    assert_eq!(finished.final_score, None);
    assert_eq!(
        finished.invalid.as_deref(),
        Some("a prediction is beyond 900")
    );
}
