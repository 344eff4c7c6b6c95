//! The client against a server on this computer that misbehaves on command.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod budget;
mod cassettes;
mod faults;
mod forms;
mod patience;
mod secrets;
mod server;
mod setup;
mod texts;
