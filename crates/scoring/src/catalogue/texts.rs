//! Metrics of a text per row.

use super::{ERROR, Entry, SHARE};
use crate::Input;

const DISTANCE: Entry = Entry {
    input: Input::Text,
    ..ERROR
};

pub(crate) static EXACT_MATCH: Entry = Entry {
    name: "exact_match",
    title: "exact match",
    input: Input::Text,
    formula: "the share of rows whose predicted text equals the true one, character by character",
    edge_cases: "none",
    source: "equality of texts, code point by code point",
    ..SHARE
};

pub(crate) static LEVENSHTEIN: Entry = Entry {
    name: "levenshtein",
    title: "mean Levenshtein distance",
    formula: "the least number of characters to insert, delete or replace to turn the prediction into the truth, averaged over rows",
    edge_cases: "characters are Unicode scalar values; two empty texts have distance 0",
    source: "Levenshtein 1966",
    ..DISTANCE
};

pub(crate) static NORMALIZED_LEVENSHTEIN: Entry = Entry {
    name: "normalized_levenshtein",
    title: "mean normalised Levenshtein distance",
    worst: Some(1.0),
    formula: "for each row the Levenshtein distance divided by the length of the longer text in characters, 0 where both are empty; averaged over rows",
    edge_cases: "characters are Unicode scalar values; 0 where both texts are empty",
    source: "Levenshtein 1966",
    ..DISTANCE
};

pub(crate) static CHARACTER_ERROR_RATE: Entry = Entry {
    name: "character_error_rate",
    title: "character error rate",
    formula: "the sum of the Levenshtein distances of all rows, divided by the number of characters in all true texts",
    edge_cases: "may exceed 1; no value where all true texts are empty",
    source: "Levenshtein 1966; usual in speech and text recognition",
    ..DISTANCE
};

pub(crate) static WORD_JACCARD: Entry = Entry {
    name: "word_jaccard",
    title: "mean word-level Jaccard index",
    input: Input::Text,
    formula: "for each row the number of different words in both texts, divided by that in either, in lower case and split at white space; 1 where both have none; averaged over rows",
    edge_cases: "1 where both texts have no words",
    source: "Kaggle's tweet sentiment competition, which divides by 0 there",
    ..SHARE
};
