//! Good datasets: scikit-learn's, and invented ones of every common shape, written anew by each run.
//!
//! A person would accept a task made from any of them: each has a signal, and noise that leaves something to win.

mod draw;
mod files;
mod forms;
mod people;
mod series;
mod things;

pub(crate) use draw::Draw;
pub(crate) use files::Raw;

/// Datasets that come with the environment.
pub(crate) const OF_SKLEARN: [&str; 5] = [
    "sklearn:iris",
    "sklearn:wine",
    "sklearn:breast_cancer",
    "sklearn:diabetes",
    "sklearn:digits",
];

/// Makes a dataset's files.
type Make = fn() -> Raw;

/// The invented datasets.
pub(crate) const INVENTED: [(&str, Make); 18] = [
    ("subscribers", people::subscribers),
    ("clinic", people::clinic),
    ("essays", people::essays),
    ("commute_survey", people::commute_survey),
    ("tickets", people::tickets),
    ("cottages", things::cottages),
    ("transfers", things::transfers),
    ("herbarium", things::herbarium),
    ("allotments", things::allotments),
    ("spectra", things::spectra),
    ("ventas", things::ventas),
    ("turbine", series::turbine),
    ("meters", series::meters),
    ("rentals", series::rentals),
    ("bicycles", series::bicycles),
    ("kilns", forms::kilns),
    ("hikes", forms::hikes),
    ("orchards", forms::orchards),
];

/// Proposals that the rules make of these datasets and that a person would reject too: task, the checks that may reject
/// it, and why that is right.
pub(crate) const RIGHTLY_REJECTED: &[(&str, &[&str], &str)] = &[
    (
        "allotments--soil-ph-regression",
        &["C01", "C03", "C08"],
        "acidity is drawn by lot; only its distance from the best value shows, in the yield",
    ),
    (
        "cottages--garage-binary",
        &["C01", "C03", "C08"],
        "garages are dealt out by lot and add little to the price",
    ),
    (
        "kilns--kiln-location-multiclass",
        &["C01", "C03", "C08"],
        "kilns are taken by lot; the old one cracks a little more, and that is all",
    ),
    (
        "kilns--wall-mm-regression",
        &["C01", "C03", "C08"],
        "walls are drawn by lot; whether a pot cracked tells little of its wall",
    ),
    (
        "rentals--flat-code-multiclass",
        &["C01", "C03", "C08"],
        "flats are booked by lot; one kind is cancelled a little more often",
    ),
    (
        "tickets--previous-tickets-regression",
        &["C01", "C03", "C08"],
        "the number of earlier requests is drawn by lot and only nudges the priority",
    ),
    (
        "ventas--regi-n-multiclass",
        &["C01", "C03", "C08"],
        "regions are drawn by lot and nothing depends on them",
    ),
    (
        "ventas--unidades-regression",
        &["C01", "C03", "C08"],
        "units are drawn by lot and hardly change what is sent back",
    ),
];
