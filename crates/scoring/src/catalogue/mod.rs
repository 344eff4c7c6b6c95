//! What is known of every metric besides its arithmetic: names, directions, ranges, inputs, parameters. One file a kind of
//! input; the arithmetic is in `families`.

pub(crate) mod class_probabilities;
pub(crate) mod label_sets;
pub(crate) mod labels;
pub(crate) mod multi;
pub(crate) mod numbers;
pub(crate) mod probability;
pub(crate) mod rankings;
pub(crate) mod survival;
pub(crate) mod texts;

use crate::{DefaultValue, Direction, Domain, Input, Parameter, Takes};

/// One row of the catalogue.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) direction: Direction,
    pub(crate) optimum: f64,
    pub(crate) worst: Option<f64>,
    pub(crate) input: Input,
    pub(crate) domain: Domain,
    pub(crate) formula: &'static str,
    /// What happens on ties, where a side is constant or empty, where a denominator is 0; `none` where nothing does.
    pub(crate) edge_cases: &'static str,
    /// Whose definition it is.
    pub(crate) source: &'static str,
    pub(crate) parameters: &'static [Takes],
}

/// −ln of the f64 machine epsilon, at which probabilities are clipped: the worst log loss.
const CLIPPED: f64 = 36.043_653_389_117_15;

/// What most scores from 0 to 1 have in common.
const SHARE: Entry = Entry {
    name: "",
    title: "",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(0.0),
    input: Input::Labels,
    domain: Domain::Any,
    formula: "",
    edge_cases: "",
    source: "",
    parameters: &[],
};

/// What most errors have in common: none is best, and there is no bound.
const ERROR: Entry = Entry {
    direction: Direction::Minimize,
    optimum: 0.0,
    worst: None,
    ..SHARE
};

/// What coefficients from −1 to 1 have in common.
const COEFFICIENT: Entry = Entry {
    worst: Some(-1.0),
    ..SHARE
};

/// How many of the best predictions of a row count; all, unless given.
const TOP: &[Takes] = &[Takes {
    parameter: Parameter::K,
    default: DefaultValue::Unlimited,
}];

const BETA: &[Takes] = &[Takes {
    parameter: Parameter::Beta,
    default: DefaultValue::Required,
}];
