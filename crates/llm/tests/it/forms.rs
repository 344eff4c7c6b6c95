//! Servers that fail at the form of a reply: they are asked in a plainer one, and an outage stays an outage.

use llm::{
    Cassette, CassetteMode, Chat, ClientOptions, Dialect, Limits, LlmError, OutputSchema, Request,
    Settings,
};
use serde_json::{Value, json};

use crate::server::{Server, Step};
use crate::setup::{client, model, model_of, outcome, request, said, settings};

/// What llama.cpp says of a schema that it can't make a grammar of.
const GRAMMAR: &str =
    r#"{"error":{"code":400,"message":"failed to parse grammar","type":"invalid_request_error"}}"#;
/// What vLLM says of a field that it does not know: where it is, and what was sent.
const FIELD: &str =
    r#"{"detail":[{"loc":["body","response_format","type"],"msg":"unexpected value"}]}"#;
const CRASH: &str = r#"{"error":{"message":"Internal Server Error"}}"#;

fn formed(text: &str) -> Request {
    Request {
        output: Some(OutputSchema {
            name: "answer".to_owned(),
            schema: json!({
                "type": "object",
                "properties": { "rows": { "type": "integer" } },
                "required": ["rows"],
                "additionalProperties": false,
            }),
        }),
        ..request(text)
    }
}

/// The form that each request was sent in.
fn sent(server: &Server) -> Vec<String> {
    let form = |body: &Value| match body.pointer("/response_format/type") {
        Some(form) => form.as_str().unwrap().to_owned(),
        None => "text".to_owned(),
    };
    server
        .asked()
        .iter()
        .map(|asked| form(&asked.body))
        .collect()
}

fn crash() -> Step {
    Step::json(500, CRASH)
}

fn ok() -> Step {
    Step::json(200, said("{\"rows\": 1}"))
}

#[tokio::test]
async fn a_form_that_the_server_names_is_given_up_for_the_run() {
    for refusal in [
        Step::json(400, GRAMMAR),
        Step::json(422, FIELD),
        Step::json(500, GRAMMAR),
        Step::json(
            200,
            r#"{"error":{"code":400,"message":"response_format is not supported"}}"#,
        ),
    ] {
        let server = Server::start(vec![refusal], Some(ok()));
        let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
        for text in ["a", "b"] {
            assert_eq!(outcome(&model.ask(&formed(text)).await), "{\"rows\": 1}");
        }
        assert_eq!(sent(&server), ["json_schema", "json_object", "json_object"]);
        assert!(heard.waits().is_empty(), "nobody waits for what is known");
        let schema = &server.asked()[1].body["messages"][0]["content"];
        assert!(
            schema.as_str().unwrap().contains("JSON Schema"),
            "the prompt has the schema: {schema}"
        );
    }
}

#[tokio::test]
async fn a_server_may_know_no_form_at_all() {
    for second in [
        vec![Step::json(422, FIELD)],
        vec![Step::json(500, GRAMMAR)],
        vec![crash(), crash(), crash()],
    ] {
        let mut expected = vec!["json_schema"];
        expected.extend(vec!["json_object"; second.len()]);
        expected.extend(["text", "text"]);
        let mut steps = vec![Step::json(400, GRAMMAR)];
        steps.extend(second);
        let server = Server::start(steps, Some(ok()));
        let (model, _) = model(&settings(Dialect::Chat, &server.url()));
        for text in ["a", "b"] {
            assert_eq!(outcome(&model.ask(&formed(text)).await), "{\"rows\": 1}");
        }
        assert_eq!(sent(&server), expected);
    }
}

#[tokio::test]
async fn a_form_that_always_crashes_the_server_is_given_up() {
    let server = Server::start(vec![crash(), crash(), crash()], Some(ok()));
    let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
    for text in ["a", "b"] {
        assert_eq!(outcome(&model.ask(&formed(text)).await), "{\"rows\": 1}");
    }
    let schema = "json_schema";
    let object = "json_object";
    assert_eq!(sent(&server), [schema, schema, schema, object, object]);
    assert_eq!(heard.waits().len(), 2);
}

#[tokio::test]
async fn an_outage_stays_one_and_nothing_is_concluded_from_it() {
    let mut steps: Vec<Step> = (0..13).map(|_| crash()).collect();
    steps.push(ok());
    let server = Server::start(steps, None);
    let (model, _) = model(&settings(Dialect::Chat, &server.url()));
    let error = model.ask(&formed("a")).await.unwrap_err();
    assert!(
        matches!(error, LlmError::Outage { attempts: 8, .. }),
        "{error}"
    );
    let mut expected = vec!["json_schema"; 3];
    expected.extend(["json_object", "text"]);
    expected.extend(["json_schema"; 8]);
    assert_eq!(sent(&server), expected);
    // Back again, it is asked as before.
    model.ask(&formed("a")).await.unwrap();
    assert_eq!(sent(&server).last().unwrap(), "json_schema");
}

#[tokio::test]
async fn what_is_no_matter_of_form_ends_as_before() {
    for (step, expected) in [
        (
            Step::json(404, r#"{"error":{"message":"no such model"}}"#),
            "the provider of `model-1` refused with status 404: no such model",
        ),
        (
            Step::json(400, r#"{"error":{"message":"temperature is too high"}}"#),
            "the provider of `model-1` refused with status 400: temperature is too high",
        ),
    ] {
        let server = Server::start(vec![step], None);
        let (model, _) = model(&settings(Dialect::Chat, &server.url()));
        assert_eq!(outcome(&model.ask(&formed("a")).await), expected);
    }
    // Where no form is asked for, none is doubted.
    let server = Server::start(Vec::new(), Some(crash()));
    let (model, _) = model(&settings(Dialect::Chat, &server.url()));
    assert!(model.ask(&request("a")).await.is_err());
    assert_eq!(server.asked().len(), 8);
    // Where every form is refused, the first refusal is told.
    let server = Server::start(vec![Step::json(400, GRAMMAR)], Some(Step::json(422, FIELD)));
    let (model, _) = crate::setup::model(&settings(Dialect::Chat, &server.url()));
    assert_eq!(
        outcome(&model.ask(&formed("a")).await),
        "the provider of `model-1` refused with status 400: failed to parse grammar"
    );
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn each_form_is_paid_from_the_same_budget() {
    // An answer that was counted, and refuses.
    let dear = r#"{"error":{"message":"failed to parse grammar"},"usage":{"prompt_tokens":1500,"completion_tokens":0}}"#;
    let server = Server::start(vec![Step::json(500, dear)], Some(ok()));
    let budget = Limits {
        max_tokens: Some(3000),
        ..Limits::default()
    };
    let poor = client(ClientOptions {
        budget,
        ..ClientOptions::default()
    });
    let (model, _) = model_of(&poor, &settings(Dialect::Chat, &server.url()));
    let error = model.ask(&formed("a")).await.unwrap_err();
    assert!(matches!(error, LlmError::Budget { .. }), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_replay_finds_each_call_in_its_form_whatever_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let cassette = |mode| {
        client(ClientOptions {
            cassette: Cassette {
                mode,
                folder: folder.path().to_str().unwrap().into(),
            },
            ..ClientOptions::default()
        })
    };
    let fine = Step::json(200, said("strict"));
    let steps = vec![fine, crash(), crash(), crash()];
    let server = Server::start(steps, Some(Step::json(200, said("plain"))));
    let recording = cassette(CassetteMode::Record);
    let at = |url: &str| -> Settings { settings(Dialect::Chat, url) };
    let (model, _) = model_of(&recording, &at(&server.url()));
    let calls = [("a", "strict"), ("b", "plain"), ("c", "plain")];
    for (text, reply) in calls {
        assert_eq!(outcome(&model.ask(&formed(text)).await), reply);
    }
    for order in [[0, 1, 2], [2, 1, 0]] {
        let replaying = cassette(CassetteMode::Replay);
        let (model, _) = model_of(&replaying, &at("http://127.0.0.1:9/v1"));
        for (text, reply) in order.map(|place| calls[place]) {
            assert_eq!(outcome(&model.ask(&formed(text)).await), reply);
        }
        let missing = model.ask(&formed("d")).await.unwrap_err();
        assert!(matches!(missing, LlmError::NotRecorded { .. }), "{missing}");
    }
}

#[tokio::test]
async fn another_run_takes_what_was_paid_in_whatever_form_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let run = || {
        client(ClientOptions {
            cassette: Cassette {
                mode: CassetteMode::Auto,
                folder: folder.path().to_str().unwrap().into(),
            },
            ..ClientOptions::default()
        })
    };
    let server = Server::start(vec![crash(), crash(), crash()], Some(ok()));
    let settings = settings(Dialect::Chat, &server.url());
    for _ in 0..2 {
        let (model, _) = model_of(&run(), &settings);
        for text in ["a", "b"] {
            assert_eq!(outcome(&model.ask(&formed(text)).await), "{\"rows\": 1}");
        }
        assert_eq!(
            server.asked().len(),
            5,
            "three that crashed, two that did not"
        );
    }
}
