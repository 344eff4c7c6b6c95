//! Laws that every metric keeps, on random rows.

mod laws;
mod speed;
