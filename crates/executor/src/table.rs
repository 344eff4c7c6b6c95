//! Submissions as rows of text: made from the answers, then corrupted, shuffled or broken on purpose.
//!
//! It scores nothing: the cases go to the native grader and to `metric.py` alike.

use std::collections::BTreeSet;

use camino::Utf8Path;
use scoring::{Input, Metric};
use task_format::{Manifest, Prediction};

use crate::ExecuteError;

/// A submission held in memory: header and rows of text cells, the id first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a CSV file that this program has checked before (answers, sample submission).
    pub(crate) fn read(path: &Utf8Path) -> Result<Self, ExecuteError> {
        let broken = |source| ExecuteError::Csv {
            path: path.to_owned(),
            source,
        };
        let mut reader = csv::ReaderBuilder::new().from_path(path).map_err(broken)?;
        let header = reader
            .headers()
            .map_err(broken)?
            .iter()
            .map(str::to_owned)
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            rows.push(record.map_err(broken)?.iter().map(str::to_owned).collect());
        }
        Ok(Self { header, rows })
    }

    /// The submission that predicts every answer, as the manifest's submission asks for it; with at least one row.
    ///
    /// The error is a sentence on why that can't be told.
    pub(crate) fn perfect(answers: &Table, manifest: &Manifest) -> Result<Self, String> {
        let place = |name: &String| answers.header.iter().position(|column| column == name);
        let targets: Vec<usize> = manifest
            .data
            .target_columns
            .iter()
            .filter_map(place)
            .collect();
        let ids = place(&manifest.data.id_column);
        let predictions: Vec<Vec<String>> = match targets.as_slice() {
            _ if asks_for_risks(manifest) => answers.risks(&targets),
            [target] if manifest.submission.prediction == Prediction::ClassProbabilities => {
                let labels = &manifest.submission.labels;
                let one_hot = |row: &Vec<String>| {
                    let of = |label: &String| if row[*target] == *label { "1" } else { "0" };
                    labels.iter().map(|label| of(label).to_owned()).collect()
                };
                answers.rows.iter().map(one_hot).collect()
            }
            _ => {
                let prediction = |cell: &String| match &manifest.submission.positive_label {
                    Some(positive) if manifest.submission.prediction == Prediction::Probability => {
                        if cell == positive { "1" } else { "0" }.to_owned()
                    }
                    _ => cell.clone(),
                };
                let row = |row: &Vec<String>| {
                    let cells = targets.iter().map(|&target| prediction(&row[target]));
                    cells.collect()
                };
                answers.rows.iter().map(row).collect()
            }
        };
        // What a custom metric compares, only the metric knows.
        let asked = manifest.submission.columns.len().saturating_sub(1);
        let Some(known) = predictions.first().map(Vec::len) else {
            return Err("there are no answers".to_owned());
        };
        if asked == 0 || known != asked {
            return Err(format!(
                "a submission has {asked} columns of predictions and the answers give {known}, so no submission is known to be \
                 perfect"
            ));
        }
        let rows = answers.rows.iter().zip(predictions).map(|(row, cells)| {
            let id = ids.map(|ids| row[ids].clone()).unwrap_or_default();
            std::iter::once(id).chain(cells).collect()
        });
        Ok(Self {
            header: manifest.submission.columns.clone(),
            rows: rows.collect(),
        })
    }

    /// Risks in the order of the events, from columns of times and events.
    fn risks(&self, targets: &[usize]) -> Vec<Vec<String>> {
        let number = |row: &Vec<String>, place: usize| -> f64 {
            let cell = targets.get(place).map(|&column| &row[column]);
            cell.and_then(|cell| cell.parse().ok()).unwrap_or(0.0)
        };
        let times: Vec<f64> = self.rows.iter().map(|row| number(row, 0)).collect();
        let events: Vec<bool> = self.rows.iter().map(|row| number(row, 1) == 1.0).collect();
        let risks = grading::perfect_risks(&times, &events);
        risks.iter().map(|risk| vec![risk.to_string()]).collect()
    }

    /// The same submission with a share of its predictions (0–1, at least one row) made wrong.
    ///
    /// The rows are chosen by digest, so the choice depends on `seed` alone. Labels become the next label, probabilities their
    /// complement, those of classes move on by one class; numbers are mirrored about the middle of their range; sets and
    /// rankings get as many labels or items that were not in them, texts other characters.
    pub(crate) fn corrupted(&self, manifest: &Manifest, share: f64, seed: &str) -> Self {
        let count = ((self.rows.len() as f64 * share).round() as usize).clamp(1, self.rows.len());
        let order = order_by_digest(self.rows.len(), seed);
        self.corrupted_in(manifest, &order[..count])
    }

    /// Five copies with a fifth of their predictions made wrong, each row in one of them; the first has those rows that
    /// [`Self::corrupted`] takes for a share of 0.2.
    pub(crate) fn corrupted_fifths(&self, manifest: &Manifest, seed: &str) -> Vec<Self> {
        let order = order_by_digest(self.rows.len(), seed);
        let end = |fifth: usize| (order.len() as f64 * fifth as f64 / 5.0).round() as usize;
        (0..5)
            .map(|fifth| self.corrupted_in(manifest, &order[end(fifth)..end(fifth + 1)]))
            .collect()
    }

    /// The same submission with the predictions of the `chosen` rows made wrong.
    fn corrupted_in(&self, manifest: &Manifest, chosen: &[usize]) -> Self {
        let mut corrupted = self.clone();
        let labels = &manifest.submission.labels;
        if manifest.submission.prediction == Prediction::ClassProbabilities {
            for &row in chosen {
                corrupted.rows[row][1..].rotate_right(1);
            }
            return corrupted;
        }
        for column in 1..self.header.len() {
            let mut change = |to: &dyn Fn(&str) -> String| {
                for &row in chosen {
                    corrupted.rows[row][column] = to(&self.rows[row][column]);
                }
            };
            match manifest.submission.prediction {
                Prediction::Label => change(&|cell| next_label(cell, labels)),
                Prediction::Probability => {
                    change(&|cell| (1.0 - cell.parse().unwrap_or(0.0)).to_string());
                }
                Prediction::Number => self.mirror_numbers(&mut corrupted, chosen, column),
                Prediction::LabelSet => change(&|cell| other_items(cell, labels)),
                Prediction::Ranking if !labels.is_empty() => {
                    change(&|cell| other_items(cell, labels));
                }
                Prediction::Ranking => {
                    let items = self.items(column);
                    change(&|cell| other_items(cell, &items));
                }
                Prediction::Text => change(&other_text),
                Prediction::ClassProbabilities => unreachable!("handled row by row above"),
            }
        }
        corrupted
    }

    /// Every item of a column of items.
    fn items(&self, column: usize) -> Vec<String> {
        let items: BTreeSet<&str> = self
            .rows
            .iter()
            .flat_map(|row| row[column].split_ascii_whitespace())
            .collect();
        items.into_iter().map(str::to_owned).collect()
    }

    fn mirror_numbers(&self, corrupted: &mut Table, chosen: &[usize], column: usize) {
        let values: Vec<f64> = self
            .rows
            .iter()
            .map(|row| row[column].parse().unwrap_or(0.0))
            .collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for &row in chosen {
            corrupted.rows[row][column] = format!("{}", low + high - values[row]);
        }
    }

    /// The same rows in another order.
    pub(crate) fn rows_shuffled(&self, seed: &str) -> Self {
        let rows = order_by_digest(self.rows.len(), seed)
            .into_iter()
            .map(|row| self.rows[row].clone())
            .collect();
        Self {
            header: self.header.clone(),
            rows,
        }
    }

    /// The same predictions given to other ids.
    pub(crate) fn predictions_shuffled(&self, seed: &str) -> Self {
        let order = order_by_digest(self.rows.len(), seed);
        let rows = self
            .rows
            .iter()
            .zip(order)
            .map(|(row, other)| {
                std::iter::once(&row[0])
                    .chain(&self.rows[other][1..])
                    .cloned()
                    .collect()
            })
            .collect();
        Self {
            header: self.header.clone(),
            rows,
        }
    }

    /// The same columns from right to left.
    pub(crate) fn columns_reversed(&self) -> Self {
        let reversed = |cells: &Vec<String>| cells.iter().rev().cloned().collect();
        Self {
            header: reversed(&self.header),
            rows: self.rows.iter().map(reversed).collect(),
        }
    }

    /// The file's bytes.
    pub(crate) fn render(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let infallible = "writing CSV to memory can't fail";
        writer.write_record(&self.header).expect(infallible);
        for row in &self.rows {
            writer.write_record(row).expect(infallible);
        }
        writer.into_inner().expect(infallible)
    }
}

/// The columns of those names of a CSV file; `None` for one that it does not have.
pub(crate) fn columns(
    path: &Utf8Path,
    names: &[&String],
) -> Result<Vec<Option<Vec<String>>>, String> {
    let unreadable = |error: csv::Error| {
        format!(
            "`{}` can't be read: {error}",
            path.file_name().unwrap_or_default()
        )
    };
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let header = reader.byte_headers().map_err(unreadable)?.clone();
    let places: Vec<Option<usize>> = names
        .iter()
        .map(|name| header.iter().position(|cell| cell == name.as_bytes()))
        .collect();
    let mut columns: Vec<Option<Vec<String>>> = places
        .iter()
        .map(|place| place.map(|_| Vec::new()))
        .collect();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        for (place, column) in places.iter().zip(&mut columns) {
            if let (Some(place), Some(column)) = (place, column) {
                column.push(String::from_utf8_lossy(&record[*place]).into_owned());
            }
        }
    }
    Ok(columns)
}

/// The numbers 0..n in an order that only `seed` decides.
pub(crate) fn order_by_digest(n: usize, seed: &str) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_cached_key(|index| digest::blake3_bytes(format!("{seed}:{index}").as_bytes()));
    order
}

fn next_label(label: &str, labels: &[String]) -> String {
    match labels.iter().position(|known| known == label) {
        Some(place) => labels[(place + 1) % labels.len()].clone(),
        None => labels.first().cloned().unwrap_or_else(|| label.to_owned()),
    }
}

/// As many items as the cell has, at least one, that are not in it; none when it has all there are.
///
/// They are those that follow its last one in `known`, so that rows do not all get the same.
fn other_items(cell: &str, known: &[String]) -> String {
    let present: Vec<&str> = cell.split_ascii_whitespace().collect();
    let last = present.last();
    let after = known
        .iter()
        .position(|item| Some(&item.as_str()) == last)
        .map_or(0, |place| place + 1);
    known[after..]
        .iter()
        .chain(&known[..after])
        .map(String::as_str)
        .filter(|item| !present.contains(item))
        .take(present.len().max(1))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A text as long, of characters that it has not; never empty.
fn other_text(text: &str) -> String {
    let other = ['#', '%', '~']
        .into_iter()
        .find(|other| !text.contains(*other))
        .unwrap_or('\u{fffd}');
    other.to_string().repeat(text.chars().count().max(1))
}

/// Whether the one prediction is a risk, and the targets a time and an event.
fn asks_for_risks(manifest: &Manifest) -> bool {
    let metric = Metric::from_name(&manifest.metric.name);
    metric.is_some_and(|metric| metric.input() == Input::Survival)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let rows = (0..10)
            .map(|id| vec![id.to_string(), (id * 2).to_string()])
            .collect();
        Table {
            header: vec!["id".to_owned(), "y".to_owned()],
            rows,
        }
    }

    #[test]
    fn answers_that_do_not_say_what_is_perfect_are_told() {
        let mut answers = table();
        answers.header[1] = "outcome".to_owned();
        let mut manifest = crate::testing::manifest();
        let width = |manifest: &Manifest| {
            Table::perfect(&answers, manifest).map(|perfect| perfect.rows[0].len())
        };
        assert_eq!(width(&manifest), Ok(2));
        manifest.metric.name = "custom".to_owned();
        manifest.submission.prediction = Prediction::Label;
        manifest.submission.columns = ["id", "outcome", "certainty"].map(str::to_owned).to_vec();
        let why = width(&manifest).unwrap_err();
        assert!(
            why.contains("has 2 columns of predictions and the answers give 1"),
            "{why}"
        );
        manifest.submission.prediction = Prediction::ClassProbabilities;
        manifest.submission.labels.clear();
        manifest.submission.columns.truncate(1);
        let why = width(&manifest).unwrap_err();
        assert!(
            why.contains("has 0 columns of predictions and the answers give 0"),
            "{why}"
        );
        answers.rows.clear();
        assert_eq!(
            Table::perfect(&answers, &manifest).unwrap_err(),
            "there are no answers"
        );
    }

    #[test]
    fn shuffling_keeps_every_row_and_is_decided_by_the_seed() {
        let mut shuffled = table().rows_shuffled("a");
        assert_ne!(shuffled, table());
        assert_eq!(shuffled, table().rows_shuffled("a"));
        assert_ne!(shuffled, table().rows_shuffled("b"));
        shuffled
            .rows
            .sort_by_key(|row| row[0].parse::<u32>().unwrap());
        assert_eq!(shuffled, table());
    }

    #[test]
    fn fifths_are_all_rows_once() {
        let mut manifest = crate::testing::manifest();
        manifest.submission.prediction = Prediction::Number;
        let mut original = table();
        original.rows.push(vec!["10".to_owned(), "99".to_owned()]);
        let fifths = original.corrupted_fifths(&manifest, "a");
        assert_eq!(fifths[0], original.corrupted(&manifest, 0.2, "a"));
        let changed = |row: usize| {
            let differs = |fifth: &&Table| fifth.rows[row] != original.rows[row];
            fifths.iter().filter(differs).count()
        };
        assert!((0..11).all(|row| changed(row) == 1), "{fifths:?}");
    }

    #[test]
    fn shuffled_predictions_keep_the_ids_in_place() {
        let shuffled = table().predictions_shuffled("a");
        assert_eq!(
            shuffled.rows.iter().map(|row| &row[0]).collect::<Vec<_>>(),
            table().rows.iter().map(|row| &row[0]).collect::<Vec<_>>()
        );
        assert_ne!(shuffled, table());
    }
}
