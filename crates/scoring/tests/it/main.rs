//! Published statistics, and speed.

#![cfg(test)]

mod agreement;
mod speed;
