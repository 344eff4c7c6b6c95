//! Submissions as rows of text: made from the answers, then corrupted, shuffled or broken on purpose.
//!
//! It scores nothing: the cases go to the native grader and to `metric.py` alike.

use camino::Utf8Path;
use task_format::{Manifest, Prediction, USAGE_COLUMN};

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

    /// The submission that predicts every answer: the answers without their usage, as the manifest's submission asks for them.
    pub(crate) fn perfect(answers: &Table, manifest: &Manifest) -> Self {
        let wanted = &manifest.submission.columns;
        let places: Vec<usize> = wanted
            .iter()
            .filter_map(|name| {
                answers
                    .header
                    .iter()
                    .position(|column| column == name && column != USAGE_COLUMN)
            })
            .collect();
        let as_prediction =
            |column: usize, cell: &str| match (&manifest.submission.positive_label, column) {
                (Some(positive), 1..)
                    if manifest.submission.prediction == Prediction::Probability =>
                {
                    if cell == positive {
                        "1".to_owned()
                    } else {
                        "0".to_owned()
                    }
                }
                _ => cell.to_owned(),
            };
        let rows = answers
            .rows
            .iter()
            .map(|row| {
                places
                    .iter()
                    .enumerate()
                    .map(|(at, &place)| as_prediction(at, &row[place]))
                    .collect()
            })
            .collect();
        Self {
            header: places
                .iter()
                .map(|&place| answers.header[place].clone())
                .collect(),
            rows,
        }
    }

    /// The same submission with a share of its predictions (0–1, at least one row) made wrong.
    ///
    /// The rows are chosen by digest, so the choice depends on `seed` alone. Labels become the next label, probabilities their
    /// complement, numbers are passed round among the chosen rows and then mirrored about the middle of the range,
    /// so that no chosen row keeps its value by chance alone.
    pub(crate) fn corrupted(&self, manifest: &Manifest, share: f64, seed: &str) -> Self {
        let count = ((self.rows.len() as f64 * share).round() as usize).clamp(1, self.rows.len());
        let order = order_by_digest(self.rows.len(), seed);
        let chosen = &order[..count];
        let mut corrupted = self.clone();
        for column in 1..self.header.len() {
            match manifest.submission.prediction {
                Prediction::Label => {
                    for &row in chosen {
                        corrupted.rows[row][column] =
                            next_label(&self.rows[row][column], &manifest.submission.labels);
                    }
                }
                Prediction::Probability => {
                    for &row in chosen {
                        let p: f64 = self.rows[row][column].parse().unwrap_or(0.0);
                        corrupted.rows[row][column] = format!("{}", 1.0 - p);
                    }
                }
                Prediction::Number => self.mirror_numbers(&mut corrupted, chosen, column),
            }
        }
        corrupted
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

/// The numbers 0..n in an order that only `seed` decides.
pub(crate) fn order_by_digest(n: usize, seed: &str) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_cached_key(|index| {
        digest::blake3_bytes(format!("{seed}:{index}").as_bytes()).to_string()
    });
    order
}

fn next_label(label: &str, labels: &[String]) -> String {
    match labels.iter().position(|known| known == label) {
        Some(place) => labels[(place + 1) % labels.len()].clone(),
        None => labels.first().cloned().unwrap_or_else(|| label.to_owned()),
    }
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
    fn shuffled_predictions_keep_the_ids_in_place() {
        let shuffled = table().predictions_shuffled("a");
        assert_eq!(
            shuffled.rows.iter().map(|row| &row[0]).collect::<Vec<_>>(),
            table().rows.iter().map(|row| &row[0]).collect::<Vec<_>>()
        );
        assert_ne!(shuffled, table());
    }
}
