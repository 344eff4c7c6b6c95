//! A07: a competitor can't read the answers, or how to find them, from the description or another text.

use std::collections::BTreeSet;

use task_format::DESCRIPTION;

use crate::context::{Context, Judgement};
use crate::format::{counted, joined, quoted};
use crate::markdown::{Text, numbers};

/// How many words after `seed` its number may stand.
const SEED_DISTANCE: usize = 5;

/// A07: the description has no answer values, no words of the split's recipe and not its seed, and no text says which test row has
/// which answer.
///
/// A number that an answer has too may stand in it by chance, as the maximum of a column or in the example submission, so
/// only several different ones count. Answers with fewer than five significant digits are looked for beside their id only, and
/// those pairs must be right more often than guesses are.
pub(crate) fn description_leaks_nothing(cx: Context<'_>) -> Judgement {
    let package = cx.package()?;
    let manifest = cx.manifest()?;
    let text = Text::new(&package.description);
    let mut problems = Vec::new();
    let mut evidence = vec![DESCRIPTION.to_owned()];
    let words: Vec<&String> = cx
        .rule
        .list("recipe")
        .iter()
        .filter(|word| text.says(word))
        .collect();
    if !words.is_empty() {
        problems.push(format!(
            "it tells how the test rows were chosen: {}",
            quoted(&words)
        ));
    }
    if tells_seed(text.lower(), manifest.split.seed) {
        problems.push(format!(
            "it tells the seed {} of the split",
            manifest.split.seed
        ));
    }
    let mut measured = "words and seed; answers are not known yet".to_owned();
    if let Some(split) = cx.subject.split {
        let answers: BTreeSet<u64> = split
            .telltale_values
            .iter()
            .filter_map(|value| bits(value))
            .collect();
        let told = |fenced: bool| -> Vec<String> {
            let lines = text.lines().iter().filter(|line| line.fenced == fenced);
            let mut seen = BTreeSet::new();
            let known = lines.flat_map(|line| numbers(&line.text)).filter(|number| {
                bits(number).is_some_and(|bits| answers.contains(&bits) && seen.insert(bits))
            });
            known.map(str::to_owned).collect()
        };
        let (prose, code) = (told(false), told(true));
        let right = split.told_answers.iter().map(|told| told.right).max();
        measured = format!(
            "{}, {} of an id and its answer",
            counted(prose.len() + code.len(), "answer value"),
            counted(right.unwrap_or(0), "pair")
        );
        for told in &split.told_answers {
            let enough = told.right as f64 >= cx.threshold("pairs");
            let beyond = told.right as f64 - told.chance;
            if enough && beyond > cx.threshold("errors") * told.sigma {
                problems.push(format!(
                    "`{}` tells {} test rows with an answer, {} of them rightly",
                    told.path, told.pairs, told.right
                ));
                evidence.push(told.path.clone());
            }
        }
        for (values, threshold, place) in [
            (prose, "values", "in the text"),
            (code, "values_in_code", "in blocks of code"),
        ] {
            if values.len() as f64 >= cx.threshold(threshold) {
                problems.push(format!(
                    "{} {place}: {}",
                    counted(values.len(), "answer value"),
                    quoted(&values)
                ));
            }
        }
    }
    let threshold = format!(
        "fewer than {} answer values in the text, fewer than {} pairs of an id and its answer beyond chance",
        cx.threshold("values"),
        cx.threshold("pairs")
    );
    Ok(match problems.is_empty() {
        true => cx.rule.pass(measured),
        false => cx
            .rule
            .fail(measured, joined(&problems))
            .seen_in_all(evidence),
    }
    .compared_with(threshold))
}

/// A number as bits, so that `1.50` and `1.5` are the same.
fn bits(number: &str) -> Option<u64> {
    let number: f64 = number.trim().parse().ok()?;
    number.is_finite().then_some((number + 0.0).to_bits())
}

/// Whether the seed's number follows the word soon, in the same sentence.
fn tells_seed(lower: &str, seed: u64) -> bool {
    let seed = seed.to_string();
    let names_seed =
        |word: &str| word == "seed" || word.ends_with("_seed") || word == "random_state";
    lower.split(['\n', '.', ';', '!', '?']).any(|sentence| {
        let words: Vec<&str> = sentence
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .collect();
        let soon = |at: usize| {
            words[at + 1..]
                .iter()
                .take(SEED_DISTANCE)
                .any(|next| *next == seed)
        };
        words
            .iter()
            .enumerate()
            .any(|(at, word)| names_seed(word) && soon(at))
    })
}

#[cfg(test)]
mod tests {
    use facts::ToldAnswers;
    use findings::{Finding, Status};

    use crate::testing::Good;

    fn with(more: &str, telltale: &[&str]) -> Finding {
        let mut good = Good::regression();
        good.package.description.push_str(more);
        good.split.telltale_values = telltale.iter().map(|&value| value.to_owned()).collect();
        good.judge("A07")
    }

    #[test]
    fn recipes_and_seeds_are_found() {
        for more in [
            "\nThe rows were split with train_test_split.\n",
            "\nSplit with seed 1729.\n",
            "\n`SEED = 1729`\n",
            "\nThe random seed of it was 1729.\n",
            "\nSee `test_answer.csv`.\n",
        ] {
            assert_eq!(with(more, &[]).status, Status::Fail, "{more}");
        }
    }

    #[test]
    fn what_may_be_said_of_seeds() {
        for more in [
            "\nFix your random seed. Use 7 or 1730.\n",
            "\nThe test rows are a random fifth of the table.\n",
            "\nSeeds of 1729 plants.\n",
        ] {
            assert_eq!(with(more, &[]).status, Status::Pass, "{more}");
        }
    }

    #[test]
    fn several_exact_answers_are_no_chance() {
        let answers = ["12.3451", "12.3452", "12.3453", "12.34540", "9.87651"];
        let few = "\nFrom 12.3451 to 12.3454, median 9.87651.\n";
        assert_eq!(with(few, &answers).status, Status::Pass);
        let many = "\nThe first are 12.3451, 12.3452, 12.3453 and 12.3454.\n";
        let finding = with(many, &answers);
        assert_eq!(finding.status, Status::Fail);
        assert!(
            finding.message.contains("4 answer values in the text"),
            "{}",
            finding.message
        );
        let example = "\n```\nid,y\n1,12.3451\n2,12.3452\n3,12.3453\n4,12.3454\n5,9.87651\n```\n";
        assert_eq!(with(example, &answers).status, Status::Pass);
        assert_eq!(
            with("\n12.3451 12.3451 12.3451 12.3451\n", &answers).status,
            Status::Pass
        );
    }

    #[test]
    fn pairs_beyond_chance_are_told() {
        let told = |pairs, right, chance, sigma| {
            let mut good = Good::new();
            good.split.told_answers = vec![ToldAnswers {
                path: "public/notes.txt".to_owned(),
                pairs,
                right,
                chance,
                sigma,
            }];
            good.judge("A07")
        };
        let all = told(100, 100, 50.0, 5.0);
        assert_eq!(all.status, Status::Fail);
        assert_eq!(
            all.message,
            "`public/notes.txt` tells 100 test rows with an answer, 100 of them rightly"
        );
        assert!(all.evidence.contains(&"public/notes.txt".to_owned()));
        // The rows of an example, and guesses.
        assert_eq!(told(5, 5, 0.0, 0.0).status, Status::Pass);
        assert_eq!(told(100, 60, 50.0, 5.0).status, Status::Pass);
    }
}
