//! Laws that every metric keeps on random rows, published statistics, and speed.

mod agreement;
mod laws;
mod speed;
