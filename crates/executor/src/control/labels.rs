//! Labels of the train table dealt out anew among its rows: as many of each, every row and its features in place.

use camino::Utf8Path;
use fs_err as fs;
use task_format::{Manifest, Objective, Prediction};

use crate::table::order_by_digest;

/// How labels are dealt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deal {
    /// Which shuffle.
    pub(crate) shuffle: usize,
    /// Whether the shuffled labels are turned round: low for high, the next class for each.
    ///
    /// What a model learns from labels without meaning is a direction by chance; where all features point the same way, that
    /// direction can rank test rows well. From the turned labels it learns the opposite direction, which then ranks them
    /// badly. A model that has the answers from elsewhere does well both times.
    pub(crate) turned: bool,
}

impl Deal {
    pub(crate) fn describe(self) -> String {
        let nth = ["shuffled", "shuffled again"];
        let shuffle = nth.get(self.shuffle).copied().unwrap_or("shuffled anew");
        match self.turned {
            true => format!("{shuffle} and turned round"),
            false => shuffle.to_owned(),
        }
    }
}

/// Copies the train table from `from` to `to` with its targets dealt out anew.
///
/// The error is a sentence on why the table can't be used.
pub(crate) fn deal(
    from: &Utf8Path,
    to: &Utf8Path,
    manifest: &Manifest,
    deal: Deal,
) -> Result<(), String> {
    let unreadable = |error: csv::Error| format!("the train table can't be read: {error}");
    let mut reader = csv::Reader::from_path(from).map_err(unreadable)?;
    let header = reader.byte_headers().map_err(unreadable)?.clone();
    let targets: Vec<usize> = manifest
        .data
        .target_columns
        .iter()
        .map(|name| {
            header
                .iter()
                .position(|cell| cell == name.as_bytes())
                .ok_or_else(|| format!("the train table has no column `{name}`"))
        })
        .collect::<Result<_, _>>()?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let cell = |&place: &usize| String::from_utf8_lossy(&record[place]).into_owned();
        rows.push(targets.iter().map(cell).collect());
    }
    let dealt = dealt(&rows, manifest, deal);

    // Whatever stands in the other columns is carried over as it is, in whatever encoding.
    let mut reader = csv::Reader::from_path(from).map_err(unreadable)?;
    let file = fs::File::create(to).map_err(|error| error.to_string())?;
    let mut writer = csv::Writer::from_writer(std::io::BufWriter::new(file));
    let unwritable = |error: csv::Error| format!("the train table can't be copied: {error}");
    writer.write_byte_record(&header).map_err(unwritable)?;
    for labels in &dealt {
        reader.read_byte_record(&mut record).map_err(unreadable)?;
        let cells = record.iter().enumerate().map(|(place, cell)| {
            match targets.iter().position(|&target| target == place) {
                Some(target) => labels[target].as_bytes(),
                None => cell,
            }
        });
        writer.write_record(cells).map_err(unwritable)?;
    }
    writer.flush().map_err(|error| error.to_string())
}

/// The rows of targets in their new order, turned round where that is wanted.
fn dealt(rows: &[Vec<String>], manifest: &Manifest, deal: Deal) -> Vec<Vec<String>> {
    let order = order_by_digest(rows.len(), &format!("labels {}", deal.shuffle));
    let mut dealt: Vec<Vec<String>> = order.into_iter().map(|row| rows[row].clone()).collect();
    if deal.turned {
        for target in 0..manifest.data.target_columns.len() {
            let mut column: Vec<&mut String> =
                dealt.iter_mut().map(|row| &mut row[target]).collect();
            match manifest.submission.prediction {
                Prediction::Number => turn_numbers(&mut column),
                _ => turn_classes(&mut column, manifest),
            }
        }
    }
    dealt
}

/// The highest number for the lowest, and so on: the same numbers, given to others.
fn turn_numbers(column: &mut [&mut String]) {
    let number = |cell: &str| cell.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let mut known: Vec<(f64, usize)> = column
        .iter()
        .enumerate()
        .filter_map(|(row, cell)| Some((number(cell)?, row)))
        .collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let texts: Vec<String> = known.iter().map(|&(_, row)| column[row].clone()).collect();
    for (&(_, row), text) in known.iter().zip(texts.into_iter().rev()) {
        *column[row] = text;
    }
}

/// Ordered classes from the other end; of others, the next for each.
fn turn_classes(column: &mut [&mut String], manifest: &Manifest) {
    let mut labels = manifest.submission.labels.clone();
    // A table may write its classes otherwise than submissions do.
    if column
        .iter()
        .any(|cell| !labels.iter().any(|label| label == cell.as_str()))
    {
        labels = column.iter().map(|cell| (**cell).clone()).collect();
        labels.sort();
        labels.dedup();
    }
    let classes = labels.len();
    for cell in column {
        if let Some(place) = labels.iter().position(|label| label == cell.as_str()) {
            let other = match manifest.task.objective {
                Objective::Ordinal => classes - 1 - place,
                _ => (place + 1) % classes,
            };
            **cell = labels[other].clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(cells: &[&str], turn: impl Fn(&mut [&mut String])) -> Vec<String> {
        let mut cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        turn(&mut cells.iter_mut().collect::<Vec<_>>());
        cells
    }

    #[test]
    fn numbers_are_turned_by_rank_and_gaps_stay() {
        assert_eq!(
            turned(&["3", "", "1.5", "10", "3"], turn_numbers),
            ["3", "", "10", "1.5", "3"]
        );
    }

    #[test]
    fn classes_are_turned_to_others() {
        let mut manifest = crate::testing::manifest();
        assert_eq!(
            turned(&["no", "yes", "no"], |column| turn_classes(
                column, &manifest
            )),
            ["yes", "no", "yes"]
        );
        // The table's own spelling.
        assert_eq!(
            turned(&["0", "1"], |column| turn_classes(column, &manifest)),
            ["1", "0"]
        );
        manifest.task.objective = Objective::Ordinal;
        manifest.submission.labels = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(
            turned(&["a", "b", "c"], |column| turn_classes(column, &manifest)),
            ["c", "b", "a"]
        );
    }

    #[test]
    fn a_deal_keeps_the_labels_and_everything_else_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let rows: Vec<String> = (0..40)
            .map(|row| format!("{row},\"a, {row}\",{}", ["no", "yes"][row % 2]))
            .collect();
        fs::write(
            folder.join("train.csv"),
            format!("id,text,outcome\n{}\n", rows.join("\n")),
        )
        .unwrap();
        let manifest = crate::testing::manifest();
        let made = |name: &str, shuffle, turned| {
            let to = folder.join(name);
            deal(
                &folder.join("train.csv"),
                &to,
                &manifest,
                Deal { shuffle, turned },
            )
            .unwrap();
            let table = crate::table::Table::read(&to).unwrap();
            let column = |place: usize| -> Vec<String> {
                table.rows.iter().map(|row| row[place].clone()).collect()
            };
            (column(1), column(2))
        };
        let (texts, labels) = made("a.csv", 0, false);
        assert_eq!(texts[7], "a, 7");
        assert_eq!(labels.iter().filter(|label| *label == "yes").count(), 20);
        assert_ne!(
            labels[..6],
            ["no", "yes", "no", "yes", "no", "yes"].map(str::to_owned)
        );
        let (_, turned) = made("b.csv", 0, true);
        assert!(
            labels.iter().zip(&turned).all(|(a, b)| a != b),
            "two classes swap"
        );
        assert_ne!(made("c.csv", 1, false).1, labels);
    }

    #[test]
    fn a_table_without_the_target_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        fs::write(folder.join("train.csv"), "id,x\n1,2\n").unwrap();
        let manifest = crate::testing::manifest();
        let first = Deal {
            shuffle: 0,
            turned: false,
        };
        let why = deal(
            &folder.join("train.csv"),
            &folder.join("to.csv"),
            &manifest,
            first,
        )
        .unwrap_err();
        assert_eq!(why, "the train table has no column `outcome`");
    }
}
