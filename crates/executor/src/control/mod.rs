//! Controls: what submissions score that can't know anything. One that beats the floor has the labels from somewhere else.

mod blind;
mod hints;
mod labels;
mod shuffled;
mod training;
