//! The planted key: it reaches the provider, and nobody else.

use std::sync::Arc;

use llm::{Cassette, CassetteMode, Chat, Client, ClientOptions, Dialect, Surroundings};

use crate::server::{Server, Step};
use crate::setup::{PLANTED, client, model_of, request, said, settings};

#[tokio::test]
async fn the_key_is_seen_by_the_provider_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cassette = Cassette {
        mode: CassetteMode::Record,
        folder: folder.path().to_str().unwrap().into(),
    };
    for (dialect, header) in [
        (Dialect::Chat, "authorization"),
        (Dialect::Messages, "x-api-key"),
        (Dialect::Responses, "authorization"),
    ] {
        let server = Server::start(
            vec![
                Step::json(500, format!(r#"{{"error":{{"message":"bad {PLANTED}"}}}}"#))
                    .with("retry-after", PLANTED),
                Step::Echo(header),
                Step::json(200, said(PLANTED)),
            ],
            None,
        );
        let client = client(ClientOptions {
            cassette: cassette.clone(),
            ..ClientOptions::default()
        });
        let mut settings = settings(dialect, &server.url());
        settings
            .headers
            .insert("x-extra".to_owned(), "$PLANTED_KEY".to_owned());
        let (model, heard) = model_of(&client, &settings);
        let error = model.ask(&request("hi")).await.unwrap_err();
        let sent = &server.asked()[0].head;
        assert_eq!(sent.matches(PLANTED).count(), 2, "{sent}");
        let mut seen = format!("{error} {error:?} {settings:?} {model:?} {client:?}");
        seen.push_str(&format!("{:?} {:?}", heard.calls(), heard.waits()));
        if dialect == Dialect::Chat {
            let reply = model.ask(&request("again")).await.unwrap();
            seen.push_str(&format!("{reply:?} {:?}", heard.calls()));
        }
        assert!(!seen.contains(PLANTED), "{seen}");
        assert!(seen.contains("[redacted]"), "the provider did send it back");
    }
    let files: Vec<_> = fs_err::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 4);
    for file in files {
        let text = fs_err::read_to_string(file.unwrap().path()).unwrap();
        assert!(
            !text.contains(PLANTED) && !text.contains("x-extra"),
            "{text}"
        );
    }
}

/// Words of headers, and placeholders of keys, are in replies by chance.
#[tokio::test]
async fn replies_keep_their_words() {
    let text = "pd.read_csv('raw/customers.csv')  # of mle-smith, 12345678, at localhost";
    let server = Server::start(
        vec![
            Step::json(200, said(text)),
            Step::json(200, said(text)),
            Step::json(401, r#"{"error":{"message":"no key sk-literal"}}"#),
        ],
        None,
    );
    let surroundings = Surroundings {
        environment: Arc::new(|name| match name {
            "WORD" => Some("localhost".to_owned()),
            "DIGITS" => Some("12345678".to_owned()),
            _ => None,
        }),
        ..Surroundings::default()
    };
    let client = Client::within(ClientOptions::default(), surroundings).unwrap();
    let mut settings = settings(Dialect::Chat, &server.url());
    for (name, value) in [
        ("x-title", "mle-smith"),
        ("x-org", "customers"),
        ("authorization", "Bearer sk-literal"),
        ("x-other", "$DIGITS"),
    ] {
        settings.headers.insert(name.to_owned(), value.to_owned());
    }
    for variable in ["WORD", "DIGITS"] {
        settings.key_variable = Some(variable.to_owned());
        let (model, _) = model_of(&client, &settings);
        assert_eq!(model.ask(&request(variable)).await.unwrap().text, text);
    }
    let (model, _) = model_of(&client, &settings);
    let error = model
        .ask(&request("refused"))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("no key [redacted]"), "{error}");
}

#[tokio::test]
async fn a_key_that_is_not_set_is_named() {
    let client = client(ClientOptions::default());
    let mut settings = settings(Dialect::Chat, "http://127.0.0.1:9");
    settings.key_variable = Some("MISSING_KEY".to_owned());
    let heard = Arc::new(crate::setup::Heard::default());
    let error = client.model(&settings, heard.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the model can't be used: the environment variable `MISSING_KEY`, which `model-1` needs, is not set"
    );
    for url in [
        "nowhere",
        "ftp://a/b",
        "http://name:sesame@host/v1",
        "http://host/v1?key=k",
    ] {
        settings.base_url = url.to_owned();
        let error = client.model(&settings, heard.clone()).unwrap_err();
        assert!(error.to_string().contains("the base URL"), "{error}");
        assert!(!error.to_string().contains("sesame"));
    }
    settings.base_url = "http://127.0.0.1:9".to_owned();
    settings.key_variable = Some("sk-sesame".to_owned());
    let error = client.model(&settings, heard).unwrap_err();
    let shown = format!("{error} {:?}", error.hint());
    assert!(
        shown.contains("is no name of one") && !shown.contains("sesame"),
        "{shown}"
    );
}
