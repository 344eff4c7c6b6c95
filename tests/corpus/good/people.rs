//! Datasets about people: subscribers, patients, pupils, commuters, customers.

use super::Draw;
use super::files::{Lines, Raw};

/// 700 subscribers of a telephone company, a quarter of whom left: numbers, categories, a key.
pub(super) fn subscribers() -> Raw {
    let mut draw = Draw::new(101);
    let mut lines = Lines::new(
        &[
            "customer_id",
            "region",
            "contract_group",
            "payment_code",
            "tenure_months",
            "monthly_charges",
            "service_calls",
            "data_gb",
            "international",
            "churn",
        ],
        ',',
    );
    for number in 0..700 {
        let contract = draw.pick(&[("monthly", 5.0), ("yearly", 3.0), ("two years", 2.0)]);
        let payment = draw.pick(&[("card", 4.0), ("transfer", 3.0), ("cheque", 2.0)]);
        let tenure = 1 + (draw.uniform() * draw.uniform() * 70.0) as u32;
        let charges = draw.normal(58.0, 17.0).max(15.0);
        let calls = (draw.uniform() * draw.uniform() * 8.0) as u32;
        let gigabytes = draw.normal(22.0, 9.0).abs();
        let international = draw.chance(0.3);
        let bound = match contract {
            "monthly" => 0.9,
            "yearly" => -0.6,
            _ => -1.6,
        };
        let drive = bound + 0.55 * f64::from(calls) - 0.045 * f64::from(tenure)
            + 0.03 * (charges - 58.0)
            + if payment == "cheque" { 0.6 } else { 0.0 }
            + if international { 0.3 } else { 0.0 };
        let left = drive + draw.normal(-1.1, 1.0) > 0.0;
        lines.push([
            format!("C{:05}", 31_000 + 7 * number),
            draw.pick(&[("north", 3.0), ("south", 3.0), ("east", 2.0), ("west", 2.0)])
                .to_owned(),
            contract.to_owned(),
            payment.to_owned(),
            tenure.to_string(),
            draw.sometimes(0.06, format!("{charges:.2}")),
            calls.to_string(),
            draw.sometimes(0.05, format!("{gigabytes:.1}")),
            if international { "yes" } else { "no" }.to_owned(),
            if left { "yes" } else { "no" }.to_owned(),
        ]);
    }
    Raw::file("subscribers.csv", lines.text()).stated(
        "Subscribers of a telephone company",
        "Seven hundred invented subscribers and whether they churn within a quarter.",
        &[
            ("churn", "Whether the subscriber left within a quarter"),
            ("tenure_months", "Months since joining"),
        ],
    )
}

/// 150 patients with three to six visits each: rows of one patient are alike, so that patients must stay together.
pub(super) fn clinic() -> Raw {
    let mut draw = Draw::new(102);
    let mut rows = Vec::new();
    for patient in 0..150 {
        let age = 25.0 + 55.0 * draw.uniform();
        let frailty = draw.normal(0.0, 0.8);
        let smoker = draw.chance(0.35);
        for visit in 0..3 + draw.below(4) {
            let pressure = 118.0 + 0.3 * (age - 50.0) + 6.0 * frailty + draw.normal(0.0, 8.0);
            let sugar = 5.4 + 0.5 * frailty + draw.normal(0.0, 0.6);
            let marker = 2.0 + 0.9 * frailty + draw.normal(0.0, 0.9);
            let drive = 0.05 * (pressure - 120.0)
                + 0.7 * (sugar - 5.4)
                + 0.5 * (marker - 2.0)
                + if smoker { 0.5 } else { 0.0 }
                + draw.normal(-0.4, 0.8);
            rows.push([
                format!("P{:04}", 4000 + 13 * patient),
                (visit + 1).to_string(),
                format!("{age:.0}"),
                if smoker { "yes" } else { "no" }.to_owned(),
                draw.sometimes(0.06, format!("{pressure:.0}")),
                draw.sometimes(0.06, format!("{sugar:.1}")),
                draw.sometimes(0.06, format!("{marker:.2}")),
                if drive > 0.0 { "relapse" } else { "stable" }.to_owned(),
            ]);
        }
    }
    let mut lines = Lines::new(
        &[
            "patient",
            "visit_number",
            "age_years",
            "smoker",
            "systolic_mmhg",
            "glucose",
            "marker",
            "outcome",
        ],
        ',',
    );
    for at in draw.permutation(rows.len()) {
        lines.push(rows[at].clone());
    }
    Raw::file("visits.csv", lines.text()).stated(
        "Visits to a clinic",
        "Visits of one hundred and fifty invented patients, with the outcome that followed each visit.",
        &[("outcome", "What followed within a month"), ("marker", "A blood marker in mg/l")],
    )
}

/// 500 essays with grades from 1 to 5, tab-separated.
pub(super) fn essays() -> Raw {
    let mut draw = Draw::new(103);
    let mut lines = Lines::new(
        &[
            "essay",
            "words",
            "spelling_errors",
            "mean_sentence_length",
            "rare_word_share",
            "year_group",
            "grade",
        ],
        '\t',
    );
    for number in 0..500 {
        let skill = draw.normal(0.0, 1.0);
        let words = 320.0 + 70.0 * skill + draw.normal(0.0, 60.0);
        let errors = (9.0 - 3.0 * skill + draw.normal(0.0, 2.5)).max(0.0);
        let length = 15.0 + 2.0 * skill + draw.normal(0.0, 2.5);
        let rare = (0.08 + 0.02 * skill + draw.normal(0.0, 0.02)).max(0.0);
        let mark = skill + draw.normal(0.0, 0.35);
        let grade = 1 + [-1.3, -0.4, 0.5, 1.3]
            .iter()
            .filter(|&&step| mark > step)
            .count();
        lines.push([
            format!("E-{number:03}"),
            draw.sometimes(0.06, format!("{:.0}", words.max(60.0))),
            format!("{errors:.0}"),
            format!("{length:.1}"),
            format!("{rare:.3}"),
            draw.pick(&[("9", 2.0), ("10", 2.0), ("11", 1.0)])
                .to_owned(),
            grade.to_string(),
        ]);
    }
    Raw::file("essays.tsv", lines.text()).stated(
        "Grades of essays",
        "Five hundred invented school essays with the grade that two readers agreed on.",
        &[("grade", "From 1 (poor) to 5 (excellent)")],
    )
}

/// 600 answers to a survey of yes/no questions, without any statement by its owner.
pub(super) fn commute_survey() -> Raw {
    let mut draw = Draw::new(104);
    let questions = [
        "owns_bicycle",
        "owns_car",
        "lives_in_centre",
        "works_from_home",
        "has_children",
        "feels_safe",
        "likes_rain",
        "has_showers_at_work",
        "parking_is_free",
        "bus_stop_near",
        "shift_work",
        "exercises",
        "cycles_to_work",
    ];
    let mut lines = Lines::new(&questions, ',');
    for _ in 0..600 {
        let sporty = draw.normal(0.0, 1.0);
        let urban = draw.normal(0.0, 1.0);
        let mut is = |drive: f64, noise: f64| drive + draw.normal(0.0, noise) > 0.0;
        let bicycle = is(0.8 + sporty + 0.3 * urban, 0.7);
        let car = is(0.4 - 1.1 * urban, 0.7);
        let centre = is(1.2 * urban - 0.3, 0.6);
        let home = is(-0.6, 1.0);
        let children = is(-0.1 - 0.3 * urban, 1.0);
        let safe = is(0.5 * sporty + 0.1, 0.9);
        let rain = is(0.6 * sporty - 0.8, 0.8);
        let showers = is(-0.2, 1.0);
        let parking = is(0.3 - 0.7 * urban, 0.8);
        let stop = is(0.5 + 0.6 * urban, 0.8);
        let shift = is(-0.7, 1.0);
        let exercises = is(1.1 * sporty + 0.2, 0.6);
        let drive = [
            (bicycle, 1.2),
            (car, -0.9),
            (centre, 0.7),
            (safe, 0.8),
            (rain, 0.5),
            (showers, 0.4),
            (parking, -0.6),
            (exercises, 0.6),
        ];
        let total: f64 = drive
            .iter()
            .map(|(holds, weight)| if *holds { *weight } else { 0.0 })
            .sum();
        let cycles = is(total - 1.25, 0.45);
        let answers = [
            bicycle, car, centre, home, children, safe, rain, showers, parking, stop, shift,
            exercises, cycles,
        ];
        lines.push(answers.map(|yes| if yes { "yes" } else { "no" }.to_owned()));
    }
    Raw::file("commute_survey.csv", lines.text())
}

/// 600 requests to a help desk with a free text: urgent or not.
pub(super) fn tickets() -> Raw {
    let mut draw = Draw::new(105);
    let calm = [
        "please update the address",
        "a question about the invoice",
        "how do I export a report",
        "thank you for the quick answer",
        "change of the contact person",
        "the manual has a typo",
    ];
    let upset = [
        "nothing works since this morning",
        "the whole team is blocked",
        "data are lost after the update",
        "payment was taken twice",
        "the system is down again",
        "customers are waiting",
    ];
    let neutral = [
        "see the attached file",
        "we use the latest version",
        "best regards",
        "it happens on two computers",
        "this is our second message",
        "the office is closed on Friday",
    ];
    let mut lines = Lines::new(
        &[
            "ticket",
            "opened",
            "channel_code",
            "plan_group",
            "previous_tickets",
            "message",
            "priority",
        ],
        ',',
    );
    for number in 0..600 {
        let heat = draw.normal(0.0, 1.0);
        let mut sentences: Vec<&str> = Vec::new();
        for _ in 0..2 + draw.below(3) {
            let kind = heat + draw.normal(0.0, 0.9);
            let from = if kind > 0.5 {
                upset
            } else if kind < -0.5 {
                calm
            } else {
                neutral
            };
            sentences.push(from[draw.below(from.len())]);
        }
        let channel = draw.pick(&[
            ("mail", 5.0),
            ("form", 3.0),
            ("phone", if heat > 0.5 { 5.0 } else { 1.5 }),
        ]);
        let plan = draw.pick(&[("free", 4.0), ("team", 3.0), ("company", 2.0)]);
        let before = (draw.uniform() * draw.uniform() * 9.0) as u32;
        let drive = heat
            + 0.18 * f64::from(before)
            + match plan {
                "company" => 0.7,
                "team" => 0.2,
                _ => -0.2,
            }
            + if channel == "phone" { 0.4 } else { 0.0 };
        let urgent = drive + draw.normal(-0.8, 0.5) > 0.0;
        let (day, minute) = (number * 3 % 180, draw.below(600));
        lines.push([
            format!("T{:05}", 10_000 + number),
            format!(
                "2024-{:02}-{:02} {:02}:{:02}",
                1 + day / 30,
                1 + day % 28,
                8 + minute / 60,
                minute % 60
            ),
            channel.to_owned(),
            plan.to_owned(),
            draw.sometimes(0.06, before.to_string()),
            format!("Hello, {}.", sentences.join("; ")),
            if urgent { "urgent" } else { "normal" }.to_owned(),
        ]);
    }
    Raw::file("tickets.csv", lines.text()).stated(
        "Tickets of a help desk",
        "Six hundred invented requests; the target is the priority, urgent or normal.",
        &[
            ("priority", "The outcome of triage"),
            ("message", "Text as it came in"),
        ],
    )
}
