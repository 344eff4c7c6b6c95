//! What the files that belong to single rows (images, recordings, texts) say about the target by everything but their
//! contents: size, time, dimensions, name. Tables are not looked at.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use facts::{ChannelFacts, Side};

use super::channels::{LEAST_ROWS, Target};
use super::inventory::PublicFile;
use crate::table::Column;

/// Labels in paths that are tried, each against the others.
const LABELS: usize = 50;
/// How sure a channel of times must be to be told, in standard errors: times differ from run to run, and chance must not
/// get into the facts.
const SURE: f64 = 6.0;

/// The channels of the files of one side. `ids` are the ids of its rows.
///
/// A file belongs to a row when the stem of its name is the row's id, or one of the words that `_`, `-` and `.` part it into;
/// of several files the first by path counts.
pub(super) fn channels(
    files: &[PublicFile],
    ids: &Column,
    target: &Target<'_>,
    side: Side,
) -> Vec<ChannelFacts> {
    let rows: BTreeMap<&str, usize> = (0..ids.codes.len())
        .filter_map(|row| Some((ids.text(row)?, row)))
        .collect();
    let mut of_row: BTreeMap<usize, (usize, &PublicFile, String)> = BTreeMap::new();
    for (order, file) in files
        .iter()
        .filter(|file| file.is_nested_or_no_table())
        .enumerate()
    {
        if let Some((id, label)) = id_and_label(&file.path, &rows) {
            of_row.entry(rows[id]).or_insert((order, file, label));
        }
    }
    if of_row.len() < LEAST_ROWS.max(ids.codes.len() / 20) {
        return Vec::new();
    }
    let values = |value: &dyn Fn(usize, &PublicFile) -> Option<f64>| -> Vec<f64> {
        (0..ids.codes.len())
            .map(|row| {
                of_row
                    .get(&row)
                    .and_then(|(order, file, _)| value(*order, file))
                    .unwrap_or(f64::NAN)
            })
            .collect()
    };
    let sizes: BTreeMap<usize, (f64, f64)> = of_row
        .iter()
        .filter_map(|(row, (_, file, _))| Some((*row, dimensions(&file.full)?)))
        .collect();
    let measured =
        |sizes: &BTreeMap<usize, (f64, f64)>, value: &dyn Fn((f64, f64)) -> f64| -> Vec<f64> {
            (0..ids.codes.len())
                .map(|row| sizes.get(&row).map_or(f64::NAN, |&size| value(size)))
                .collect()
        };
    let sounds: BTreeMap<usize, (f64, f64)> = of_row
        .iter()
        .filter_map(|(row, (_, file, _))| Some((*row, recording(&file.full)?)))
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
    facts.extend(labels(&of_row, ids.codes.len(), target));
    for facts in &mut facts {
        facts.side = side;
    }
    facts
}

/// What else a path says than the id: its folders and the rest of its name, each such text against all others.
fn labels(
    of_row: &BTreeMap<usize, (usize, &PublicFile, String)>,
    rows: usize,
    target: &Target<'_>,
) -> Option<ChannelFacts> {
    let labels: BTreeSet<&str> = of_row
        .values()
        .map(|(_, _, label)| label.as_str())
        .collect();
    if labels.len() < 2 || labels.len() > LABELS {
        return None;
    }
    let measured = labels.iter().filter_map(|label| {
        let value = |row: usize| {
            of_row.get(&row).map_or(f64::NAN, |(_, _, other)| {
                f64::from(u8::from(other == label))
            })
        };
        target.measure(
            "path of the row's file",
            &(0..rows).map(value).collect::<Vec<_>>(),
        )
    });
    let mut strongest = measured.max_by(|a, b| a.rho.abs().total_cmp(&b.rho.abs()))?;
    strongest.contrasts *= labels.len();
    Some(strongest)
}

/// The row that a path names, and what the path says besides.
fn id_and_label<'p>(path: &'p str, rows: &BTreeMap<&str, usize>) -> Option<(&'p str, String)> {
    let path = Utf8Path::new(path);
    let folder = path.parent().map_or("", Utf8Path::as_str);
    let stem = path.file_stem()?;
    if rows.contains_key(stem) {
        return Some((stem, folder.to_owned()));
    }
    let parts: Vec<&str> = stem.split(['_', '-', '.', ' ']).collect();
    let at = parts.iter().position(|part| rows.contains_key(part))?;
    let rest: Vec<&str> = parts
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .map(|(_, part)| *part)
        .collect();
    Some((parts[at], format!("{folder}/{}", rest.join("_"))))
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
        channels(
            &files,
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
            assert!(rho(&measured(name, |_, _| b"x".to_vec()), "path") > 0.99);
        }
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
