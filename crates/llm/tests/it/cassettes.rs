//! Recording, replaying, and what a replay must have in common with the run that was recorded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use llm::{
    CallRecord, Cassette, CassetteMode, Chat, ClientOptions, Dialect, Limits, LlmError, Price,
    Settings,
};

use crate::server::{Server, Step};
use crate::setup::{client, model_of, outcome, request, said, settings};

const NOWHERE: &str = "http://127.0.0.1:9/v1";

fn options(mode: CassetteMode, folder: &Path) -> ClientOptions {
    ClientOptions {
        cassette: Cassette {
            mode,
            folder: folder.to_str().unwrap().into(),
        },
        ..ClientOptions::default()
    }
}

fn priced(url: &str) -> Settings {
    let mut settings = settings(Dialect::Chat, url);
    settings.price = Some(Price {
        input: 1.0,
        output: 2.0,
        cache_read: None,
        cache_write: None,
    });
    settings
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let text = fs_err::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect()
}

/// What must be equal in a run and its replay.
fn comparable(records: Vec<CallRecord>) -> Vec<CallRecord> {
    records
        .into_iter()
        .map(|record| CallRecord {
            latency: Default::default(),
            replayed: false,
            ..record
        })
        .collect()
}

fn troubled() -> Vec<Step> {
    vec![
        Step::json(429, "{}").with("retry-after", "3"),
        Step::Hang,
        Step::json(200, "no JSON"),
        Step::json(200, said("first")),
        Step::json(
            400,
            r#"{"error":{"message":"prompt is too long: 9 tokens"}}"#,
        ),
    ]
}

#[tokio::test]
async fn a_replay_is_the_recorded_run_without_its_waits() {
    let folder = tempfile::tempdir().unwrap();
    let again = tempfile::tempdir().unwrap();
    let mut recorded = Vec::new();
    for folder in [&folder, &again] {
        let server = Server::start(troubled(), None);
        let client = client(options(CassetteMode::Record, folder.path()));
        let (model, heard) = model_of(&client, &priced(&server.url()));
        assert_eq!(outcome(&model.ask(&request("one")).await), "first");
        assert!(matches!(
            model.ask(&request("two")).await,
            Err(LlmError::TooLong { .. })
        ));
        assert_eq!(heard.waits().len(), 3);
        recorded.push((comparable(heard.calls()), client.spent()));
    }
    assert_eq!(files(folder.path()), files(again.path()), "equal bytes");
    assert_eq!(recorded[0], recorded[1]);

    let client = client(options(CassetteMode::Replay, folder.path()));
    let mut unkeyed = priced(NOWHERE);
    unkeyed.key_variable = Some("MISSING_KEY".to_owned());
    let (model, heard) = model_of(&client, &unkeyed);
    assert_eq!(outcome(&model.ask(&request("one")).await), "first");
    assert!(matches!(
        model.ask(&request("two")).await,
        Err(LlmError::TooLong { .. })
    ));
    assert!(heard.waits().is_empty());
    let calls = heard.calls();
    assert!(calls[0].replayed && calls[0].latency.is_zero());
    assert_eq!((comparable(calls), client.spent()), recorded[0]);
}

#[tokio::test]
async fn a_miss_shows_the_nearest_request() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Vec::new(), Some(Step::json(200, said("ok"))));
    let client_of = |mode| client(options(mode, folder.path()));
    let (model, _) = model_of(&client_of(CassetteMode::Record), &priced(&server.url()));
    for text in ["the rows are 10", "columns"] {
        model.ask(&request(text)).await.unwrap();
    }
    let (model, _) = model_of(&client_of(CassetteMode::Replay), &priced(NOWHERE));
    let missed = model.ask(&request("the rows are 11")).await;
    assert!(
        outcome(&missed).starts_with(
            "the cassette has no reply to this request: at `body.messages[1].content`, recorded is "
        ),
        "{missed:?}"
    );
    let mut other = priced(NOWHERE);
    other.max_tokens = 7;
    let (model, _) = model_of(&client_of(CassetteMode::Replay), &other);
    let missed = model.ask(&request("columns")).await;
    assert!(
        outcome(&missed).contains("at `body.max_tokens`, recorded is 1000, asked is 7"),
        "{missed:?}"
    );
    let empty = tempfile::tempdir().unwrap();
    let (model, _) = model_of(
        &client(options(CassetteMode::Replay, empty.path())),
        &priced(NOWHERE),
    );
    assert!(outcome(&model.ask(&request("x")).await).contains("has no recorded request"));
}

#[tokio::test]
async fn auto_sends_only_what_did_not_end_well() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(
        vec![
            Step::json(200, said("kept")),
            Step::json(404, "{}"),
            Step::json(200, said("now")),
        ],
        None,
    );
    let client_of = || client(options(CassetteMode::Auto, folder.path()));
    let (model, _) = model_of(&client_of(), &priced(&server.url()));
    assert_eq!(outcome(&model.ask(&request("a")).await), "kept");
    assert!(model.ask(&request("b")).await.is_err());
    let later = client_of();
    let (model, heard) = model_of(&later, &priced(&server.url()));
    assert_eq!(outcome(&model.ask(&request("a")).await), "kept");
    assert_eq!(later.spent().tokens, 0, "a hit is free");
    assert_eq!(outcome(&model.ask(&request("b")).await), "now");
    let replayed: Vec<bool> = heard.calls().iter().map(|call| call.replayed).collect();
    assert_eq!(replayed, [true, false]);
    assert_eq!(later.spent().tokens, 30);
    assert_eq!(server.asked().len(), 3);

    let mut unkeyed = priced(&server.url());
    unkeyed.key_variable = Some("MISSING_KEY".to_owned());
    let (model, _) = model_of(&client_of(), &unkeyed);
    assert_eq!(outcome(&model.ask(&request("b")).await), "now");
    assert!(outcome(&model.ask(&request("c")).await).contains("MISSING_KEY"));
}

/// Servers of one's own call any model `local`.
#[tokio::test]
async fn auto_asks_another_provider_anew() {
    let folder = tempfile::tempdir().unwrap();
    let servers = ["one", "two"].map(|name| {
        let server = Server::start(vec![Step::json(200, said(name))], None);
        (name, server)
    });
    for (name, server) in &servers {
        for _ in 0..2 {
            let client = client(options(CassetteMode::Auto, folder.path()));
            let (model, _) = model_of(&client, &priced(&server.url()));
            assert_eq!(outcome(&model.ask(&request("a")).await), *name);
        }
    }
    let replaying = client(options(CassetteMode::Replay, folder.path()));
    let (model, _) = model_of(&replaying, &priced(NOWHERE));
    assert_eq!(outcome(&model.ask(&request("a")).await), "two");
}

#[tokio::test]
async fn auto_asks_anew_where_a_recording_is_torn() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Vec::new(), Some(Step::json(200, said("ok"))));
    let ask = async |mode| {
        let client = client(options(mode, folder.path()));
        let (model, _) = model_of(&client, &priced(&server.url()));
        outcome(&model.ask(&request("a")).await)
    };
    for torn in ["", "{\"request\": ", "\u{0}"] {
        assert_eq!(ask(CassetteMode::Auto).await, "ok");
        let name = files(folder.path()).into_keys().next().unwrap();
        fs_err::write(folder.path().join(name), torn).unwrap();
        assert_eq!(
            ask(CassetteMode::Replay).await,
            "a cassette could not be used"
        );
    }
    assert_eq!(ask(CassetteMode::Auto).await, "ok");
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn a_reply_that_can_not_be_kept_was_paid() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("texts"), "no folder").unwrap();
    let long = "long ".repeat(100);
    let server = Server::start(Vec::new(), Some(Step::json(200, said(&long))));
    for (mode, expected) in [
        (CassetteMode::Auto, long.as_str()),
        (CassetteMode::Record, "a cassette could not be used"),
    ] {
        let client = client(options(mode, folder.path()));
        let (model, heard) = model_of(&client, &priced(&server.url()));
        assert_eq!(outcome(&model.ask(&request("a")).await), expected);
        assert_eq!(heard.calls().len(), 1);
    }
}

#[tokio::test]
async fn equal_requests_in_flight_are_sent_once_while_recording() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(
        vec![Step::json(404, "{}")],
        Some(Step::json(200, said("same"))),
    );
    let recording = client(options(CassetteMode::Record, folder.path()));
    let (model, _) = model_of(&recording, &priced(&server.url()));
    let model = Arc::new(model);
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let model = model.clone();
            tokio::spawn(async move { outcome(&model.ask(&request("a")).await) })
        })
        .collect();
    let mut texts = Vec::new();
    for call in calls {
        texts.push(call.await.unwrap());
    }
    assert_eq!(texts.iter().filter(|text| *text == "same").count(), 5);
    assert_eq!(
        server.asked().len(),
        2,
        "one that failed, one for all others"
    );
    assert_eq!(recording.spent().tokens, 30, "paid once");
    let replaying = client(options(CassetteMode::Replay, folder.path()));
    let (model, _) = model_of(&replaying, &priced(NOWHERE));
    for _ in 0..3 {
        assert_eq!(outcome(&model.ask(&request("a")).await), "same");
    }
    assert_eq!(replaying.spent(), recording.spent());
}

#[tokio::test]
async fn a_run_that_spent_its_budget_does_so_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Vec::new(), Some(Step::json(200, said("ok"))));
    let with_budget = |mode| {
        client(ClientOptions {
            budget: Limits {
                max_tokens: Some(1670),
                ..Limits::default()
            },
            ..options(mode, folder.path())
        })
    };
    for (mode, url) in [
        (CassetteMode::Record, server.url()),
        (CassetteMode::Replay, NOWHERE.to_owned()),
    ] {
        let (model, _) = model_of(&with_budget(mode), &priced(&url));
        let mut texts = Vec::new();
        for number in 0..6 {
            texts.push(outcome(&model.ask(&request(&number.to_string())).await));
        }
        assert_eq!(
            texts.iter().filter(|text| *text == "ok").count(),
            5,
            "{texts:?}"
        );
        assert!(
            texts[5].starts_with("the budget is spent: 150 of 1670 tokens are used"),
            "{texts:?}"
        );
    }
}

#[tokio::test]
async fn streamed_and_whole_replies_share_a_key_and_streams_replay() {
    let folder = tempfile::tempdir().unwrap();
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let server = Server::start(vec![Step::events(body)], None);
    let mut streamed = priced(&server.url());
    streamed.stream = true;
    let (model, _) = model_of(
        &client(options(CassetteMode::Record, folder.path())),
        &streamed,
    );
    model.ask(&request("a")).await.unwrap();
    let (model, _) = model_of(
        &client(options(CassetteMode::Replay, folder.path())),
        &priced(NOWHERE),
    );
    assert_eq!(outcome(&model.ask(&request("a")).await), "hello");
    let text = files(folder.path()).into_values().next().unwrap();
    insta::assert_snapshot!(text);
}
