//! What came of one attempt: a reply or a reason, what it may have cost, and what is made of it.

use serde_json::Value;

use crate::budget::{Amount, Reservation};
use crate::dialect::{self, Parsed, Unusable};
use crate::retry::{Failure, classify, message};
use crate::transport::{Broken, HttpAnswer};
use crate::{Dialect, Message, Request, ToolCall, Usage};

/// What an outcome means.
pub(crate) fn interpret(
    dialect: Dialect,
    request: &Request,
    outcome: &Result<HttpAnswer, Broken>,
) -> Result<Parsed, Unusable> {
    match outcome {
        Ok(answer) if (200..300).contains(&answer.status) => {
            dialect::parse(dialect, request, &answer.body)
        }
        Ok(answer) => {
            let said = message(&answer.body);
            let separator = if said.is_empty() { "" } else { ": " };
            Err(Unusable {
                failure: classify(answer.status, &answer.body),
                reason: format!("status {}{separator}{said}", answer.status),
            })
        }
        Err(broken) => Err(Unusable {
            failure: Failure::Again,
            reason: broken.reason.clone(),
        }),
    }
}

/// The status of an answer; `None` when there was none.
pub(crate) fn status(outcome: &Result<HttpAnswer, Broken>) -> Option<u16> {
    outcome.as_ref().ok().map(|answer| answer.status)
}

/// What the provider says of a refusal, without the status, which stands elsewhere.
pub(crate) fn said(outcome: &Result<HttpAnswer, Broken>, unusable: Unusable) -> String {
    match outcome {
        Ok(answer) if !(200..300).contains(&answer.status) => match message(&answer.body) {
            said if said.is_empty() => "it does not say why".to_owned(),
            said => said,
        },
        _ => unusable.reason,
    }
}

/// An attempt that failed is free when the provider said so, with its status or with an error instead of a reply; when the
/// connection broke, or the reply was no reply, it may have to be paid in full. What was streamed before an error has to be
/// paid as well. What the provider has counted holds before all that. Returns what was charged.
pub(crate) fn settle_failed(
    reservation: Reservation<'_>,
    outcome: &Result<HttpAnswer, Broken>,
    unusable: &Unusable,
    counted: Option<Amount>,
) -> Amount {
    let may_cost = match outcome {
        Ok(answer) if answer.status >= 400 => false,
        Ok(answer) => unusable.failure == Failure::Again || !answer.body.starts_with(['{', '[']),
        Err(broken) => broken.sent,
    };
    let charged = match counted {
        Some(counted) => counted,
        None if may_cost => reservation.amount(),
        None => Amount::default(),
    };
    reservation.settle(charged);
    charged
}

/// The tokens that a provider has counted although it gave no reply.
pub(crate) fn counted(dialect: Dialect, outcome: &Result<HttpAnswer, Broken>) -> Option<Usage> {
    let answer = outcome.as_ref().ok()?;
    dialect::usage(dialect, &serde_json::from_str(&answer.body).ok()?)
}

/// Of JSON in canonical form, since a cassette keeps no blanks.
pub(crate) fn digest_of_body(body: &str) -> String {
    let canonical = serde_json::from_str::<Value>(body)
        .ok()
        .map(|value| dialect::compact(&value));
    digest::sha256_bytes(canonical.as_deref().unwrap_or(body)).to_string()
}

/// Gives an id to calls that have none, or one that the conversation had before: small servers count
/// from zero in every reply.
pub(crate) fn give_ids(request: &Request, calls: &mut [ToolCall]) {
    let mut known: Vec<String> = request
        .messages
        .iter()
        .filter_map(|message| match message {
            Message::Assistant { calls, .. } => Some(calls),
            _ => None,
        })
        .flatten()
        .map(|call| call.id.clone())
        .collect();
    for call in calls {
        if call.id.is_empty() || known.contains(&call.id) {
            call.id = (known.len() + 1..)
                .map(|number| format!("call_{number}"))
                .find(|id| !known.contains(id))
                .expect("there are more numbers than calls");
        }
        known.push(call.id.clone());
    }
}
