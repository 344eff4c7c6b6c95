//! What a cassette of a long conversation takes, and that its texts are guarded like the rest of it.

use std::path::Path;

use llm::{
    Cassette, CassetteMode, Chat, Client, ClientOptions, Dialect, LlmError, Message, Request,
};

use crate::server::{Server, Step};
use crate::setup::{PLANTED, client, model_of, outcome, request, said, settings};

const NOWHERE: &str = "http://127.0.0.1:9/v1";
const TURNS: usize = 10;

fn client_of(mode: CassetteMode, folder: &Path) -> Client {
    client(ClientOptions {
        cassette: Cassette {
            mode,
            folder: folder.to_str().unwrap().into(),
        },
        ..ClientOptions::default()
    })
}

/// The request of a turn: 50 kB of prompt, and all earlier turns.
fn turn(number: usize) -> Request {
    let mut request = request("Begin.");
    request.system = "Every column is described in a line of its own.\n".repeat(1050);
    for earlier in 0..number {
        request.messages.push(Message::Assistant {
            text: script(earlier),
            calls: Vec::new(),
        });
        request
            .messages
            .push(Message::user(format!("[{earlier}] {}", "0.5 ".repeat(400))));
    }
    request
}

fn script(number: usize) -> String {
    format!("import pandas as pd  # {number}\n").repeat(60)
}

/// Bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            if entry.path().is_dir() {
                size(&entry.path())
            } else {
                entry.metadata().unwrap().len()
            }
        })
        .sum()
}

#[tokio::test]
async fn a_conversation_takes_what_is_new_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let steps = (0..TURNS)
        .map(|number| Step::json(200, said(&script(number))))
        .collect();
    let server = Server::start(steps, None);
    let recording = client_of(CassetteMode::Record, folder.path());
    let (model, _) = model_of(&recording, &settings(Dialect::Chat, &server.url()));
    for number in 0..TURNS {
        model.ask(&turn(number)).await.unwrap();
    }
    let sent: u64 = server
        .asked()
        .iter()
        .map(|asked| asked.body.to_string().len() as u64)
        .sum();
    let (took, texts) = (size(folder.path()), size(&folder.path().join("texts")));
    assert!(sent > 600_000, "{sent}");
    assert!(texts < 90_000, "{texts}");
    assert!(took < 140_000, "{took} bytes instead of {sent}");

    let replaying = client_of(CassetteMode::Replay, folder.path());
    let (model, _) = model_of(&replaying, &settings(Dialect::Chat, NOWHERE));
    for number in 0..TURNS {
        assert_eq!(outcome(&model.ask(&turn(number)).await), script(number));
    }
    let mut other = turn(3);
    other.system.insert(10_000, '!');
    let missed = outcome(&model.ask(&other).await);
    assert!(
        missed.contains("at `body.messages[0].content`, recorded is …"),
        "{missed}"
    );
}

#[tokio::test]
async fn a_text_that_somebody_changed_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Vec::new(), Some(Step::json(200, said(&script(0)))));
    let recording = client_of(CassetteMode::Record, folder.path());
    let (model, _) = model_of(&recording, &settings(Dialect::Chat, &server.url()));
    model.ask(&turn(0)).await.unwrap();
    let changed = fs_err::read_dir(folder.path().join("texts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| fs_err::read_to_string(path).unwrap() == script(0))
        .expect("the script is stored verbatim");
    fs_err::write(&changed, "import polars\n").unwrap();
    let (model, _) = model_of(
        &client_of(CassetteMode::Replay, folder.path()),
        &settings(Dialect::Chat, NOWHERE),
    );
    let error = model.ask(&turn(0)).await.unwrap_err();
    let LlmError::Cassette { source } = &error else {
        panic!("{error}")
    };
    let name = changed.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        source.to_string(),
        format!("`texts/{name}`, which a recording names, was changed after it was recorded")
    );
    assert!(error.hint().unwrap().contains("record it again"));
    // Where it may be asked again, it is.
    let auto = client_of(CassetteMode::Auto, folder.path());
    let (model, _) = model_of(&auto, &settings(Dialect::Chat, &server.url()));
    assert_eq!(outcome(&model.ask(&turn(0)).await), script(0));
    assert_eq!(fs_err::read_to_string(&changed).unwrap(), script(0));
}

#[tokio::test]
async fn texts_hold_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{}{PLANTED}{}", "a ".repeat(300), " b".repeat(300));
    let server = Server::start(Vec::new(), Some(Step::json(200, said(&text))));
    let recording = client_of(CassetteMode::Record, folder.path());
    let (model, _) = model_of(&recording, &settings(Dialect::Chat, &server.url()));
    model.ask(&request(&text)).await.unwrap();
    let texts: Vec<String> = fs_err::read_dir(folder.path().join("texts"))
        .unwrap()
        .map(|entry| fs_err::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(texts, [text.replace(PLANTED, "[redacted]")]);
    let replaying = client_of(CassetteMode::Replay, folder.path());
    let (model, _) = model_of(&replaying, &settings(Dialect::Chat, NOWHERE));
    assert!(outcome(&model.ask(&request(&text)).await).contains("[redacted]"));
}
