//! Published statistics, and speed.

mod agreement;
mod speed;
