//! Keys are read from the variables that are named, sent, and nowhere else: not in a file, not in what is printed, not where
//! scripts run.

use crate::{
    replayed::events,
    scripted::ScriptedModel,
    served::{KEY, TEAM, asked, bad_day, with_secrets},
    support::{TestEnv, Tree, exit, read_tree},
};

/// Panics where a secret stands.
fn search(files: &Tree, texts: &[&str]) {
    for (_, secret) in [KEY, TEAM] {
        for (path, content) in files {
            let found = content
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "`{path}` holds {secret}");
        }
        for text in texts {
            assert!(!text.contains(secret), "{secret} was printed:\n{text}");
        }
    }
}

#[test]
fn a_whole_run_keeps_none() {
    let run = bad_day();
    let kept = |part: &str| run.everything.keys().any(|path| path.contains(part));
    for part in [
        "cwd/tasks/",
        "tasks.ledger/events.jsonl",
        "tasks.ledger/blobs/",
        "tasks.ledger/calls/",
    ] {
        assert!(kept(part), "no `{part}` was searched");
    }
    assert!(
        run.ran.stderr.contains("DEBUG"),
        "the log is not the longest there is"
    );
    search(&run.everything, &[&run.ran.stdout, &run.ran.stderr]);
}

/// A model that looks for keys where its scripts run, then says one, as a provider might that sends back what it got.
#[test]
fn scripts_see_none_and_what_a_provider_sends_back_is_not_kept() {
    let env = TestEnv::with_data()
        .with_variable(KEY.0, KEY.1)
        .with_variable(TEAM.0, TEAM.1);
    let look = "import os, pathlib\nprint(sorted(os.environ.items()))\n\
        for path in pathlib.Path('/proc').glob('[0-9]*/environ'):\n    try:\n        print(path, path.read_bytes())\n    \
        except OSError as error:\n        print(path, type(error).__name__)\n";
    let write = |turn: &str, reply: serde_json::Value| {
        env.write(
            &format!("replies/parcels/brainstormer/{turn}.json"),
            reply.to_string(),
        );
    };
    let call = serde_json::json!([{"name": "run_python", "arguments": {"code": look}}]);
    write("00", serde_json::json!({"tool_calls": call}));
    let said = format!("I found {} and {}.", KEY.1, TEAM.1);
    write("01", serde_json::json!({"text": said, "tool_calls": call}));
    let message = format!("Incorrect API key provided: {}", KEY.1);
    write(
        "02",
        serde_json::json!({"error": {"status": 401, "message": message}}),
    );

    let requests = env.path("requests");
    let server = ScriptedModel::start(&env.path("replies"), &["--requests", requests.as_str()]);
    env.write("smith.toml", with_secrets(server.url()));
    let ran = env
        .smith(&[
            "generate",
            "data/parcels",
            "--cassette",
            "record:taped",
            "-vv",
        ])
        .expect(exit::HOST_NOT_SET_UP);
    assert!(
        ran.stdout.contains("Incorrect API key provided"),
        "{}",
        ran.document()
    );

    let asked = asked(&read_tree(&requests));
    assert_eq!(asked.len(), 3, "{}", ran.document());
    // What the script printed was sent to the model, with the sandbox's own variables and no other.
    let sent = asked[1].to_string();
    assert!(
        sent.contains("PYTHONHASHSEED") && !sent.contains("PLANTED"),
        "{sent}"
    );
    assert!(
        !asked[2].to_string().contains(KEY.1),
        "what it said was sent again"
    );
    fs_err::remove_dir_all(&requests).unwrap();
    fs_err::remove_dir_all(env.path("replies")).unwrap();
    let files = read_tree(env.root());
    let holds = |content: &[u8], text: &str| String::from_utf8_lossy(content).contains(text);
    let kept = files.iter().any(|(path, content)| {
        path.contains("/taped/") && holds(content, "I found [redacted] and [redacted].")
    });
    assert!(kept, "what it said is not kept without the keys");
    search(&files, &[&ran.stdout, &ran.stderr]);
    assert!(!events(&env, "tasks").is_empty());
}
