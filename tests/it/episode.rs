//! `episode`: actions from a script, a program, an agent or a recording; what is answered, and what is refused.

use std::io::{BufRead, BufReader, Write};

use serde_json::{Value, json};

use crate::support::{Ran, TestEnv, exit, published};

/// Gives the sample submission back.
pub(crate) const SAMPLE: &str =
    "import shutil\nshutil.copy('public/sample_submission.csv', 'submission.csv')\n";

/// A user with the fixture tasks, and the path of one.
pub(crate) fn task() -> (TestEnv, String) {
    let id = published().of("greenhouse")[0];
    (published().env(), format!("tasks/{id}"))
}

fn execute(code: &str) -> String {
    json!({"action": "execute_code", "code": code}).to_string()
}

/// What every kind of action gives, failures between them.
fn script() -> String {
    [
        json!({"action": "request_info", "info_type": "data_path"}).to_string(),
        json!({"action": "validate_code", "code": "print('hello')"}).to_string(),
        String::new(),
        execute("print('no file')"),
        execute("1 / 0"),
        execute("def f(:"),
        execute("open('submission.csv', 'w').write('id\\n')"),
        json!({"action": "dance"}).to_string(),
        "{\"action\": \"execute".to_owned(),
        execute(SAMPLE),
        json!({"action": "get_history", "last_n": 4}).to_string(),
        json!({"action": "reset"}).to_string(),
        execute(SAMPLE),
    ]
    .join("\n")
}

/// `smith episode TASK` with these arguments, and without a limit on time, whose rest is different each time.
fn episode(env: &TestEnv, task: &str, arguments: &[&str]) -> Ran {
    env.smith(&[&["episode", task, "--wall", "0"], arguments].concat())
}

/// The answers without what they cost.
fn answers(ran: &Ran) -> Vec<Value> {
    let mut lines = ran.json_lines();
    for line in &mut lines {
        if let Some(info) = line.get_mut("info") {
            assert!(info["wall_ms"].is_u64(), "{info}");
            *info = json!("[measured]");
        }
    }
    lines
}

#[test]
fn a_script_is_answered_for_a_person() {
    let (env, task) = task();
    env.write("actions.jsonl", script());
    let ran = episode(&env, &task, &["--script", "actions.jsonl"]).expect(exit::OK);
    insta::assert_snapshot!(ran.document());
    assert!(
        env.temporary_files().is_empty(),
        "{:?}",
        env.temporary_files()
    );
}

#[test]
fn a_script_is_answered_in_json_warm_and_cold_alike() {
    let (env, task) = task();
    env.write("actions.jsonl", script());
    let arguments = ["--script", "actions.jsonl", "--json"];
    let warm = answers(&episode(&env, &task, &arguments).expect(exit::OK));
    let cold = [&arguments[..], &["--cold"]].concat();
    let cold = answers(&episode(&env, &task, &cold).expect(exit::OK));
    assert_eq!(warm, cold);
    let text: Vec<String> = warm
        .iter()
        .map(|answer| serde_json::to_string_pretty(answer).unwrap())
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn a_program_is_answered_before_it_says_more() {
    let (env, task) = task();
    let arguments = ["episode", &task, "--script", "-", "--json"];
    let mut child = env.talking(&arguments);
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = |line: &str| -> Value {
        writeln!(stdin, "{line}").unwrap();
        serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap()
    };
    let first = said(&execute("print(7 * 6)"));
    assert_eq!(first["observation"]["feedback"]["kind"], "no_submission");
    assert_eq!(first["observation"]["feedback"]["stdout"], "42\n");
    let second = said(&execute(SAMPLE));
    assert_eq!(second["observation"]["feedback"]["kind"], "scored");
    drop(stdin);
    let last: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
    assert!(last["finished"]["final_score"].is_f64(), "{last}");
    assert!(answers.next().is_none());
    env.ended(&arguments, child).expect(exit::OK);
}

#[test]
fn a_budget_ends_it() {
    let (env, task) = task();
    env.write("actions.jsonl", script());
    let ran = episode(
        &env,
        &task,
        &["--script", "actions.jsonl", "--steps", "2", "--json"],
    );
    let lines = ran.expect(exit::REJECTED).json_lines();
    assert_eq!(lines.len(), 3, "two steps and the end");
    assert_eq!(lines[1]["truncated"], true);
    assert_eq!(lines[2]["finished"]["feedback_score"], Value::Null);
}

#[test]
fn a_recording_is_replayed_to_the_bit() {
    let (env, task) = task();
    let ran = episode(
        &env,
        &task,
        &["--agent", "scripted", "--record", "played.jsonl"],
    )
    .expect(exit::OK);
    assert!(
        ran.stdout.contains("on the final rows"),
        "{}",
        ran.document()
    );
    let replay = |file: &str| env.smith(&["episode", &task, "--replay", file]);
    let whole = replay("played.jsonl").expect(exit::OK);
    assert_eq!(whole.stdout, "identical: 4 steps\n");
    let ran = env.smith(&["episode", &task, "--replay", "played.jsonl", "--json"]);
    let ran = ran.expect(exit::OK);
    assert_eq!(
        ran.json_lines(),
        [json!({"outcome": "identical", "steps": 4})]
    );

    // A step that is refused for a budget is a step all the same.
    env.write(
        "twice.jsonl",
        [execute(SAMPLE), execute(SAMPLE), execute("print(1)")].join("\n"),
    );
    let limited = ["--submissions", "1", "--record", "limited.jsonl"];
    let script = ["--script", "twice.jsonl"];
    episode(&env, &task, &[&script[..], &limited[..]].concat()).expect(exit::OK);
    assert_eq!(
        replay("limited.jsonl").expect(exit::OK).stdout,
        "identical: 3 steps\n"
    );

    let text = fs_err::read_to_string(env.path("played.jsonl")).unwrap();
    env.write("torn.jsonl", &text[..text.len() - 40]);
    assert_eq!(
        replay("torn.jsonl").expect(exit::OK).stdout,
        "identical: 3 steps\n"
    );

    // The last step's score, wherever it stands.
    let mut lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    lines[3]["observation"]["current_raw_score"] = json!(0.125);
    let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    env.write("forged.jsonl", lines.concat());
    let ran = replay("forged.jsonl").expect(exit::DIFFERS);
    assert!(
        ran.stdout.starts_with("step 3 differs\n"),
        "{}",
        ran.document()
    );

    let other = format!("tasks/{}", published().of("parcels")[0]);
    let ran = env.smith(&["episode", &other, "--replay", "played.jsonl"]);
    let ran = ran.expect(exit::USAGE);
    assert!(
        ran.stderr.contains("the recording is of another task"),
        "{}",
        ran.document()
    );

    let mut refused = String::new();
    // A line of its own: where a recorded one ends depends on the digits of what was measured.
    let header = text.lines().next().unwrap();
    env.write(
        "damaged.jsonl",
        format!("{header}\n{{\"action\": \"x\", \"observed\": 1}}\n"),
    );
    env.write("empty.jsonl", "");
    for file in ["damaged.jsonl", "empty.jsonl", "none.jsonl"] {
        refused += &format!("{}\n", replay(file).expect(exit::USAGE).document());
    }
    let twice = episode(
        &env,
        &task,
        &["--agent", "scripted", "--record", "played.jsonl"],
    );
    refused += &twice.expect(exit::USAGE).document();
    insta::assert_snapshot!(refused);
}

#[test]
fn rewards_are_what_was_asked_for() {
    let (env, task) = task();
    env.write("actions.jsonl", execute(SAMPLE));
    env.write("board.csv", "Team,Score\n\"a, b\",0.1\nc,1000\n");
    let reward = |mode: &str| {
        let arguments = [
            "--script",
            "actions.jsonl",
            "--json",
            "--leaderboard",
            "board.csv",
            "--reward",
            mode,
        ];
        let lines = episode(&env, &task, &arguments)
            .expect(exit::OK)
            .json_lines();
        assert_eq!(
            lines[0]["observation"]["current_position_score"]["place"],
            2
        );
        assert_eq!(lines[1]["finished"]["position_score"]["entries"], 2);
        let score = lines[0]["observation"]["current_raw_score"]
            .as_f64()
            .unwrap();
        (lines[0]["reward"].as_f64().unwrap(), score)
    };
    let (raw, score) = reward("raw");
    assert!(raw.abs() == score.abs(), "{raw} for {score}");
    assert_eq!(reward("position-paper").0, 0.0);
    assert_eq!(reward("position-code").0, 0.5);
    // Constants are the floor, or near it.
    assert!((0.0..0.2).contains(&reward("normalised").0));
    // Valid, and no milestone: a tenth for the format, three for the submission.
    assert_eq!(reward("milestones").0, 0.4);
}

#[test]
fn what_is_no_text_is_no_action() {
    let (env, task) = task();
    let code = b"{\"action\": \"execute_code\", \"code\": \"print('\xe4')\"}\n";
    env.write(
        "latin.jsonl",
        [&code[..], execute(SAMPLE).as_bytes()].concat(),
    );
    let ran = episode(&env, &task, &["--script", "latin.jsonl", "--json"]).expect(exit::OK);
    let kinds: Vec<Value> = answers(&ran)
        .iter()
        .map(|line| line["observation"]["feedback"]["kind"].clone())
        .collect();
    assert_eq!(kinds[..2], [json!("invalid_action"), json!("scored")]);
}

#[test]
fn what_can_not_be_played_is_said_before_anything_runs() {
    let (env, task) = task();
    env.write("actions.jsonl", execute(SAMPLE));
    env.write("no-column.csv", "team,points\na,1\n");
    env.write("no-number.csv", "team,score\na,1\nb,n/a\n");
    env.write("nobody.csv", "team,score\n");
    let by_script = |more: &[&str]| {
        episode(
            &env,
            &task,
            &[&["--script", "actions.jsonl"], more].concat(),
        )
    };
    let refused = [
        episode(&env, &task, &["--script", "none.jsonl"]),
        episode(&env, "tasks/none", &["--script", "actions.jsonl"]),
        by_script(&["--leaderboard", "none.csv"]),
        by_script(&["--leaderboard", "no-column.csv"]),
        by_script(&["--leaderboard", "no-number.csv"]),
        by_script(&["--leaderboard", "nobody.csv"]),
        by_script(&["--reward", "position-paper"]),
        by_script(&["--agent", "scripted"]),
        episode(
            &env,
            &task,
            &["--replay", "actions.jsonl", "--record", "new.jsonl"],
        ),
        episode(&env, &task, &[]),
    ];
    let documents = refused.map(|ran| ran.expect(exit::USAGE).document());
    insta::assert_snapshot!(documents.join("\n"));
}

#[test]
fn a_script_without_actions_ends_without_a_score() {
    let (env, task) = task();
    env.write("actions.jsonl", "\n\n");
    let ran = episode(&env, &task, &["--script", "actions.jsonl"]).expect(exit::REJECTED);
    assert_eq!(ran.stdout, "0 steps; no valid submission\n");
}
