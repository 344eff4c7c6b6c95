//! Every statistic of agreement on published ratings, to 1e-9 of the values in `fixtures/elo_agreement.json`.

use scoring::{Moments, Pairs, Ratings};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/elo_agreement.json")).unwrap()
}

/// The ratings that an entry of the fixture compares.
fn lists(fixture: &Value, entry: &Value) -> Vec<Vec<f64>> {
    let names = entry["lists"].as_array().unwrap();
    let numbers = |name: &Value| {
        let elo = fixture["elo"][name.as_str().unwrap()].as_array().unwrap();
        elo.iter().map(|rating| rating.as_f64().unwrap()).collect()
    };
    names.iter().map(numbers).collect()
}

#[track_caller]
fn check(entry: &Value, ours: &[(&str, f64)]) {
    for (name, ours) in ours {
        let expected = entry.pointer(name).unwrap().as_f64().unwrap();
        assert!(
            (ours - expected).abs() < 1e-9,
            "{} {name}: {ours} is not {expected}",
            entry["lists"]
        );
    }
    let statistics = entry.as_object().unwrap().len() - 1;
    let limits = ours.iter().filter(|(name, _)| name.starts_with("/limits/"));
    // Both limits stand under one name.
    assert_eq!(ours.len() - limits.count() / 2, statistics);
}

#[test]
fn pairs_as_published() {
    let fixture = fixture();
    let entries = fixture["pairs"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    for entry in entries {
        let [a, b] = lists(&fixture, entry).try_into().unwrap();
        let pairs = Pairs::new(a, b).unwrap();
        let bland_altman = pairs.bland_altman();
        check(
            entry,
            &[
                ("/pearson", pairs.pearson().unwrap()),
                ("/spearman", pairs.spearman().unwrap()),
                ("/kendall_tau_b", pairs.kendall_tau_b().unwrap()),
                (
                    "/ccc_population",
                    pairs.concordance(Moments::Population).unwrap(),
                ),
                ("/ccc_sample", pairs.concordance(Moments::Sample).unwrap()),
                ("/bland_altman_bias", bland_altman.bias),
                ("/bland_altman_sd", bland_altman.sd),
                ("/limits/0", bland_altman.limits.low),
                ("/limits/1", bland_altman.limits.high),
                ("/top3", pairs.top_overlap(3).unwrap()),
                ("/top5", pairs.top_overlap(5).unwrap()),
            ],
        );
    }
}

#[test]
fn sets_as_published() {
    let fixture = fixture();
    let entries = fixture["sets"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    for entry in entries {
        let ratings = Ratings::new(lists(&fixture, entry)).unwrap();
        check(
            entry,
            &[
                ("/icc21", ratings.icc_2_1().unwrap()),
                ("/icc31", ratings.icc_3_1().unwrap()),
                ("/cronbach_alpha", ratings.cronbach_alpha().unwrap()),
            ],
        );
    }
}
