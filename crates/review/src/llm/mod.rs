//! The judge: a model that reviews a package. It is believed only where it quotes the package word for word; a reply that
//! does not stand is told back and asked for again. It sees no answers, and runs nothing.

mod error;
mod reply;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ::llm::{Chat, LlmError, Message, Request, Structured, ToolChoice, structured};
use facts::{ReviewFacts, Reviewer};
use findings::Policy;
use prompts::{fence, render};

pub use error::JudgeError;

use crate::ReviewSubject;
use reply::Review;

/// Version of the judge; grows whenever what it is told or asked for changes.
const VERSION: u32 = 2;

/// How often a judge is told what is wrong with its review, and asked again.
const REPAIRS: u32 = 2;

/// Characters that it is told of what is wrong.
const MOST_PROBLEMS: usize = 4_000;

/// What a judge said.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The review. It stands: it is whole, and every quote was found in the package.
    pub review: ReviewFacts,
    /// Digest of each prompt as it was rendered, SHA-256 in hex, by name of the template.
    pub prompts: BTreeMap<String, String>,
}

/// Asks a model to review a package, the first time; see [`judge_again`].
///
/// # Errors
///
/// Those of [`judge_again`].
pub async fn judge(chat: &dyn Chat, subject: &ReviewSubject<'_>) -> Result<Judged, JudgeError> {
    judge_again(chat, subject, 1).await
}

/// Asks a model to review a package that is the `attempt`-th of its task, from 1. The judge is not told what was said of an
/// earlier one; the number tells conversations apart: one that could not be believed is asked anew under another number.
///
/// # Errors
///
/// When the model can't be asked, or when its review does not stand, though it was told what is wrong. Neither says
/// anything about the package.
pub async fn judge_again(
    chat: &dyn Chat,
    subject: &ReviewSubject<'_>,
    attempt: u32,
) -> Result<Judged, JudgeError> {
    let system = render(&shown::system(subject));
    let task = render(&shown::task(subject, attempt));
    let request = Request {
        system: system.text,
        messages: vec![Message::user(task.text)],
        tools: Vec::new(),
        choice: ToolChoice::Auto,
        output: None,
    };
    let reviewer = Reviewer {
        name: "judge".to_owned(),
        version: VERSION,
        model: Some(chat.model().to_owned()),
    };
    let least = shown::least(&Policy::embedded());
    let stands = |reply: &Review| {
        let mut problems = reply.problems(least);
        problems.extend(reply.clone().by(reviewer.clone()).problems(subject.package));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems.join("; "))
        }
    };
    let told = |reason: &str| {
        format!(
            "\n{}",
            fence("problems of the review", reason, MOST_PROBLEMS)
        )
    };
    let replied = match structured(chat, request, REPAIRS, stands, told).await {
        // The next package may be shorter: this is no trouble with the model.
        Err(LlmError::TooLong { .. }) => return Err(JudgeError::TooLong),
        other => other?,
    };
    match replied {
        Structured::Valid(reply) => Ok(Judged {
            review: reply.by(reviewer),
            prompts: [system.name, task.name]
                .map(str::to_owned)
                .into_iter()
                .zip([system.digest, task.digest])
                .collect(),
        }),
        Structured::Invalid { reason, .. } => Err(JudgeError::Unbelievable { reason }),
    }
}
