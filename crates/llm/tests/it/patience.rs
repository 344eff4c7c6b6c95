//! Who waits for a provider that is busy, how long, and what that costs.

use std::sync::Arc;
use std::time::Duration;

use llm::{Chat, Client, ClientOptions, Clock, Dialect, Limits, RetryPolicy, Surroundings};

use crate::server::{Server, Step};
use crate::setup::{PatientClock, client, model, model_of, outcome, request, said, settings};

fn within(options: ClientOptions, clock: Option<Arc<PatientClock>>) -> Client {
    let mut surroundings = Surroundings::default();
    if let Some(clock) = clock {
        surroundings.clock = clock;
    }
    Client::within(options, surroundings).unwrap()
}

async fn until_asked(server: &Server, requests: usize) {
    while server.asked().len() < requests {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_named_wait_holds_for_all_calls_of_the_provider() {
    let server = Server::start(
        vec![Step::json(429, "{}").with("retry-after-ms", "1000")],
        Some(Step::json(200, said("ok"))),
    );
    let client = within(ClientOptions::default(), None);
    let mut settings = settings(Dialect::Chat, &server.url());
    settings.key_variable = None;
    let (first, heard) = model_of(&client, &settings);
    let first = tokio::spawn(async move { first.ask(&request("a")).await });
    while heard.waits().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (second, heard) = model_of(&client, &settings);
    assert_eq!(outcome(&second.ask(&request("b")).await), "ok");
    assert_eq!(outcome(&first.await.unwrap()), "ok");
    let waits = heard.waits();
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert!(waits[0].0 > 300, "{waits:?}");
    assert_eq!(waits[0].1, "the provider has turned away other calls");
}

#[tokio::test]
async fn attempts_until_a_named_moment_are_not_counted() {
    let later = || Step::json(429, "{}").with("retry-after", "2");
    let server = Server::start(
        (0..20).map(|_| later()).collect(),
        Some(Step::json(200, said("ok"))),
    );
    let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
    assert_eq!(outcome(&model.ask(&request("a")).await), "ok");
    assert_eq!(heard.calls()[0].attempts, 21);
}

#[tokio::test]
async fn no_wait_is_no_named_wait() {
    for none in ["0", "-5", "Thu, 01 Jan 1970 00:00:01 GMT"] {
        let at_once = || Step::json(429, "{}").with("retry-after", none);
        let server = Server::start(Vec::new(), Some(at_once()));
        let (model, heard) = model(&settings(Dialect::Chat, &server.url()));
        model.ask(&request("a")).await.unwrap_err();
        let waits: Vec<u128> = heard.waits().iter().map(|(wait, _)| *wait).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
    }
}

#[tokio::test]
async fn the_deadline_begins_with_the_first_failure() {
    let slow = Step::Late(
        Duration::from_millis(300),
        Box::new(Step::json(500, r#"{"error":{"message":"oops"}}"#)),
    );
    let server = Server::start(vec![slow, Step::json(200, said("ok"))], None);
    let clock = Arc::new(PatientClock::default());
    let retry = RetryPolicy {
        deadline: Duration::from_secs(10),
        ..RetryPolicy::default()
    };
    let client = within(
        ClientOptions {
            retry,
            ..ClientOptions::default()
        },
        Some(clock.clone()),
    );
    let mut settings = settings(Dialect::Chat, &server.url());
    settings.key_variable = None;
    let (model, _) = model_of(&client, &settings);
    let call = tokio::spawn(async move { model.ask(&request("a")).await });
    until_asked(&server, 1).await;
    clock.sleep(Duration::from_secs(100)).await;
    assert_eq!(outcome(&call.await.unwrap()), "ok");
}

#[tokio::test]
async fn an_error_in_place_of_a_reply_is_free() {
    let server = Server::start(
        vec![Step::json(
            200,
            r#"{"error":{"code":429,"message":"slow"}}"#,
        )],
        Some(Step::json(200, said("ok"))),
    );
    let client = client(ClientOptions::default());
    let (model, heard) = model_of(&client, &settings(Dialect::Chat, &server.url()));
    assert_eq!(outcome(&model.ask(&request("a")).await), "ok");
    assert_eq!(heard.waits(), [(500, "slow".to_owned())]);
    assert_eq!(client.spent().tokens, 30);
}

#[tokio::test]
async fn a_call_that_is_given_up_may_have_cost_all_of_it() {
    let silent = Step::Late(Duration::from_secs(5), Box::new(Step::Hang));
    let server = Server::start(vec![silent], None);
    let client = client(ClientOptions::default());
    let (model, _) = model_of(&client, &settings(Dialect::Chat, &server.url()));
    let call = tokio::spawn(async move { model.ask(&request("a")).await.map(drop) });
    until_asked(&server, 1).await;
    assert_eq!(client.spent().tokens, 0);
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let spent = client.spent();
    assert!(
        spent.tokens > 1000 && spent.reserved_tokens == 0,
        "{spent:?}"
    );
}

/// Some models read numbers digit by digit.
#[tokio::test]
async fn the_reservation_is_a_bound() {
    let digits = request(&"7".repeat(20_000));
    let counted = r#"{"choices": [{"message": {"content": "ok"}}], "usage": {"prompt_tokens": 20000, "completion_tokens": 10}}"#;
    let server = Server::start(Vec::new(), Some(Step::json(200, counted)));
    let limited = |tokens| {
        client(ClientOptions {
            budget: Limits {
                max_tokens: Some(tokens),
                ..Limits::default()
            },
            ..ClientOptions::default()
        })
    };
    let settings = settings(Dialect::Chat, &server.url());
    let poor = limited(18_000);
    let (model, _) = model_of(&poor, &settings);
    model.ask(&digits).await.unwrap_err();
    assert_eq!((poor.spent().tokens, server.asked().len()), (0, 0));
    // What was counted is known, by another model of the same name too.
    let client = limited(42_000);
    for number in 0..2 {
        let (model, _) = model_of(&client, &settings);
        let mut request = digits.clone();
        request
            .messages
            .push(llm::Message::user(number.to_string()));
        assert_eq!(outcome(&model.ask(&request).await), "ok");
    }
    assert_eq!(client.spent().tokens, 40_020);
}
