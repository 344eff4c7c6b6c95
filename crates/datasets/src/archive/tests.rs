//! Archives that behave, and archives that do not.

use std::io::{Cursor, Write};

use ::tar::{Builder, EntryType, Header};
use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use proptest::prelude::*;

use super::*;

/// Entries as they stand in an archive, without the help that writers give against bad names.
type Entries<'a> = &'a [(&'a str, &'a [u8])];

fn zip_of(entries: Entries<'_>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in entries {
        if name.ends_with('/') {
            writer
                .add_directory(*name, SimpleFileOptions::default())
                .unwrap();
        } else {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(contents).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn tar_entry(builder: &mut Builder<Vec<u8>>, kind: EntryType, name: &str, contents: &[u8]) {
    let mut header = Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(contents.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append(&header, contents).unwrap();
}

fn tar_of(entries: Entries<'_>) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, contents) in entries {
        let kind = if name.ends_with('/') {
            EntryType::Directory
        } else {
            EntryType::Regular
        };
        tar_entry(&mut builder, kind, name, contents);
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What unpacking gives: the files below the innermost folder, or the refusal.
fn unpacked(archive: &[u8], limits: &Limits) -> Result<Vec<(String, Vec<u8>)>, String> {
    let temporary = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(temporary.path()).unwrap();
    let (file, target) = (root.join("archive"), root.join("target"));
    fs_err::write(&file, archive).unwrap();
    fs_err::create_dir(&target).unwrap();
    match unpack(&file, &target, limits) {
        Ok(folder) => {
            assert_eq!(
                root.read_dir_utf8().unwrap().count(),
                2,
                "something was written outside"
            );
            let files = digest::tree_entries(&folder).unwrap().into_iter();
            Ok(files
                .map(|entry| {
                    (
                        entry.path.clone(),
                        fs_err::read(folder.join(entry.path)).unwrap(),
                    )
                })
                .collect())
        }
        Err(NotOpened::Refused(refusal)) => {
            assert_eq!(
                root.read_dir_utf8().unwrap().count(),
                2,
                "something was written outside"
            );
            Err(format!("{}: {}", refusal.reason.as_str(), refusal.detail))
        }
        Err(NotOpened::Failed(error)) => panic!("no archive is an error of ours: {error}"),
    }
}

fn refusal(archive: &[u8]) -> String {
    unpacked(archive, &Limits::default()).unwrap_err()
}

#[test]
fn folders_around_and_junk_are_stripped() {
    let entries: Entries<'_> = &[
        ("./", b""),
        ("data-1.0/", b""),
        ("data-1.0/sub/table.csv", b"x\n1\n"),
        ("data-1.0/README", b"text"),
        ("data-1.0/.hidden", b"?"),
        ("__MACOSX/data-1.0/._table.csv", b"?"),
    ];
    let expected = Ok(vec![
        ("README".to_owned(), b"text".to_vec()),
        ("sub/table.csv".to_owned(), b"x\n1\n".to_vec()),
    ]);
    for archive in [
        tar_of(entries),
        gzip(&tar_of(entries)),
        zip_of(&entries[1..]),
    ] {
        assert_eq!(unpacked(&archive, &Limits::default()), expected);
    }
}

#[test]
fn names_that_escape() {
    for (name, why) in [
        ("../evil", "would leave the folder"),
        ("a/../../evil", "would leave the folder"),
        ("..\\evil", "would leave the folder"),
        ("/etc/evil", "has an absolute path"),
        ("C:\\evil", "has an absolute path"),
        (".hidden/../../evil", "would leave the folder"),
    ] {
        for archive in [
            tar_of(&[("fine", b"1"), (name, b"2")]),
            zip_of(&[("fine", b"1"), (name, b"2")]),
        ] {
            let expected = format!("unsafe_archive: the entry `{}` {why}", name.escape_debug());
            assert_eq!(refusal(&archive), expected);
        }
    }
}

#[test]
fn names_that_collide() {
    let cases: [(Entries<'_>, &str); 3] = [
        (
            &[("a", b"1"), ("a", b"2")],
            "the entry `a` stands in the archive twice",
        ),
        (
            &[("a", b"1"), ("a/b", b"2")],
            "the entry `a/b` lies below a file",
        ),
        (
            &[("a/b", b"1"), ("./a", b"2")],
            "the entry `a` stands in the archive twice",
        ),
    ];
    for (entries, why) in cases {
        assert_eq!(refusal(&tar_of(entries)), format!("unsafe_archive: {why}"));
    }
    // A zip writer refuses to write the same name twice, so one is changed afterwards.
    let mut zip = zip_of(&[("aa", b"1"), ("ab", b"2")]);
    for index in 0..zip.len() - 1 {
        if zip[index..].starts_with(b"ab") {
            zip[index + 1] = b'a';
        }
    }
    assert_eq!(
        refusal(&zip),
        "unsafe_archive: an entry stands in the archive twice"
    );
}

#[test]
fn links_and_devices() {
    for (kind, why) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Char, "is a device or of an unknown type"),
        (EntryType::Fifo, "is a device or of an unknown type"),
    ] {
        let mut builder = Builder::new(Vec::new());
        tar_entry(&mut builder, kind, "bad", b"");
        assert_eq!(
            refusal(&builder.into_inner().unwrap()),
            format!("unsafe_archive: the entry `bad` {why}")
        );
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("bad", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let archive = writer.finish().unwrap().into_inner();
    assert_eq!(
        refusal(&archive),
        "unsafe_archive: the entry `bad` is a link or a device"
    );
}

#[test]
fn bombs() {
    let limits = Limits {
        entries: 3,
        bytes: 100_000,
        ratio: 20,
        ratio_from: 10_000,
    };
    let zeros = vec![0; 50_000];
    let check = |entries: Entries<'_>, why: &str| {
        for archive in [gzip(&tar_of(entries)), zip_of(entries)] {
            assert_eq!(
                unpacked(&archive, &limits).unwrap_err(),
                format!("unsafe_archive: the archive {why}")
            );
        }
    };
    check(
        &[("a", &zeros)],
        "expands to more than 20 times its size, at the entry `a`",
    );
    check(
        &[(".junk", &zeros)],
        "expands to more than 20 times its size, at the entry `.junk`",
    );
    check(
        &[("a", b""), ("b", b""), ("c", b""), ("d", b"")],
        "has more than 3 entries",
    );
    let wide = Limits {
        ratio: 2000,
        ..limits
    };
    let zip = zip_of(&[("a", &zeros), ("b", &zeros), ("c", b"one more")]);
    assert_eq!(
        unpacked(&zip, &wide).unwrap_err(),
        "unsafe_archive: the archive expands to more than 100000 bytes, at the entry `c`"
    );
}

#[test]
fn headers_that_fill_the_memory() {
    let mut builder = Builder::new(Vec::new());
    tar_entry(
        &mut builder,
        EntryType::GNULongName,
        "././@LongLink",
        &vec![b'a'; 4 << 20],
    );
    tar_entry(&mut builder, EntryType::Regular, "a", b"");
    let archive = gzip(&builder.into_inner().unwrap());
    assert_eq!(
        refusal(&archive),
        "unreadable: the tar archive is damaged: an entry has more than 1 MiB of headers"
    );
}

#[test]
fn encrypted_and_damaged() {
    let whole = zip_of(&[("table.csv", b"x,y\n1,2\n")]);
    let mut encrypted = whole.clone();
    // Bit 0 of the flags, in the local header and in the central directory.
    encrypted[6] |= 1;
    let central = whole
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    encrypted[central + 8] |= 1;
    assert_eq!(
        refusal(&encrypted),
        "unreadable: the entry `table.csv` is encrypted"
    );
    assert!(
        refusal(&whole[..whole.len() / 2]).starts_with("unreadable: the zip archive is damaged")
    );
    assert!(
        refusal(&gzip(&tar_of(&[("a", b"1")]))[..40])
            .starts_with("unreadable: the tar archive is damaged")
    );
    assert!(refusal(&[b'x'; 600]).starts_with("unreadable: the tar archive is damaged"));
    let mut flipped = zip_of(&[("a", b"some text that deflate can't shorten")]);
    flipped[40] ^= 1;
    assert!(
        refusal(&flipped).starts_with("unreadable: the entry `a` is damaged"),
        "{}",
        refusal(&flipped)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is changed, unpacking gives files or a refusal, never a panic, and nothing outside.
    #[test]
    fn any_damage_is_survived(format in 0..3_u8, place: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
        let entries: Entries<'_> = &[("a/b.csv", b"x,y\n1,2\n3,4\n"), ("a/c.txt", b"text")];
        let mut archive = match format {
            0 => tar_of(entries),
            1 => gzip(&tar_of(entries)),
            _ => zip_of(entries),
        };
        let place = place.index(archive.len());
        archive[place] = byte;
        let _outcome = unpacked(&archive, &Limits::default());
        archive.truncate(cut.index(archive.len()));
        let _outcome = unpacked(&archive, &Limits::default());
    }
}
