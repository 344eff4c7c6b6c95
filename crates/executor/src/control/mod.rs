//! Controls: what submissions score that can't know anything, where one that beats the floor has the labels from somewhere
//! else; and whether a baseline gives the same again.

mod blind;
mod hints;
mod labels;
mod repeated;
mod shuffled;
mod training;
