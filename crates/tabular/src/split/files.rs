//! What the files that belong to single rows (images, recordings, texts) say about the target by everything but their
//! contents: size, time, dimensions, name. Tables are not looked at.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use facts::{ChannelFacts, Side};

use super::channels::{LEAST_ROWS, Target};
use super::inventory::PublicFile;
use crate::table::{Column, Table};

/// Words of paths that are tried, each against the others: the most frequent.
const WORDS: usize = 100;
/// Numbers of a path that are tried, by their place.
const NUMBERS: usize = 4;
/// How sure a channel of times must be to be told, in standard errors: times differ from run to run, and chance must not
/// get into the facts.
const SURE: f64 = 6.0;

/// A row's file.
struct RowFile<'f> {
    /// Place among all by path.
    order: usize,
    file: &'f PublicFile,
    /// What the path says besides the row's id: its folders and the rest of its name.
    rest: String,
}

type RowFiles<'f> = BTreeMap<usize, RowFile<'f>>;

/// The channels of the files of one side. `ids` are the ids of its rows.
///
/// A file belongs to a row when the stem of its name is the row's id, or one of the words that `_`, `-` and `.` part it into,
/// with or without leading zeros; of several files the first by path counts. Where that gives more rows a file, it belongs to
/// the rows that hold its path, its name or its stem in the column of texts that names the most files.
pub(super) fn channels(
    files: &[PublicFile],
    table: &Table,
    ids: &Column,
    target: &Target<'_>,
    side: Side,
) -> Vec<ChannelFacts> {
    let files: Vec<&PublicFile> = files
        .iter()
        .filter(|file| file.is_nested_or_no_table())
        .collect();
    let (named, listed) = (by_id(&files, ids), by_path(&files, table));
    let of_row = if listed.len() > named.len() {
        listed
    } else {
        named
    };
    if of_row.len() < LEAST_ROWS.max(ids.codes.len() / 20) {
        return Vec::new();
    }
    let values = |value: &dyn Fn(usize, &PublicFile) -> Option<f64>| -> Vec<f64> {
        (0..ids.codes.len())
            .map(|row| {
                of_row
                    .get(&row)
                    .and_then(|of| value(of.order, of.file))
                    .unwrap_or(f64::NAN)
            })
            .collect()
    };
    let sizes: BTreeMap<usize, (f64, f64)> = of_row
        .iter()
        .filter_map(|(row, of)| Some((*row, dimensions(&of.file.full)?)))
        .collect();
    let measured =
        |sizes: &BTreeMap<usize, (f64, f64)>, value: &dyn Fn((f64, f64)) -> f64| -> Vec<f64> {
            (0..ids.codes.len())
                .map(|row| sizes.get(&row).map_or(f64::NAN, |&size| value(size)))
                .collect()
        };
    let sounds: BTreeMap<usize, (f64, f64)> = of_row
        .iter()
        .filter_map(|(row, of)| Some((*row, recording(&of.file.full)?)))
        .collect();
    let numbers: [(&str, Vec<f64>); 8] = [
        (
            "size of the row's file",
            values(&|_, file| Some(file.bytes as f64)),
        ),
        (
            "place of the row's file by name",
            values(&|order, _| Some(order as f64)),
        ),
        (
            "length of the file's name",
            values(&|_, file| Some(file.path.chars().count() as f64)),
        ),
        ("width of the image", measured(&sizes, &|(width, _)| width)),
        (
            "height of the image",
            measured(&sizes, &|(_, height)| height),
        ),
        (
            "aspect of the image",
            measured(&sizes, &|(width, height)| width / height),
        ),
        (
            "length of the recording",
            measured(&sounds, &|(samples, _)| samples),
        ),
        (
            "sample rate of the recording",
            measured(&sounds, &|(_, rate)| rate),
        ),
    ];
    let mut facts: Vec<ChannelFacts> = numbers
        .iter()
        .filter_map(|(channel, values)| target.measure(channel, values))
        .collect();
    let times = values(&|_, file| file.modified);
    facts.extend(
        target
            .measure("modification time of the row's file", &times)
            .filter(|facts| facts.rho.abs() * (facts.rows as f64 - 1.0).sqrt() > SURE),
    );
    facts.extend(words(&of_row, ids.codes.len(), target));
    facts.extend(numbers_of_paths(&of_row, ids.codes.len(), target));
    for facts in &mut facts {
        facts.side = side;
    }
    facts
}

/// Files that have the id of a row in their name.
fn by_id<'f>(files: &[&'f PublicFile], ids: &Column) -> RowFiles<'f> {
    let rows: BTreeMap<&str, usize> = (0..ids.codes.len())
        .filter_map(|row| Some((ids.text(row)?, row)))
        .collect();
    let mut of_row = RowFiles::new();
    for (order, &file) in files.iter().enumerate() {
        if let Some((row, rest)) = row_and_rest(&file.path, &rows) {
            of_row.entry(row).or_insert(RowFile { order, file, rest });
        }
    }
    of_row
}

/// Files that the cells of one column name.
fn by_path<'f>(files: &[&'f PublicFile], table: &Table) -> RowFiles<'f> {
    // A name that several files have names none.
    let mut named: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    for (order, file) in files.iter().enumerate() {
        let path = Utf8Path::new(&file.path);
        let names: BTreeSet<&str> = [Some(path.as_str()), path.file_name(), path.file_stem()]
            .into_iter()
            .flatten()
            .collect();
        for name in names {
            named
                .entry(name)
                .and_modify(|other| *other = None)
                .or_insert(Some(order));
        }
    }
    let of_column = |column: &Column| -> BTreeMap<usize, usize> {
        let of_code: Vec<Option<usize>> = column
            .words
            .iter()
            .map(|cell| {
                let cell = cell
                    .trim()
                    .trim_start_matches("./")
                    .trim_start_matches("public/");
                named.get(cell).copied().flatten()
            })
            .collect();
        let order = |code: u32| of_code.get(code as usize).copied().flatten();
        (0..table.rows)
            .filter_map(|row| Some((row, order(column.codes[row])?)))
            .collect()
    };
    table
        .columns
        .iter()
        .filter(|column| !column.is_numeric())
        .map(of_column)
        .max_by_key(BTreeMap::len)
        .into_iter()
        .flatten()
        .map(|(row, order)| {
            let file = files[order];
            let rest = Utf8Path::new(&file.path).with_extension("").into_string();
            (row, RowFile { order, file, rest })
        })
        .collect()
}

/// The words of paths, each against all others: a label that some of them are.
fn words(of_row: &RowFiles<'_>, rows: usize, target: &Target<'_>) -> Option<ChannelFacts> {
    let of_path: BTreeMap<usize, BTreeSet<&str>> = of_row
        .iter()
        .map(|(row, of)| (*row, words_of(&of.rest).collect()))
        .collect();
    let mut counts = BTreeMap::<&str, usize>::new();
    for word in of_path.values().flatten() {
        *counts.entry(word).or_default() += 1;
    }
    let mut told: Vec<(&str, usize)> = counts
        .into_iter()
        .filter(|(_, count)| *count >= 2 && *count < of_path.len())
        .collect();
    told.sort_by_key(|&(word, count)| (std::cmp::Reverse(count), word));
    told.truncate(WORDS);
    let measured = told.iter().filter_map(|(word, _)| {
        let value = |row: usize| {
            of_path
                .get(&row)
                .map_or(f64::NAN, |words| f64::from(u8::from(words.contains(word))))
        };
        target.measure(
            "words in the path of the row's file",
            &(0..rows).map(value).collect::<Vec<_>>(),
        )
    });
    let mut strongest = measured.max_by(|a, b| a.rho.abs().total_cmp(&b.rho.abs()))?;
    strongest.contrasts *= told.len();
    Some(strongest)
}

/// The numbers of paths, by their place among the numbers of a path.
fn numbers_of_paths(of_row: &RowFiles<'_>, rows: usize, target: &Target<'_>) -> Vec<ChannelFacts> {
    let of_path: BTreeMap<usize, Vec<f64>> = of_row
        .iter()
        .map(|(row, of)| (*row, numbers_of(&of.rest)))
        .collect();
    (0..NUMBERS)
        .filter_map(|place| {
            let value = |row: usize| {
                of_path
                    .get(&row)
                    .and_then(|numbers| numbers.get(place).copied())
                    .unwrap_or(f64::NAN)
            };
            target.measure(
                &format!("number {} in the path of the row's file", place + 1),
                &(0..rows).map(value).collect::<Vec<_>>(),
            )
        })
        .collect()
}

/// Runs of letters and runs of digits.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let kind = |character: char| match character {
        _ if character.is_alphabetic() => 1,
        _ if character.is_numeric() => 2,
        _ => 0,
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|character| kind(character) == 0);
        let first = kind(rest.chars().next()?);
        let end = rest
            .find(|character| kind(character) != first)
            .unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some(word)
    })
}

/// Runs of digits, with a point and further digits where they follow.
fn numbers_of(text: &str) -> Vec<f64> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let (mut at, mut found) = (0, Vec::new());
    while at < bytes.len() {
        let whole = digits(at);
        if whole == 0 {
            at += 1;
            continue;
        }
        let mut end = at + whole;
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        found.extend(text[at..end].parse::<f64>());
        at = end;
    }
    found
}

/// The row that a path names, and what the path says besides.
fn row_and_rest(path: &str, rows: &BTreeMap<&str, usize>) -> Option<(usize, String)> {
    let path = Utf8Path::new(path);
    let folder = path.parent().map_or("", Utf8Path::as_str);
    let stem = path.file_stem()?;
    let row = |word: &str| {
        let shorter = word.trim_start_matches('0');
        rows.get(word).or_else(|| rows.get(shorter)).copied()
    };
    if let Some(row) = row(stem) {
        return Some((row, folder.to_owned()));
    }
    let mut start = 0;
    for word in stem.split(['_', '-', '.', ' ']) {
        let end = start + word.len();
        if let Some(row) = row(word) {
            return Some((row, format!("{folder}/{}/{}", &stem[..start], &stem[end..])));
        }
        start = end + 1;
    }
    None
}

/// Width and height of an image, from its header.
fn dimensions(path: &Utf8Path) -> Option<(f64, f64)> {
    let size = imagesize::size(path.as_std_path()).ok()?;
    Some((size.width as f64, size.height as f64))
}

/// Samples per channel and sample rate of a WAV file.
fn recording(path: &Utf8Path) -> Option<(f64, f64)> {
    let is_wav = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("wav"));
    let reader = hound::WavReader::open(path.as_std_path())
        .ok()
        .filter(|_| is_wav)?;
    Some((
        f64::from(reader.duration()),
        f64::from(reader.spec().sample_rate),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::inventory;
    use crate::testing::column;

    /// 40 test rows whose files have these names and contents.
    fn measured(
        name: impl Fn(usize, &str) -> String,
        bytes: impl Fn(usize, &str) -> Vec<u8>,
    ) -> Vec<ChannelFacts> {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let class = |n: usize| {
            if ((n * n * 31 + n * 17) % 997).is_multiple_of(2) {
                "cat"
            } else {
                "dog"
            }
        };
        for n in 0..40 {
            let path = root.join(name(n, class(n)));
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, bytes(n, class(n))).unwrap();
        }
        let files = inventory::public_files(root).unwrap().files;
        let ids = column("id", &(0..40).map(|n| format!("r{n}")).collect::<Vec<_>>());
        let target = column("kind", &(0..40).map(class).collect::<Vec<_>>());
        let paths: Vec<String> = (0..40).map(|n| name(n, class(n))).collect();
        let table = Table {
            columns: vec![ids.clone(), column("picture", &paths)],
            rows: 40,
        };
        channels(
            &files,
            &table,
            &ids,
            &Target::new(&target, 0, Side::Test, true),
            Side::Test,
        )
    }

    fn rho(facts: &[ChannelFacts], channel: &str) -> f64 {
        facts
            .iter()
            .find(|facts| facts.channel.starts_with(channel))
            .map_or(0.0, |facts| facts.rho.abs())
    }

    /// The header of a GIF of this size.
    fn gif(width: u8) -> Vec<u8> {
        [b"GIF89a".as_slice(), &[width, 0, 20, 0, 0, 0, 0]].concat()
    }

    #[test]
    fn sizes_and_dimensions_tell_classes() {
        let told = measured(
            |n, _| format!("images/r{n}.gif"),
            |n, class| gif(if class == "cat" { 30 } else { 40 } + (n % 3) as u8),
        );
        assert!(
            rho(&told, "width") > 0.8 && rho(&told, "aspect") > 0.8,
            "{told:?}"
        );
        assert!(rho(&told, "size") < 0.5);
        let longer = measured(
            |n, _| format!("r{n}.bin"),
            |_, class| vec![0; if class == "cat" { 10 } else { 12 }],
        );
        assert!(rho(&longer, "size") > 0.99, "{longer:?}");
        let silent = measured(
            |n, _| format!("images/r{n}.gif"),
            |n, _| gif((n * 7 % 11) as u8 + 1),
        );
        assert!(
            silent.iter().all(|facts| facts.rho.abs() < 0.5),
            "{silent:?}"
        );
    }

    #[test]
    fn paths_tell_classes() {
        for name in [
            |n: usize, class: &str| format!("{class}/r{n}.txt"),
            |n: usize, class: &str| format!("r{n}_{class}.txt"),
        ] {
            assert!(rho(&measured(name, |_, _| b"x".to_vec()), "words") > 0.99);
        }
    }

    /// Every name is different, and yet a word or a number of each is the answer.
    #[test]
    fn names_that_differ_all_tell_classes() {
        let word = |n: usize, class: &str| format!("{n:03}/r{n}_{class}_x{}.png", n * 31 % 97);
        assert!(rho(&measured(word, |_, _| b"x".to_vec()), "words") > 0.99);
        let number = |n: usize, class: &str| {
            format!(
                "r{n}_0.{}.png",
                if class == "cat" { 60 + n } else { 10 + n }
            )
        };
        assert!(rho(&measured(number, |_, _| b"x".to_vec()), "number 1") > 0.8);
    }

    /// Names without ids; a column holds the paths.
    #[test]
    fn files_are_found_by_a_column_of_paths() {
        let hashed = |n: usize, class: &str| {
            format!("pictures/{:x}-{class}.png", (n + 9) * 7_919_113 % 1_000_003)
        };
        assert!(rho(&measured(hashed, |_, _| b"x".to_vec()), "words") > 0.99);
        let silent =
            |n: usize, _: &str| format!("pictures/{:x}.png", (n + 9) * 7_919_113 % 1_000_003);
        let told = measured(silent, |n, _| vec![b'x'; 5 + n * 7 % 11]);
        assert!(
            told.iter()
                .any(|facts| facts.channel == "size of the row's file")
        );
        assert!(told.iter().all(|facts| facts.rho.abs() < 0.6), "{told:?}");
    }

    #[test]
    fn paths_are_cut_into_words_and_numbers() {
        assert_eq!(
            words_of("a/cat_x83-B.2").collect::<Vec<_>>(),
            ["a", "cat", "x", "83", "B", "2"]
        );
        assert_eq!(numbers_of("a7/_0.83_12.x"), [7.0, 0.83, 12.0]);
        let rows = BTreeMap::from([("17", 3)]);
        assert_eq!(row_and_rest("t/0017.png", &rows), Some((3, "t".to_owned())));
        assert_eq!(
            row_and_rest("t/17_0.83.png", &rows),
            Some((3, "t//_0.83".to_owned()))
        );
    }

    #[test]
    fn recordings_tell_by_their_length() {
        let wav = |n: usize, class: &str| {
            let mut bytes = std::io::Cursor::new(Vec::new());
            let spec = hound::WavSpec {
                channels: 1,
                sample_rate: 8000,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
            let samples = if class == "cat" { 50 } else { 80 } + n % 5;
            (0..samples).for_each(|_| writer.write_sample(0_i16).unwrap());
            writer.finalize().unwrap();
            bytes.into_inner()
        };
        assert!(
            rho(
                &measured(|n, _| format!("r{n}.wav"), wav),
                "length of the recording"
            ) > 0.8
        );
    }
}
