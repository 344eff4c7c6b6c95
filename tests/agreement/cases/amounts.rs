//! Cases of numbers: one per row, several per row, and times until an event.

use scoring::{Aligned, MultiNumbers, Numbers, Survival};
use serde_json::{Value, json};

use crate::random::Random;

pub(super) const NUMBERS: [&str; 14] = [
    "random",
    "ties",
    "informative",
    "amounts",
    "constant truth",
    "constant prediction",
    "constant on both sides",
    "perfect",
    "opposite",
    "far from zero",
    "large",
    "so large that squares overflow",
    "small",
    "many magnitudes",
];

pub(super) const AMOUNTS: [&str; 10] = [
    "amounts",
    "counts",
    "amounts of many magnitudes",
    "tied counts",
    "counts predicted as zero",
    "perfect amounts",
    "constant amounts",
    "large amounts",
    "near minus one",
    "nothing",
];

/// Truth and prediction of one row.
fn pair(random: &mut Random, flavour: &str) -> (f64, f64) {
    let mut two = |make: fn(&mut Random) -> f64| (make(random), make(random));
    let scaled = |scale: f64, (truth, predicted): (f64, f64)| (truth * scale, predicted * scale);
    match flavour {
        "ties" => two(|random| f64::from(random.below(4)) - 1.0),
        "informative" => {
            let truth = random.bell() * 20.0 + 50.0;
            (truth, truth + random.bell())
        }
        "amounts" => two(|random| random.bell().exp() * 100.0),
        "large amounts" => two(|random| random.bell().exp() * 1e150),
        "amounts of many magnitudes" => two(|random| 10_f64.powf(random.share() * 40.0 - 20.0)),
        "counts" => (f64::from(random.below(9)), random.share() * 9.0 + 0.01),
        "tied counts" => two(|random| f64::from(random.below(3) + 1)),
        "perfect amounts" => {
            let truth = random.bell().exp();
            (truth, truth)
        }
        "constant amounts" => (0.1, 0.3),
        "nothing" => (0.0, 1.0 + random.share()),
        "counts predicted as zero" => {
            let truth = f64::from(random.below(3));
            (truth, if random.once_in(3) { 0.0 } else { truth + 0.5 })
        }
        "constant truth" => (0.1, random.bell()),
        "constant prediction" => (random.bell(), 0.1),
        "constant on both sides" => (0.1, 0.3),
        "perfect" => {
            let truth = random.bell();
            (truth, truth)
        }
        "opposite" => {
            let truth = random.bell();
            (truth, -truth)
        }
        "far from zero" => two(|random| 1e6 + random.bell()),
        "large" => scaled(1e150, two(Random::bell)),
        "so large that squares overflow" => scaled(1e300, two(Random::bell)),
        "small" => scaled(1e-140, two(Random::bell)),
        "many magnitudes" => two(|random| {
            let sign = if random.once_in(2) { 1.0 } else { -1.0 };
            sign * 10_f64.powf(random.share() * 40.0 - 20.0)
        }),
        "near minus one" => {
            two(|random| random.share() * 2.0 - 1.0 - f64::from(random.once_in(40)))
        }
        _ => two(Random::bell),
    }
}

pub(super) fn numbers(random: &mut Random, rows: usize, flavour: &'static str) -> (Aligned, Value) {
    let (truth, predicted): (Vec<f64>, Vec<f64>) = random
        .many(rows, |random| pair(random, flavour))
        .into_iter()
        .unzip();
    let json = json!({ "truth": truth, "predicted": predicted });
    (Aligned::Numbers(Numbers::new(truth, predicted)), json)
}

pub(super) fn multi_numbers(
    random: &mut Random,
    rows: usize,
    flavour: &'static str,
) -> (Aligned, Value) {
    let columns = 2 + random.below(4) as usize;
    let (truth, predicted): (Vec<Vec<f64>>, Vec<Vec<f64>>) = random
        .many(rows, |random| {
            let cells = random.many(columns, |random| pair(random, flavour));
            cells.into_iter().unzip()
        })
        .into_iter()
        .unzip();
    let json = json!({ "truth": truth, "predicted": predicted });
    let rows = MultiNumbers::new(truth.concat(), predicted.concat(), columns as u32);
    (Aligned::MultiNumbers(rows), json)
}

pub(super) const SURVIVAL: [&str; 7] = [
    "random",
    "ties in time",
    "ties in risk",
    "no event",
    "events only",
    "constant risk",
    "any magnitude",
];

pub(super) fn survival(
    random: &mut Random,
    rows: usize,
    flavour: &'static str,
) -> (Aligned, Value) {
    let times = random.many(rows, |random| match flavour {
        "ties in time" => 1.0 + f64::from(random.below(5)),
        "any magnitude" => 10_f64.powf(random.share() * 600.0 - 300.0),
        _ => random.bell().exp(),
    });
    let events = random.many(rows, |random| match flavour {
        "no event" => false,
        "events only" => true,
        _ => random.once_in(2),
    });
    let risks = random.many(rows, |random| match flavour {
        "ties in risk" => f64::from(random.below(3)),
        "constant risk" => -2.5,
        "any magnitude" => random.bell() * 1e300,
        _ => random.bell(),
    });
    let bits: Vec<u8> = events.iter().map(|&event| event.into()).collect();
    let json = json!({ "times": times, "events": bits, "risks": risks });
    (Aligned::Survival(Survival::new(times, events, risks)), json)
}
