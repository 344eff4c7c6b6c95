//! Submissions made from ids and the order of rows alone, with the labels of the train table. Whoever scores with one has
//! found a leak: rows sorted by label, ids that were given class by class, names that carry the answer.
//!
//! No feature is read. The task kit of a solver is not needed: all of this is arithmetic on two columns.

use std::collections::BTreeMap;

use camino::Utf8Path;
use facts::BlindFacts;
use fs_err as fs;
use scoring::Metric;
use task_format::{Manifest, PUBLIC_TEST, PUBLIC_TRAIN, Prediction};

use super::hints::{Grouping, Ids, members, nearest};
use crate::{
    ExecuteError, Executor, Usage,
    grader::{Grader, Submission, Wanted},
    table::{Table, columns},
};

/// Fewest rows of train that a prediction by neighbours rests on.
const FEWEST_NEIGHBOURS: usize = 10;
/// Remainders that ids are grouped by, beside the number of classes.
const DIVISORS: [u32; 3] = [3, 4, 7];
/// How much of the share of the class is mixed into a certain prediction, where the metric punishes certainty.
const DOUBT: f64 = 0.1;

impl Executor {
    /// Makes and scores every blind submission, the best one against `floors`; `scratch` is an empty folder.
    pub(crate) async fn blind_submissions(
        &self,
        grader: &Grader<'_>,
        package: &Utf8Path,
        manifest: &Manifest,
        floors: &[Submission],
        scratch: &Utf8Path,
    ) -> Result<(BlindFacts, Usage), ExecuteError> {
        let mut facts = BlindFacts::default();
        let known = match Known::read(package, manifest) {
            Ok(known) => known,
            Err(problem) => {
                facts.problem = Some(problem);
                return Ok((facts, Usage::default()));
            }
        };
        let mut submissions = Vec::new();
        for (place, (name, predictions)) in known.guesses(manifest).into_iter().enumerate() {
            let path = scratch.join(format!("{place}.csv"));
            let bytes = known.submission(manifest, predictions).render();
            fs::write(&path, bytes).map_err(ExecuteError::files)?;
            submissions.push(Submission::new(name, path));
        }
        let (graded, usage) = grader
            .grade(&submissions, Wanted::Scores, &scratch.join("graded"))
            .await?;
        facts.tried = submissions
            .iter()
            .map(|submission| (submission.name.clone(), graded.score(&submission.name)))
            .collect();
        let best = graded
            .best()
            .and_then(|(name, _)| submissions.iter().find(|known| known.name == name));
        let Some(best) = best else {
            facts.problem = Some("no blind submission has a score".to_owned());
            return Ok((facts, usage));
        };
        let (gain, more) = grader
            .gain_over_floor(best, floors, &scratch.join("best"))
            .await?;
        match gain {
            Ok(gain) => facts.best = Some((best.name.clone(), gain)),
            Err(why) => facts.problem = Some(why),
        }
        Ok((facts, usage.and(more)))
    }
}

/// What may be known without looking at a feature.
struct Known {
    test_ids: Vec<String>,
    /// Ids of train, where it has them.
    train_ids: Option<Vec<String>>,
    labels: Labels,
}

/// The labels of train.
enum Labels {
    /// Places in the manifest's list of labels.
    Classes(Vec<usize>),
    /// Numbers; for probabilities 1 for the positive class and 0 for others.
    Numbers(Vec<f64>),
}

impl Known {
    /// The error is a sentence on why there is nothing to go by.
    fn read(package: &Utf8Path, manifest: &Manifest) -> Result<Self, String> {
        let id = &manifest.data.id_column;
        let ([_, _], [target]) = (
            manifest.submission.columns.as_slice(),
            manifest.data.target_columns.as_slice(),
        ) else {
            return Err("blind submissions are made for one target and one prediction".to_owned());
        };
        let mut test = columns(&package.join(PUBLIC_TEST), &[id])?;
        let test_ids = test.remove(0).ok_or("the test table has no id column")?;
        let mut train = columns(&package.join(PUBLIC_TRAIN), &[id, target])?;
        let cells = train
            .remove(1)
            .ok_or_else(|| format!("the train table has no column `{target}`"))?;
        let train_ids = train.remove(0);
        let submission = &manifest.submission;
        let labels = match (submission.prediction, &submission.positive_label) {
            (Prediction::Probability, Some(positive)) => Labels::Numbers(
                cells
                    .iter()
                    .map(|cell| f64::from(u8::from(cell == positive)))
                    .collect(),
            ),
            (Prediction::Label, _) => Labels::Classes(
                cells
                    .iter()
                    .map(|cell| submission.labels.iter().position(|label| label == cell))
                    .collect::<Option<_>>()
                    .ok_or("the train table has labels that task.toml does not list")?,
            ),
            (Prediction::Number, _) => Labels::Numbers(
                cells
                    .iter()
                    .map(|cell| cell.trim().parse().ok().filter(|n: &f64| n.is_finite()))
                    .collect::<Option<_>>()
                    .ok_or("the train table has targets that are no numbers")?,
            ),
            _ => return Err("blind submissions are labels, probabilities or numbers".to_owned()),
        };
        if cells.is_empty() || test_ids.is_empty() {
            return Err("the train table or the test table has no rows".to_owned());
        }
        Ok(Self {
            test_ids,
            train_ids,
            labels,
        })
    }

    /// Every guess: its name, and a prediction for each test row.
    fn guesses(&self, manifest: &Manifest) -> Vec<(String, Vec<String>)> {
        let ids = Ids::new(&self.test_ids);
        let by_id = ids.order();
        let by_position: Vec<usize> = (0..self.test_ids.len()).collect();
        let turned = |order: &[usize]| order.iter().rev().copied().collect::<Vec<_>>();
        let mut guesses = vec![
            ("ids ascending", self.spread(&by_id, manifest)),
            ("ids descending", self.spread(&turned(&by_id), manifest)),
            ("rows as they stand", self.spread(&by_position, manifest)),
            (
                "rows from the last",
                self.spread(&turned(&by_position), manifest),
            ),
        ]
        .into_iter()
        .map(|(name, guess)| (name.to_owned(), guess))
        .collect::<Vec<_>>();
        let Some(train_ids) = &self.train_ids else {
            return guesses;
        };
        if let Some(guess) = self.by_neighbours(&ids, &Ids::new(train_ids), manifest) {
            guesses.push(("nearest ids".to_owned(), guess));
        }
        let classes = match &self.labels {
            Labels::Classes(_) => manifest.submission.labels.len(),
            Labels::Numbers(_) => 2,
        };
        let mut divisors: Vec<u32> = DIVISORS.to_vec();
        divisors.extend(
            u32::try_from(classes)
                .ok()
                .filter(|n| (2..=100).contains(n) && !DIVISORS.contains(n)),
        );
        let mut groupings = vec![
            Grouping::Length,
            Grouping::FirstCharacter,
            Grouping::LastCharacter,
        ];
        groupings.extend(divisors.into_iter().map(Grouping::Modulo));
        for grouping in groupings {
            if let Some(guess) = self.by_group(grouping, train_ids, manifest) {
                guesses.push((grouping.name(), guess));
            }
        }
        guesses
    }

    /// Gives the rows, in this order, the labels of train from low to high, in the shares they have there.
    fn spread(&self, order: &[usize], manifest: &Manifest) -> Vec<String> {
        let rows = order.len();
        let mut guess = vec![String::new(); rows];
        let at = |rank: usize, of: usize| (2 * rank + 1) * of / (2 * rows);
        match &self.labels {
            Labels::Classes(classes) => {
                let mut sorted = classes.clone();
                sorted.sort_unstable();
                for (rank, &row) in order.iter().enumerate() {
                    let class = sorted[at(rank, sorted.len())];
                    guess[row].clone_from(&manifest.submission.labels[class]);
                }
            }
            Labels::Numbers(numbers) => {
                let mut sorted = numbers.clone();
                sorted.sort_by(f64::total_cmp);
                let ranks_only = manifest.submission.prediction == Prediction::Probability
                    && !needs_doubt(manifest);
                for (rank, &row) in order.iter().enumerate() {
                    let value = match ranks_only {
                        true => (rank as f64 + 0.5) / rows as f64,
                        false => self.doubtful(sorted[at(rank, sorted.len())], manifest),
                    };
                    guess[row] = value.to_string();
                }
            }
        }
        guess
    }

    /// Predicts what the rows of train with the nearest ids have.
    fn by_neighbours(
        &self,
        test: &Ids<'_>,
        train: &Ids<'_>,
        manifest: &Manifest,
    ) -> Option<Vec<String>> {
        let (places, numbers) = (test.numbers()?, train.numbers()?);
        let mut known: Vec<(f64, usize)> = numbers
            .iter()
            .enumerate()
            .map(|(row, &number)| (number, row))
            .collect();
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        let window = FEWEST_NEIGHBOURS.max(known.len().isqrt() / 2);
        let guess = nearest(places, &known, window)
            .into_iter()
            .map(|range| self.typical(known[range].iter().map(|&(_, row)| row), manifest))
            .collect();
        Some(guess)
    }

    /// Predicts what the rows of train of the same group have; `None` when there is one group only, or one for each row.
    fn by_group(
        &self,
        grouping: Grouping,
        train_ids: &[String],
        manifest: &Manifest,
    ) -> Option<Vec<String>> {
        let members = members(grouping, train_ids);
        if members.len() < 2 || members.len() * FEWEST_NEIGHBOURS > train_ids.len() {
            return None;
        }
        let typical: BTreeMap<&str, String> = members
            .iter()
            .map(|(group, rows)| (group.as_str(), self.typical(rows.iter().copied(), manifest)))
            .collect();
        let of_all = self.typical(0..train_ids.len(), manifest);
        let guess = self.test_ids.iter().map(|id| {
            let group = grouping.of(id);
            let known = group.and_then(|group| typical.get(group.as_str()));
            known.unwrap_or(&of_all).clone()
        });
        Some(guess.collect())
    }

    /// The most frequent class of some rows of train, or the mean of their numbers.
    fn typical(&self, rows: impl Iterator<Item = usize>, manifest: &Manifest) -> String {
        match &self.labels {
            Labels::Classes(classes) => {
                let mut counts = vec![0_usize; manifest.submission.labels.len()];
                rows.for_each(|row| counts[classes[row]] += 1);
                let most = counts.iter().max().copied().unwrap_or(0);
                let first = counts.iter().position(|&count| count == most);
                manifest.submission.labels[first.unwrap_or(0)].clone()
            }
            Labels::Numbers(numbers) => {
                let (mut sum, mut count) = (0.0, 0.0);
                for row in rows {
                    sum += numbers[row];
                    count += 1.0;
                }
                self.doubtful(sum / count, manifest).to_string()
            }
        }
    }

    /// A probability, pulled towards the share of the positive class where the metric punishes certainty.
    fn doubtful(&self, value: f64, manifest: &Manifest) -> f64 {
        match &self.labels {
            Labels::Numbers(numbers) if needs_doubt(manifest) => {
                let share = numbers.iter().sum::<f64>() / numbers.len() as f64;
                value * (1.0 - DOUBT) + share * DOUBT
            }
            _ => value,
        }
    }

    fn submission(&self, manifest: &Manifest, predictions: Vec<String>) -> Table {
        let rows = self.test_ids.iter().zip(predictions);
        Table {
            header: manifest.submission.columns.clone(),
            rows: rows
                .map(|(id, prediction)| vec![id.clone(), prediction])
                .collect(),
        }
    }
}

/// Whether predictions are probabilities that are judged by how sure they are, not only by their order.
fn needs_doubt(manifest: &Manifest) -> bool {
    let ranking = |metric: Metric| !metric.needs_unit_interval();
    manifest.submission.prediction == Prediction::Probability
        && !Metric::from_name(&manifest.metric.name).is_some_and(ranking)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(test: &[&str], train: Option<&[&str]>, labels: Labels) -> Known {
        let own = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Known {
            test_ids: own(test),
            train_ids: train.map(own),
            labels,
        }
    }

    #[test]
    fn ids_in_order_of_the_label_are_guessed() {
        let mut manifest = crate::testing::manifest();
        manifest.submission.prediction = Prediction::Label;
        let known = known(
            &["7", "1", "5", "3"],
            None,
            Labels::Classes(vec![1, 0, 0, 1]),
        );
        let guesses = known.guesses(&manifest);
        assert_eq!(guesses.len(), 4, "without ids in train there is no more");
        assert_eq!(guesses[0].1, ["yes", "no", "yes", "no"]);
        assert_eq!(guesses[1].1, ["no", "yes", "no", "yes"]);
        assert_eq!(guesses[2].1, ["no", "no", "yes", "yes"]);
    }

    #[test]
    fn probabilities_follow_the_order_or_the_share() {
        let mut manifest = crate::testing::manifest();
        let known = known(&["1", "2"], None, Labels::Numbers(vec![0.0, 0.0, 0.0, 1.0]));
        assert_eq!(known.guesses(&manifest)[0].1, ["0.25", "0.75"]);
        manifest.metric.name = "log_loss".to_owned();
        assert_eq!(known.guesses(&manifest)[0].1, ["0.025", "0.925"]);
    }

    #[test]
    fn groups_and_neighbours_are_learned_from_train() {
        let mut manifest = crate::testing::manifest();
        manifest.submission.prediction = Prediction::Number;
        manifest.submission.positive_label = None;
        let train: Vec<String> = (0..100)
            .map(|n| format!("{}-{n}", ["a", "b"][n % 2]))
            .collect();
        let train: Vec<&str> = train.iter().map(String::as_str).collect();
        let labels = Labels::Numbers((0..100).map(|n| f64::from(n % 2)).collect());
        let known = known(&["a-200", "b-300", "c-1000"], Some(&train), labels);
        let guesses: BTreeMap<String, Vec<String>> = known.guesses(&manifest).into_iter().collect();
        assert_eq!(guesses["first character of the id"], ["0", "1", "0.5"]);
        assert_eq!(guesses["nearest ids"], ["0.5", "0.5", "0.5"]);
        assert_eq!(guesses["id modulo 2"], ["0", "0", "0"]);
        // 100 rows of three remainders: 34, 33 and 33.
        let thirds: Vec<f64> = guesses["id modulo 3"]
            .iter()
            .map(|guess| guess.parse().unwrap())
            .collect();
        assert_eq!(thirds, [16.0 / 33.0, 0.5, 17.0 / 33.0]);
    }
}
