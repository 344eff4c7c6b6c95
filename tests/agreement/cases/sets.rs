//! Cases of sets, lists and texts.

use scoring::{Aligned, LabelSets, Rankings, Texts};
use serde_json::{Value, json};

use crate::random::Random;

pub(super) const LABEL_SETS: [&str; 8] = [
    "random",
    "sparse",
    "empty on both sides",
    "empty truth",
    "empty prediction",
    "perfect",
    "all labels",
    "a label that never occurs",
];

pub(super) fn label_sets(
    random: &mut Random,
    rows: usize,
    flavour: &'static str,
) -> (Aligned, Value) {
    let labels = 2 + random.below(6);
    let rarity = if flavour == "sparse" { 6 } else { 2 };
    let last = if flavour == "a label that never occurs" {
        labels - 1
    } else {
        labels
    };
    let some = |random: &mut Random| -> Vec<u32> {
        (0..last).filter(|_| random.once_in(rarity)).collect()
    };
    let truth: Vec<Vec<u32>> = random.many(rows, |random| match flavour {
        "empty on both sides" | "empty truth" => vec![],
        "all labels" => (0..labels).collect(),
        _ => some(random),
    });
    let predicted = match flavour {
        "perfect" => truth.clone(),
        "empty on both sides" | "empty prediction" => vec![vec![]; rows],
        _ => random.many(rows, some),
    };
    let json = json!({ "truth": truth, "predicted": predicted, "labels": labels });
    (
        Aligned::LabelSets(LabelSets::new(truth, predicted, labels)),
        json,
    )
}

pub(super) const RANKINGS: [&str; 6] = [
    "random",
    "repeated items",
    "nothing relevant",
    "nothing predicted",
    "perfect",
    "one relevant item",
];

pub(super) fn rankings(
    random: &mut Random,
    rows: usize,
    flavour: &'static str,
) -> (Aligned, Value) {
    let list = |random: &mut Random, most: u32, items: u32| -> Vec<u32> {
        let length = random.below(most + 1) as usize;
        let mut list = random.many(length, |random| random.below(items));
        if flavour != "repeated items" {
            let mut seen = Vec::new();
            list.retain(|item| !seen.contains(item) && (seen.push(*item), true).1);
        }
        list
    };
    let relevant: Vec<Vec<u32>> = random.many(rows, |random| match flavour {
        "nothing relevant" => vec![],
        "one relevant item" => vec![random.below(12)],
        _ => list(random, 8, 20),
    });
    let ranked: Vec<Vec<u32>> = relevant
        .iter()
        .map(|relevant| match flavour {
            "nothing predicted" => vec![],
            "perfect" => relevant.clone(),
            "repeated items" => list(random, 15, 8),
            _ => list(random, 15, 20),
        })
        .collect();
    let json = json!({ "relevant": relevant, "ranked": ranked });
    (Aligned::Rankings(Rankings::new(relevant, ranked)), json)
}

pub(super) const TEXTS: [&str; 7] = [
    "words",
    "letters",
    "beyond ASCII",
    "empty on both sides",
    "empty prediction",
    "perfect",
    "white space",
];

/// Upper and lower case, marks that combine, letters whose case is two letters or depends on their place.
const WORDS: [&str; 14] = [
    "the",
    "The",
    "CAT",
    "cat",
    "sat",
    "größe",
    "GRÖSSE",
    "naïve",
    "e\u{301}t\u{e9}",
    "日本",
    "🦀🦀",
    "İstanbul",
    "ΟΔΟΣ",
    "ﬁn",
];

pub(super) fn texts(random: &mut Random, rows: usize, flavour: &'static str) -> (Aligned, Value) {
    // Long lists of short texts: the plain definition takes its time.
    let most = if rows > 1000 { 2 } else { 5 };
    let text = |random: &mut Random| -> String {
        let length = random.below(most + 1) as usize;
        match flavour {
            "letters" => random
                .many(length * 2, |random| *random.pick(&['a', 'b', 'c']))
                .iter()
                .collect(),
            "beyond ASCII" => random
                .many(length, |random| *random.pick(&WORDS[5..]))
                .join(" "),
            "white space" => {
                let space = [" ", "  ", "\t", "\n", "\u{a0}", "\u{3000}", "\u{2028}"];
                random
                    .many(length, |random| {
                        [*random.pick(&WORDS), *random.pick(&space)].concat()
                    })
                    .concat()
            }
            _ => random.many(length, |random| *random.pick(&WORDS)).join(" "),
        }
    };
    let truth: Vec<String> = random.many(rows, |random| match flavour {
        "empty on both sides" => String::new(),
        _ => text(random),
    });
    let predicted = match flavour {
        "perfect" => truth.clone(),
        "empty on both sides" | "empty prediction" => vec![String::new(); rows],
        _ => random.many(rows, text),
    };
    let json = json!({ "truth": truth, "predicted": predicted });
    (Aligned::Texts(Texts::new(truth, predicted)), json)
}
