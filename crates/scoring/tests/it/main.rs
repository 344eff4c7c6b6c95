//! Published statistics.

#![cfg(test)]

mod agreement;
