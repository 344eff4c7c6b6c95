//! Conversations with scripted models: good ones, clumsy ones, and such as never come to an end.

mod episode;
mod long;
mod making;
mod proposals;
mod tables;

use findings::{CheckId, Policy};
use llm::{Finish, LlmError, Message};
use serde_json::{Value, json};

use super::testing::{
    Bench, Say, Scripted, agent, call, formulation, profile, python, text, write,
};
use super::*;
use crate::{Draft, Formulation, Proposal};

fn proposal() -> Proposal {
    let formulation: Formulation = serde_json::from_value(formulation("mildew")).unwrap();
    formulation.propose(&profile()).unwrap()
}

async fn brainstorm_with(chat: &Scripted, steps: u32) -> Conversed<Brainstormed> {
    let (policy, python) = (Policy::embedded(), python());
    brainstorm(
        &agent(chat, &policy, &python, steps),
        &profile(),
        &Bench::default(),
        &Feedback::default(),
    )
    .await
    .unwrap()
}

async fn design_with(chat: &Scripted, steps: u32, feedback: &Feedback) -> Conversed<Draft> {
    let (policy, python) = (Policy::embedded(), python());
    design(
        &agent(chat, &policy, &python, steps),
        &profile(),
        &proposal(),
        &Bench::default(),
        feedback,
    )
    .await
    .unwrap()
}

async fn refactor_with(chat: &Scripted, steps: u32) -> Conversed<Files> {
    let (policy, python) = (Policy::embedded(), python());
    let draft = Draft {
        files: files(&[("prepare.py", "# draft"), ("cells.py", "# helper")]),
        notes: Some("The helper reads cells.".to_owned()),
    };
    refactor(
        &agent(chat, &policy, &python, steps),
        &profile(),
        &proposal(),
        &draft,
        &Bench::default(),
        &Feedback::default(),
    )
    .await
    .unwrap()
}

fn files(files: &[(&str, &str)]) -> Files {
    files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

fn first_message(chat: &Scripted) -> String {
    match &chat.requests()[0].messages[0] {
        Message::User { text } => text.clone(),
        other => panic!("a conversation begins with {other:?}"),
    }
}

fn submit(target: &str) -> Say {
    call(
        "submit_proposals",
        json!({ "proposals": [formulation(target)] }),
    )
}
