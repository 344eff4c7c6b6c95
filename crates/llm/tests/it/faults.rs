//! What providers do on bad days, and what becomes of a call then.

use std::sync::Arc;
use std::time::Duration;

use llm::{
    Chat, ClientOptions, Dialect, Finish, LlmError, Message, RetryPolicy, ToolDefinition, ToolMode,
};

use crate::server::{Server, Step};
use crate::setup::{client, model, model_of, outcome, request, said, settings};

#[tokio::test]
async fn waits_are_told_with_their_reasons() {
    let server = Server::start(
        vec![
            Step::json(429, r#"{"error":{"message":"slow down"}}"#).with("retry-after", "7"),
            Step::json(429, "{}").with("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
            Step::json(529, r#"{"error":{"message":"Overloaded"}}"#).with("retry-after-ms", "250"),
            Step::json(503, "<html>busy</html>"),
            Step::json(200, "{\"choices\": ["),
            Step::Cut {
                kind: "application/json",
                body: "{".to_owned(),
            },
            Step::Hang,
            Step::json(200, said("hello")),
        ],
        None,
    );
    let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
    let reply = model.ask(&request("hi")).await.unwrap();
    assert_eq!(reply.text, "hello");
    assert_eq!(heard.calls()[0].attempts, 8);
    let waits: Vec<String> = heard
        .waits()
        .into_iter()
        .map(|(wait, reason)| format!("{wait} ms: {reason}"))
        .collect();
    insta::assert_snapshot!(waits.join("\n"), @r"
    7000 ms: status 429: slow down
    7000 ms: status 429: {}
    250 ms: status 529: Overloaded
    4000 ms: status 503: <html>busy</html>
    8000 ms: the reply is no JSON: EOF while parsing a list at line 1 column 13
    16000 ms: the answer broke off: end of file before message length reached
    30000 ms: the connection broke: connection closed before message completed
    ");
    let bodies: Vec<_> = server.asked().into_iter().map(|asked| asked.body).collect();
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn what_is_never_tried_again() {
    let quota =
        r#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#;
    let long = r#"{"error":{"message":"This model's maximum context length is 10 tokens","code":"context_length_exceeded"}}"#;
    let cases = [
        (
            Step::json(429, quota),
            "the quota of `model-1` is used up: You exceeded your current quota",
        ),
        (
            Step::json(400, long),
            "the conversation is longer than `model-1` can read",
        ),
        (
            Step::json(404, r#"{"error":{"message":"no such model"}}"#),
            "the provider of `model-1` refused with status 404: no such model",
        ),
        (
            Step::json(302, "").with("location", "http://127.0.0.1:1/v1/chat/completions"),
            "the provider of `model-1` refused with status 302: it does not say why",
        ),
    ];
    for (step, expected) in cases {
        let server = Server::start(vec![step], None);
        let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
        let result = model.ask(&request("hi")).await;
        assert_eq!(outcome(&result), expected);
        assert_eq!(server.asked().len(), 1);
        assert!(heard.waits().is_empty() && heard.calls().is_empty());
    }
}

#[tokio::test]
async fn attempts_and_time_come_to_an_end() {
    let busy = Step::json(500, r#"{"error":{"message":"oops"}}"#);
    let server = Server::start(Vec::new(), Some(busy));
    let retry = RetryPolicy {
        attempts: 3,
        ..RetryPolicy::default()
    };
    let few = client(ClientOptions {
        retry,
        ..ClientOptions::default()
    });
    let (model, heard) = model_of(&few, &settings(Dialect::Chat, &server.url()));
    assert_eq!(
        outcome(&model.ask(&request("hi")).await),
        "`model-1` did not answer after 3 attempts: status 500: oops"
    );
    assert_eq!(heard.waits().len(), 2);

    let later = Step::json(429, "{}").with("retry-after", "86400");
    let server = Server::start(vec![later], None);
    let (model, heard) = crate::setup::model(&settings(Dialect::Chat, &server.url()));
    let error = model.ask(&request("hi")).await.unwrap_err();
    assert!(error.to_string().contains("would be too late"), "{error}");
    assert!(heard.waits().is_empty(), "nobody waits in vain");
}

#[tokio::test]
async fn nobody_is_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (model, heard) = model(&settings(Dialect::Chat, &url));
    let error = model.ask(&request("hi")).await.unwrap_err();
    assert!(matches!(error, LlmError::Outage { attempts: 8, .. }));
    assert!(heard.waits()[0].1.starts_with("could not connect: "));
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for() {
    let silent = Step::Late(Duration::from_secs(5), Box::new(Step::Hang));
    let server = Server::start(vec![silent, Step::json(200, said("at last"))], None);
    let mut settings = settings(Dialect::Chat, &server.url());
    settings.timeout_seconds = 1;
    let (model, heard) = model(&settings);
    assert_eq!(outcome(&model.ask(&request("hi")).await), "at last");
    assert_eq!(heard.waits(), [(500, "no answer within 1 s".to_owned())]);
}

#[tokio::test]
async fn an_endless_answer_is_not_read() {
    let endless = Step::json(200, " ".repeat((32 << 20) + 1));
    let server = Server::start(vec![endless, Step::json(200, said("short"))], None);
    let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
    assert_eq!(outcome(&model.ask(&request("hi")).await), "short");
    assert_eq!(heard.waits()[0].1, "the answer is larger than 32 MiB");
}

#[tokio::test]
async fn streams_that_break_off_are_asked_again() {
    let chat = "data: {\"choices\":[{\"delta\":{\"content\":\"he\"}}]}\n\n";
    let messages = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n\
         data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"he\"}}\n\n";
    let responses = "event: response.created\ndata: {\"type\":\"response.created\"}\n\n";
    let cases = [
        (
            Dialect::Chat,
            chat,
            "data: {\"choices\":[{\"delta\":{\"content\":\"llo\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ),
        (
            Dialect::Messages,
            messages,
            "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"llo\"}}\n\n\
             event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ),
        (
            Dialect::Responses,
            responses,
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"output\":[{\"type\":\"message\",\
             \"content\":[{\"type\":\"output_text\",\"text\":\"hello\"}]}]}}\n\n",
        ),
    ];
    for (dialect, start, end) in cases {
        let kind = "text/event-stream";
        let server = Server::start(
            vec![
                Step::Cut {
                    kind,
                    body: start.to_owned(),
                },
                Step::events(start),
                Step::events(format!("{start}{end}")),
            ],
            None,
        );
        let mut settings = settings(dialect, &server.url());
        settings.stream = true;
        let (model, heard) = model(&settings);
        assert_eq!(outcome(&model.ask(&request("hi")).await), "hello");
        let reasons: Vec<String> = heard
            .waits()
            .into_iter()
            .map(|(_, reason)| reason)
            .collect();
        assert!(
            reasons[0].starts_with("the answer broke off"),
            "{reasons:?}"
        );
        assert_eq!(reasons[1], "the stream broke off");
        assert!(server.asked()[0].body["stream"].as_bool().unwrap());
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_last_event_even_if_the_connection_stays() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let stays = Step::Cut {
        kind: "text/event-stream",
        body: body.to_owned(),
    };
    let server = Server::start(vec![stays], None);
    let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
    assert_eq!(outcome(&model.ask(&request("hi")).await), "hello");
    assert!(heard.waits().is_empty());
}

#[tokio::test]
async fn fewer_calls_side_by_side_after_a_429() {
    let slow = |step| Step::Late(Duration::from_millis(20), Box::new(step));
    let turned_away = (0..8).map(|_| slow(Step::json(429, "{}"))).collect();
    let server = Server::start(turned_away, Some(slow(Step::json(200, said("ok")))));
    let (model, _) = model(&settings(Dialect::Chat, &server.url()));
    let model = Arc::new(model);
    let calls: Vec<_> = (0..24)
        .map(|index| {
            let model = model.clone();
            tokio::spawn(async move { model.ask(&request(&index.to_string())).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().text, "ok");
    }
    assert_eq!(server.most_inside(), 8, "as many as the settings allow");
    assert_eq!(
        server.asked().len(),
        32,
        "nothing is lost, nothing sent twice"
    );
    // Halved once for the eight that were turned away together; each reply adds a fraction of a place.
    let later = &server.company()[8..];
    assert!(later[..4].iter().all(|inside| *inside <= 4), "{later:?}");
    assert!(later.iter().all(|inside| *inside < 8), "{later:?}");
}

#[tokio::test]
async fn ids_of_calls_are_unique_in_a_conversation() {
    let body = r#"{"choices": [{"message": {"tool_calls": [
        {"id": "call_0", "function": {"name": "a", "arguments": "{}"}},
        {"id": "call_0", "function": {"name": "b", "arguments": "{}"}},
        {"function": {"name": "c", "arguments": "{}"}}]}}]}"#;
    let server = Server::start(vec![Step::json(200, body)], None);
    let (model, _) = model(&settings(Dialect::Chat, &server.url()));
    let reply = model.ask(&request("hi")).await.unwrap();
    let ids: Vec<&str> = reply.calls.iter().map(|call| call.id.as_str()).collect();
    assert_eq!(ids, ["call_0", "call_2", "call_3"]);
}

#[tokio::test]
async fn a_model_without_tools_calls_them_by_json() {
    let server = Server::start(
        vec![
            Step::json(
                200,
                said("Sure.\n```json\n{\"tool\": \"look\", \"arguments\": {\"at\": 1,}}\n```"),
            ),
            Step::json(200, said("done")),
        ],
        None,
    );
    let mut settings = settings(Dialect::Chat, &server.url());
    settings.tools = ToolMode::Json;
    let (model, heard) = model(&settings);
    let mut request = request("hi");
    request.tools = vec![ToolDefinition {
        name: "look".to_owned(),
        description: "Looks.".to_owned(),
        parameters: serde_json::json!({ "type": "object" }),
    }];
    let reply = model.ask(&request).await.unwrap();
    let call = reply.calls[0].clone();
    assert_eq!(
        (
            call.id.as_str(),
            call.name.as_str(),
            call.arguments.as_str()
        ),
        ("call_1", "look", "{\"at\":1}")
    );
    assert_eq!(reply.finish, Finish::Tools);
    request.messages.push(Message::Assistant {
        text: reply.text,
        calls: reply.calls,
    });
    request.messages.push(Message::Tool {
        call: call.id,
        name: call.name,
        text: "nothing".to_owned(),
        failed: false,
    });
    assert_eq!(outcome(&model.ask(&request).await), "done");
    let sent = &server.asked()[1].body;
    assert!(sent.get("tools").is_none());
    assert_eq!(
        sent["messages"][3]["content"],
        "The tool `look` gave:\nnothing"
    );
    assert_eq!(
        heard.calls()[0].finish,
        Finish::Tools,
        "the record tells what the caller got"
    );
}
