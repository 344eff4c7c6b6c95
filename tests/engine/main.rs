//! The engine of language models as a whole: it starts `smith` as a user would, with a model whose replies were written by
//! hand, recorded (`../llm/cassettes`) or served (`../llm/replies`), and looks at what is published, said and kept.
//!
//! What replays needs nothing but what the product needs; what is served needs Node.js 20 and npm, too.

#![cfg(test)]

mod ablation;
mod budget;
mod chaos;
mod example;
mod injection;
mod interrupt;
mod kill;
mod outage;
mod providers;
mod replay;
mod replayed;
mod secrets;
mod served;
mod side_by_side;

#[path = "../llm/scripted.rs"]
mod scripted;
#[path = "../it/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the end-to-end tests, which use all of it"
)]
mod support;
