//! Limits on money, tokens and time, over real connections.

use std::sync::Arc;
use std::time::Duration;

use llm::{Chat, ClientOptions, Dialect, Limits, LlmError, Price, Prices, Settings};

use crate::server::{Server, Step};
use crate::setup::{Heard, client, model_of, outcome, request, said, settings};

fn limited(budget: Limits) -> llm::Client {
    client(ClientOptions {
        budget,
        prices: Prices::embedded(),
        ..ClientOptions::default()
    })
}

fn priced(url: &str) -> Settings {
    let mut settings = settings(Dialect::Chat, url);
    settings.price = Some(Price {
        input: 1.0,
        output: 10.0,
        cache_read: None,
        cache_write: None,
    });
    settings
}

#[tokio::test]
async fn money_stops_before_the_first_call_that_could_exceed_it() {
    let server = Server::start(Vec::new(), Some(Step::json(200, said("ok"))));
    let budget = Limits {
        max_usd: Some(0.01),
        ..Limits::default()
    };
    let poor = limited(budget);
    let (model, _) = model_of(&poor, &priced(&server.url()));
    let error = model.ask(&request("hi")).await.unwrap_err();
    assert!(matches!(error, LlmError::Budget { .. }), "{error}");
    assert_eq!(error.fault(), process::Fault::Budget);
    assert!(server.asked().is_empty());
    // The same call with a shorter reply fits.
    let mut brief = priced(&server.url());
    brief.max_tokens = 100;
    let (model, heard) = model_of(&poor, &brief);
    assert_eq!(outcome(&model.ask(&request("hi")).await), "ok");
    assert_eq!(heard.calls()[0].cost_usd, Some(0.000_12));
    assert_eq!(poor.spent().usd, 0.000_12);
}

#[tokio::test]
async fn an_unknown_price_is_refused_when_money_is_limited() {
    let budget = Limits {
        max_usd: Some(1.0),
        ..Limits::default()
    };
    let heard = Arc::new(Heard::default());
    let mut unknown = settings(Dialect::Chat, "http://127.0.0.1:9");
    let error = limited(budget).model(&unknown, heard.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the model can't be used: money is limited, and the price of `model-1` is unknown"
    );
    assert!(error.hint().unwrap().contains("price list"));
    unknown.model = "gpt-4o-mini".to_owned();
    let known = limited(budget).model(&unknown, heard).unwrap();
    assert!(known.price().unwrap().input > 0.0);
}

#[tokio::test]
async fn without_a_price_the_cost_is_unknown_and_a_reported_cost_counts() {
    let reported = r#"{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.5}}"#;
    let server = Server::start(
        vec![Step::json(200, said("ok")), Step::json(200, reported)],
        None,
    );
    let client = client(ClientOptions::default());
    let (model, _) = model_of(&client, &settings(Dialect::Chat, &server.url()));
    assert_eq!(model.ask(&request("a")).await.unwrap().cost_usd, None);
    assert_eq!(model.ask(&request("b")).await.unwrap().cost_usd, Some(0.5));
    assert_eq!(client.spent().usd, 0.5);
}

#[tokio::test]
async fn calls_side_by_side_never_exceed_the_limit_and_none_is_lost() {
    let slow = Step::Late(
        Duration::from_millis(5),
        Box::new(Step::json(200, said("ok"))),
    );
    let server = Server::start(Vec::new(), Some(slow));
    // Each call could take about 1,600 tokens and takes 30: not all fit side by side, but one after the other.
    let budget = Limits {
        max_tokens: Some(3500),
        ..Limits::default()
    };
    let client = limited(budget);
    let (model, _) = model_of(&client, &priced(&server.url()));
    let model = Arc::new(model);
    let calls: Vec<_> = (0..40)
        .map(|index| {
            let (model, client) = (model.clone(), client.clone());
            tokio::spawn(async move {
                let result = model.ask(&request(&index.to_string())).await;
                let spent = client.spent();
                assert!(spent.tokens + spent.reserved_tokens <= 3500);
                result.is_ok()
            })
        })
        .collect();
    let mut answered = 0;
    for call in calls {
        answered += u64::from(call.await.unwrap());
    }
    assert_eq!(answered, 40);
    assert_eq!(client.spent().tokens, 1200);
    assert!(server.most_inside() <= 2);
}

#[tokio::test]
async fn a_broken_connection_may_have_cost_all_of_it() {
    let server = Server::start(vec![Step::Hang, Step::json(200, said("ok"))], None);
    let client = limited(Limits::default());
    let (model, heard) = model_of(&client, &priced(&server.url()));
    model.ask(&request("a")).await.unwrap();
    assert_eq!(heard.calls()[0].usage.total(), 30, "what was counted");
    assert!(client.spent().tokens > 1000, "what it may have been");
}

#[tokio::test]
async fn what_failed_attempts_cost_is_told() {
    let uncounted = Step::json(200, "{}");
    let counted = r#"{"usage": {"prompt_tokens": 40, "completion_tokens": 2}}"#;
    let server = Server::start(
        vec![
            uncounted,
            Step::json(200, counted),
            Step::json(503, "{}"),
            Step::json(200, said("ok")),
        ],
        None,
    );
    let client = limited(Limits::default());
    let (model, heard) = model_of(&client, &priced(&server.url()));
    model.ask(&request("a")).await.unwrap();
    let failed = heard.failed.lock().unwrap().clone();
    assert_eq!(
        failed.len(),
        2,
        "what the provider refused is free: {failed:?}"
    );
    assert!(failed[0].tokens > 1000 && !failed[0].counted);
    assert_eq!((failed[1].tokens, failed[1].counted), (42, true));
    assert_eq!((failed[0].attempt, failed[1].attempt), (1, 2));
    assert_eq!(failed[1].cost_usd, Some(0.000_06));
    let told: u64 = failed.iter().map(|attempt| attempt.tokens).sum();
    assert_eq!(client.spent().tokens, told + 30);
}

#[tokio::test]
async fn time_runs_out() {
    let busy = Step::json(503, "{}").with("retry-after", "40");
    let server = Server::start(vec![busy.clone(), busy], None);
    let budget = Limits {
        max_wall: Some(Duration::from_secs(60)),
        ..Limits::default()
    };
    let client = limited(budget);
    let (model, heard) = model_of(&client, &priced(&server.url()));
    let error = model.ask(&request("a")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the budget is spent: the 60 s that calls may take are over"
    );
    assert_eq!(
        heard.waits().len(),
        1,
        "40 of 60 seconds, and then not another 40"
    );
}

#[test]
fn limits_and_prices_are_numbers() {
    for wrong in [f64::NAN, f64::INFINITY, -0.01] {
        let options = ClientOptions {
            budget: Limits {
                max_usd: Some(wrong),
                ..Limits::default()
            },
            ..ClientOptions::default()
        };
        let error = llm::Client::new(options).unwrap_err();
        assert!(error.to_string().contains("are no limit"), "{error}");
        let mut settings = priced("http://127.0.0.1:9");
        settings.price.as_mut().unwrap().output = wrong;
        let client = limited(Limits::default());
        let error = client
            .model(&settings, Arc::new(Heard::default()))
            .unwrap_err();
        assert!(error.to_string().contains("is no price"), "{error}");
    }
}
