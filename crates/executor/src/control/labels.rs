//! Labels of the train table dealt out anew among its rows: as many of each, every row and its features in place. A large
//! table is cut to a sample of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use camino::Utf8Path;
use fs_err as fs;
use task_format::{Manifest, Objective, Prediction};

use crate::{ExecuteError, table::order_by_digest};

/// Most rows of train that labels are dealt out among: enough for a leak to show, and few enough for four trainings.
pub(crate) const MOST_ROWS: usize = 20_000;
/// Rows of each label that a sample keeps where there are so many: a baseline may need every class.
const ROWS_OF_LABEL: usize = 10;

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

/// Copies the train table from `from` to `to`, at most `most` of its rows, with their targets dealt out anew; whether rows
/// were left out.
///
/// The inner error is a sentence on why the table can't be used.
///
/// # Errors
///
/// When the host can't read or write it.
pub(crate) fn deal(
    from: &Utf8Path,
    to: &Utf8Path,
    manifest: &Manifest,
    deal: Deal,
    most: usize,
) -> Result<Result<bool, String>, ExecuteError> {
    match dealt_out(from, to, manifest, deal, most) {
        Ok(cut) => Ok(Ok(cut)),
        Err(Problem::NoTarget(name)) => Ok(Err(format!("the train table has no column `{name}`"))),
        Err(Problem::Csv(source)) => {
            let detail = source.to_string();
            let error = ExecuteError::Csv {
                path: from.to_owned(),
                source,
            };
            match error.is_the_packages() {
                true => Ok(Err(format!("the train table can't be read: {detail}"))),
                false => Err(error),
            }
        }
        Err(Problem::Write(source)) => Err(ExecuteError::files(source)),
    }
}

/// Why labels were not dealt out.
enum Problem {
    /// The table lacks a target.
    NoTarget(String),
    /// The table can't be read.
    Csv(csv::Error),
    /// The copy can't be written.
    Write(io::Error),
}

fn dealt_out(
    from: &Utf8Path,
    to: &Utf8Path,
    manifest: &Manifest,
    deal: Deal,
    most: usize,
) -> Result<bool, Problem> {
    let unreadable = Problem::Csv;
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
                .ok_or_else(|| Problem::NoTarget(name.clone()))
        })
        .collect::<Result<_, _>>()?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let cell = |&place: &usize| String::from_utf8_lossy(&record[place]).into_owned();
        rows.push(targets.iter().map(cell).collect());
    }
    let kept = kept(&rows, manifest, most);
    let cut = kept.len() < rows.len();
    let rows: Vec<Vec<String>> = kept.iter().map(|&row| rows[row].clone()).collect();
    let dealt = dealt(&rows, manifest, deal);

    // Whatever stands in the other columns is carried over as it is, in whatever encoding.
    let mut reader = csv::Reader::from_path(from).map_err(unreadable)?;
    let file = fs::File::create(to).map_err(Problem::Write)?;
    let mut writer = csv::Writer::from_writer(io::BufWriter::new(file));
    let unwritable = |error: csv::Error| Problem::Write(io::Error::other(error));
    writer.write_byte_record(&header).map_err(unwritable)?;
    let mut dealt = kept.iter().zip(&dealt).peekable();
    let mut row = 0;
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let labels = dealt.next_if(|&(&kept, _)| kept == row);
        row += 1;
        let Some((_, labels)) = labels else { continue };
        let cells = record.iter().enumerate().map(|(place, cell)| {
            match targets.iter().position(|&target| target == place) {
                Some(target) => labels[target].as_bytes(),
                None => cell,
            }
        });
        writer.write_record(cells).map_err(unwritable)?;
    }
    writer.flush().map_err(Problem::Write)?;
    Ok(cut)
}

/// The rows that stay, in order: all of a small table, else a sample of `most` with some rows of each label.
fn kept(rows: &[Vec<String>], manifest: &Manifest, most: usize) -> Vec<usize> {
    if rows.len() <= most {
        return (0..rows.len()).collect();
    }
    let order = order_by_digest(rows.len(), "sample of train");
    let mut kept = BTreeSet::new();
    if manifest.submission.prediction != Prediction::Number {
        let mut counts: BTreeMap<&[String], usize> = BTreeMap::new();
        for &row in &order {
            let count = counts.entry(&rows[row]).or_default();
            *count += 1;
            if *count <= ROWS_OF_LABEL && kept.len() < most {
                kept.insert(row);
            }
        }
    }
    for row in order {
        if kept.len() < most {
            kept.insert(row);
        }
    }
    kept.into_iter().collect()
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
    let listed: BTreeSet<&str> = labels.iter().map(String::as_str).collect();
    if column.iter().any(|cell| !listed.contains(cell.as_str())) {
        let written: BTreeSet<String> = column.iter().map(|cell| (**cell).clone()).collect();
        labels = written.into_iter().collect();
    }
    let classes = labels.len();
    let other = |place: usize| match manifest.task.objective {
        Objective::Ordinal => classes - 1 - place,
        _ => (place + 1) % classes,
    };
    let others: BTreeMap<&str, &str> = labels
        .iter()
        .enumerate()
        .map(|(place, label)| (label.as_str(), labels[other(place)].as_str()))
        .collect();
    for cell in column {
        if let Some(other) = others.get(cell.as_str()) {
            **cell = (*other).to_owned();
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
                MOST_ROWS,
            )
            .unwrap()
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
    fn of_a_large_table_a_sample_stays_with_every_class() {
        let mut manifest = crate::testing::manifest();
        let rare = |row: usize| row % 97 == 5;
        let label = |row: usize| vec![["no", "yes"][usize::from(rare(row))].to_owned()];
        let rows: Vec<Vec<String>> = (0..1000).map(label).collect();
        let sample = kept(&rows, &manifest, 50);
        assert_eq!(sample.len(), 50);
        assert!(sample.is_sorted());
        assert_eq!(sample.iter().filter(|&&row| rare(row)).count(), 10);
        assert_eq!(kept(&rows, &manifest, 1000).len(), 1000);
        manifest.submission.prediction = Prediction::Number;
        let numbers: Vec<Vec<String>> = (0..1000).map(|row| vec![row.to_string()]).collect();
        assert_eq!(kept(&numbers, &manifest, 50).len(), 50);
    }

    #[test]
    fn only_what_the_table_holds_is_the_tables_fault() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let train = folder.join("train.csv");
        fs::write(&train, "id,outcome\n1,yes\n2,no,more\n").unwrap();
        let manifest = crate::testing::manifest();
        let first = Deal {
            shuffle: 0,
            turned: false,
        };
        let to = folder.join("to.csv");
        let why = deal(&train, &to, &manifest, first, 1).unwrap().unwrap_err();
        assert!(why.contains("can't be read"), "{why}");
        fs::write(&train, "id,outcome\n1,yes\n2,no\n").unwrap();
        assert_eq!(deal(&train, &to, &manifest, first, 1).unwrap(), Ok(true));
        assert_eq!(crate::table::Table::read(&to).unwrap().rows.len(), 1);
        assert_eq!(deal(&train, &to, &manifest, first, 2).unwrap(), Ok(false));
        // No file can be made below a file.
        let error = deal(&train, &train.join("to.csv"), &manifest, first, 1).unwrap_err();
        assert!(matches!(error, ExecuteError::Files { .. }), "{error:?}");
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
            MOST_ROWS,
        )
        .unwrap()
        .unwrap_err();
        assert_eq!(why, "the train table has no column `outcome`");
    }
}
