//! Datasets in other forms than one comma-separated file: ARFF, JSON records, two files that continue each other.

use std::fmt::Write as _;

use super::Draw;
use super::files::{Lines, Raw};

/// 480 firings of kilns in ARFF, with nominal attributes and `?` for missing.
pub(super) fn kilns() -> Raw {
    let mut draw = Draw::new(401);
    let mut text = "% Invented firings of three kilns.\n@relation kilns\n\n@attribute kiln_location {north, south, old}\n\
        @attribute clay {stoneware, porcelain, earthenware}\n@attribute peak_temp numeric\n@attribute ramp_hours numeric\n\
        @attribute humidity numeric\n@attribute 'wall mm' numeric\n@attribute quality {cracked, sound}\n\n@data\n"
        .to_owned();
    for _ in 0..480 {
        let kiln = draw.pick(&[("north", 3.0), ("south", 3.0), ("old", 2.0)]);
        let clay = draw.pick(&[("stoneware", 4.0), ("porcelain", 2.0), ("earthenware", 3.0)]);
        let peak = draw.normal(1180.0, 45.0);
        let ramp = draw.between(4.0, 14.0);
        let humidity = draw.between(5.0, 30.0);
        let wall = draw.between(4.0, 12.0);
        let drive = 0.014 * (peak - 1180.0) - 0.28 * (ramp - 9.0)
            + 0.09 * (humidity - 17.0)
            + 0.18 * (wall - 8.0)
            + match clay {
                "porcelain" => 0.9,
                "earthenware" => -0.3,
                _ => -0.2,
            }
            + if kiln == "old" { 0.5 } else { 0.0 };
        let cracked = drive + draw.normal(-0.2, 0.7) > 0.0;
        let mut often = |text: String| {
            if draw.chance(0.06) {
                "?".to_owned()
            } else {
                text
            }
        };
        let (peak, humidity) = (often(format!("{peak:.0}")), often(format!("{humidity:.1}")));
        let word = if cracked { "cracked" } else { "sound" };
        writeln!(
            text,
            "{kiln},{clay},{peak},{ramp:.1},{humidity},{wall:.1},{word}"
        )
        .expect("a string takes everything");
    }
    Raw::file("kilns.arff", text)
}

/// 420 hikes as JSON records with nested fields.
pub(super) fn hikes() -> Raw {
    let mut draw = Draw::new(402);
    let mut records = Vec::new();
    for number in 0..420 {
        let length = draw.between(3.0, 28.0);
        let climb = 30.0 * length * draw.between(0.3, 2.2);
        let surface = draw.pick(&[("gravel", 3.0), ("rock", 2.0), ("forest", 4.0)]);
        let party = 1 + draw.below(6);
        let pace = match surface {
            "rock" => 1.35,
            "gravel" => 1.05,
            _ => 1.0,
        };
        let hours =
            (length / 4.2 + climb / 480.0) * pace + 0.08 * party as f64 + draw.normal(0.0, 0.55);
        records.push(serde_json::json!({
            "hike": format!("K{number:03}"),
            "route": {
                "length_km": (length * 10.0).round() / 10.0,
                "climb_m": climb.round(),
                "ground_region": surface,
            },
            "party": party,
            "duration_hours": (hours.max(0.5) * 10.0).round() / 10.0,
        }));
    }
    let text = serde_json::to_string_pretty(&serde_json::json!({ "hikes": records }))
        .expect("records are plain JSON");
    Raw::file("hikes.json", text + "\n").stated(
        "Duration of hikes",
        "Four hundred and twenty invented hikes and how long each took.",
        &[(
            "duration_hours",
            "From the first step to the last, breaks included: the target",
        )],
    )
}

/// Two harvests of 260 trees in a file each.
pub(super) fn orchards() -> Raw {
    let mut draw = Draw::new(403);
    let mut harvest = || {
        let mut lines = Lines::new(
            &[
                "variety_code",
                "tree_age",
                "trunk_cm",
                "frost_nights",
                "pruned",
                "bees_per_minute",
                "fruit_class",
            ],
            ',',
        );
        for _ in 0..260 {
            let variety = draw.pick(&[("Boskoop", 3.0), ("Elstar", 3.0), ("Topaz", 2.0)]);
            let age = 3.0 + 25.0 * draw.uniform();
            let frost = draw.below(7);
            let pruned = draw.chance(0.6);
            let bees = draw.between(0.5, 9.0);
            let drive = 0.25 * (bees - 4.5) - 0.3 * (frost as f64 - 3.0)
                + if pruned { 0.5 } else { -0.4 }
                + match variety {
                    "Topaz" => 0.7,
                    "Boskoop" => -0.5,
                    _ => 0.0,
                }
                - 0.03 * (age - 15.0)
                + draw.normal(0.0, 0.45);
            let trunk = 6.0 + 1.1 * age + draw.normal(0.0, 2.5);
            let class = if drive > 0.55 {
                "extra"
            } else if drive > -0.5 {
                "first"
            } else {
                "cider"
            };
            lines.push([
                variety.to_owned(),
                draw.sometimes(0.05, format!("{age:.0}")),
                draw.sometimes(0.05, format!("{trunk:.0}")),
                frost.to_string(),
                if pruned { "yes" } else { "no" }.to_owned(),
                draw.sometimes(0.05, format!("{bees:.1}")),
                class.to_owned(),
            ]);
        }
        lines.text()
    };
    Raw::file("harvest_1.csv", harvest())
        .and("harvest_2.csv", harvest())
        .stated(
            "Classes of fruit",
            "Two invented harvests; the fruit of each tree is of class extra, first or cider.",
            &[("fruit_class", "The class, which is the target")],
        )
}
