//! Our client and the scripted model: conversations in every dialect, failures that it gets over, and recordings.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use llm::{Finish, LlmError, Message, OutputSchema, Reply, Request};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ask::{Asked, DIALECTS, KEY, request};
use crate::scripted::ScriptedModel;

const LINES: &str = "Agent: designer\nDataset: plants";

/// A server with the replies of one conversation.
fn serve(turns: &[&str]) -> (ScriptedModel, TempDir) {
    let replies = TempDir::new().unwrap();
    let folder = Utf8Path::from_path(replies.path()).unwrap();
    let conversation = folder.join("plants/designer");
    fs_err::create_dir_all(&conversation).unwrap();
    for (number, reply) in turns.iter().enumerate() {
        fs_err::write(conversation.join(format!("{number:02}.json")), reply).unwrap();
    }
    (ScriptedModel::start(folder, &[]), replies)
}

/// The request after a reply whose calls all gave `done`.
fn after(mut request: Request, reply: &Reply) -> Request {
    request.messages.push(Message::Assistant {
        text: reply.text.clone(),
        calls: reply.calls.clone(),
    });
    let results = reply.calls.iter().map(|call| Message::Tool {
        call: call.id.clone(),
        name: call.name.clone(),
        text: "done".to_owned(),
        failed: false,
    });
    request.messages.extend(results);
    request
}

const CALLS: &str = r#"{"text": "I look first.", "tool_calls": [
    {"name": "write", "arguments": {"path": "a.py", "content": "print('ü')\n"}}, {"name": "run", "arguments": {}}]}"#;

#[tokio::test]
async fn a_conversation_in_every_dialect_plain_and_streamed() {
    let (server, _replies) = serve(&[CALLS, r#"{"text": "All is well."}"#]);
    for dialect in DIALECTS {
        for stream in [false, true] {
            let model = Asked::at(server.url(), dialect, "").streamed(stream);
            let first = request(LINES);
            let reply = model.ask(&first).await.unwrap();
            let seen = format!("{dialect:?}, streamed: {stream}: {reply:?}");
            assert_eq!(reply.text, "I look first.", "{seen}");
            assert_eq!(reply.finish, Finish::Tools, "{seen}");
            let [write, run] = reply.calls.as_slice() else {
                panic!("{seen}");
            };
            assert_eq!(
                (write.name.as_str(), run.name.as_str()),
                ("write", "run"),
                "{seen}"
            );
            let arguments: Value = serde_json::from_str(&write.arguments).unwrap();
            assert_eq!(
                arguments,
                json!({"path": "a.py", "content": "print('ü')\n"}),
                "{seen}"
            );
            assert!(reply.usage.input > 20 && reply.usage.output > 20, "{seen}");

            let reply = model.ask(&after(first, &reply)).await.unwrap();
            assert_eq!(
                (reply.text.as_str(), reply.finish),
                ("All is well.", Finish::Stop)
            );
        }
    }
    assert_eq!(server.complaints(), "");
}

#[tokio::test]
async fn failures_are_got_over_and_told() {
    let faults = r#"{"text": "At last.", "faults": [{"status": 429, "retry_after": 1}, {"status": 529}, {"status": 500},
        {"malformed": true}, {"disconnect": 0}, {"disconnect": 3}]}"#;
    for dialect in DIALECTS {
        for stream in [false, true] {
            let (server, _replies) = serve(&[faults]);
            let model = Asked::at(server.url(), dialect, "").streamed(stream);
            let reply = model.ask(&request(LINES)).await.unwrap();
            assert_eq!(reply.text, "At last.", "{dialect:?}, streamed: {stream}");
            assert_eq!(model.heard.calls.lock().unwrap()[0].attempts, 7);
            let waits = model.heard.waits.lock().unwrap();
            assert!(
                waits[0].duration >= Duration::from_secs(1),
                "{:?}",
                waits[0]
            );
            let reasons: Vec<&str> = waits.iter().map(|wait| wait.reason.as_str()).collect();
            assert_eq!(reasons.len(), 6, "{reasons:?}");
            for (reason, part) in reasons.iter().zip(["429", "529", "500"]) {
                assert!(reason.contains(part), "{reasons:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_can_not_be_got_over_is_an_error_of_its_kind() {
    let too_long = r#"{"error": {"status": 400, "code": "context_length_exceeded",
        "message": "prompt is too long: 250000 tokens > 200000 maximum"}}"#;
    let quota = r#"{"error": {"status": 429, "type": "insufficient_quota", "code": "insufficient_quota",
        "message": "You exceeded your current quota, please check your plan and billing details."}}"#;
    let key = r#"{"error": {"status": 401, "message": "invalid x-api-key"}}"#;
    for dialect in DIALECTS {
        let fails = async |reply: &str| {
            let (server, _replies) = serve(&[reply]);
            let model = Asked::at(server.url(), dialect, "");
            model.ask(&request(LINES)).await.unwrap_err()
        };
        let error = fails(too_long).await;
        assert!(
            matches!(error, LlmError::TooLong { .. }),
            "{dialect:?}: {error:?}"
        );
        let error = fails(quota).await;
        assert!(
            matches!(error, LlmError::Quota { .. }),
            "{dialect:?}: {error:?}"
        );
        let error = fails(key).await;
        assert!(
            matches!(error, LlmError::Refused { status: 401, .. }),
            "{dialect:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_reply_that_is_not_written_is_refused_with_its_path() {
    let (server, _replies) = serve(&[]);
    for dialect in DIALECTS {
        let model = Asked::at(server.url(), dialect, "");
        let error = model.ask(&request(LINES)).await.unwrap_err();
        assert!(
            error.to_string().contains("plants/designer/00.json"),
            "{dialect:?}: {error}"
        );
    }
}

#[tokio::test]
async fn text_of_a_form_is_text_in_every_dialect() {
    let (server, _replies) = serve(&[r#"{"text": {"verdict": "pass"}}"#]);
    let mut request = request(LINES);
    request.output = Some(OutputSchema {
        name: "review".to_owned(),
        schema: json!({"type": "object", "properties": {"verdict": {"type": "string"}},
            "required": ["verdict"], "additionalProperties": false}),
    });
    for tools in [true, false] {
        if !tools {
            request.tools.clear();
        }
        for dialect in DIALECTS {
            let reply = Asked::at(server.url(), dialect, "")
                .ask(&request)
                .await
                .unwrap();
            assert_eq!(reply.text, r#"{"verdict":"pass"}"#, "{dialect:?}");
            assert_eq!(reply.finish, Finish::Stop, "{dialect:?}");
        }
    }
}

#[tokio::test]
async fn what_is_recorded_is_replayed_without_a_server_and_holds_no_key() {
    for dialect in DIALECTS {
        let folder = TempDir::new().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("tape")).unwrap();
        let (server, _replies) = serve(&[CALLS, r#"{"text": "All is well."}"#]);
        let url = server.url().to_owned();
        let recording = Asked::at(&url, dialect, &format!("record:{path}"));
        let first = request(LINES);
        let calls = recording.ask(&first).await.unwrap();
        let second = after(first.clone(), &calls);
        let end = recording.ask(&second).await.unwrap();
        drop((server, recording));

        let replaying = Asked::at(&url, dialect, &format!("replay:{path}"));
        assert_eq!(replaying.ask(&first).await.unwrap(), calls, "{dialect:?}");
        assert_eq!(replaying.ask(&second).await.unwrap(), end, "{dialect:?}");
        assert!(
            replaying
                .heard
                .calls
                .lock()
                .unwrap()
                .iter()
                .all(|call| call.replayed)
        );
        let error = replaying
            .ask(&request("Agent: designer"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, LlmError::NotRecorded { .. }),
            "{dialect:?}: {error:?}"
        );

        let mut files = 0;
        for entry in fs_err::read_dir(&path).unwrap() {
            let text = fs_err::read_to_string(entry.unwrap().path()).unwrap();
            assert!(!text.contains(KEY), "{dialect:?}: the key was recorded");
            files += 1;
        }
        assert!(files > 0, "{dialect:?}: nothing was recorded");
    }
}
