//! Datasets of every kind opened from the outside, with tiny data made here.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use datasets::{DatasetSpec, NotOpened, RawDataset, open};
use digest::tree_entries;

/// A place for datasets and one for staging.
struct Place {
    _temporary: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
        let place = Self {
            _temporary: temporary,
            root,
        };
        for (path, contents) in files {
            fs_err::create_dir_all(place.root.join(path).parent().unwrap()).unwrap();
            fs_err::write(place.root.join(path), contents).unwrap();
        }
        place
    }

    fn open(&self, path: &str) -> Result<RawDataset, NotOpened> {
        let spec: DatasetSpec = self.root.join(path).as_str().parse().unwrap();
        let opened = open(&spec, &self.root.join("staging"), None);
        if let Ok(dataset) = &opened {
            let seen: Vec<_> = tree_entries(&dataset.folder)
                .unwrap()
                .into_iter()
                .map(|entry| (entry.path, entry.sha256.to_string()))
                .collect();
            let told: Vec<_> = dataset
                .facts
                .files
                .iter()
                .map(|file| (file.path.clone(), file.sha256.clone()))
                .collect();
            assert_eq!(
                seen, told,
                "the folder must hold what is told of it, and nothing else"
            );
        }
        opened
    }

    fn paths(&self, path: &str) -> Vec<String> {
        self.open(path)
            .unwrap()
            .facts
            .files
            .into_iter()
            .map(|file| file.path)
            .collect()
    }

    fn outcome(&self, path: &str) -> String {
        match self.open(path) {
            Ok(dataset) => format!("opened with {} files", dataset.facts.files.len()),
            Err(NotOpened::Refused(refusal)) => {
                format!("refused as {}: {}", refusal.reason.as_str(), refusal.detail)
            }
            Err(NotOpened::Failed(error)) => {
                let hint = error
                    .hint()
                    .map(|hint| format!("; hint: {hint}"))
                    .unwrap_or_default();
                format!("error: {error}{hint}")
            }
        }
        .replace(self.root.as_str(), "<root>")
    }
}

const TABLE: &str = "x,y\n1,2\n";

#[test]
fn a_plain_folder_is_used_where_it_is() {
    let place = Place::new(&[("rain_gauges/b.csv", TABLE), ("rain_gauges/a/c.csv", TABLE)]);
    let dataset = place.open("rain_gauges").unwrap();
    assert_eq!(dataset.folder, place.root.join("rain_gauges"));
    assert!(!place.root.join("staging").exists());
    insta::assert_json_snapshot!(dataset.facts, @r#"
    {
      "slug": "rain-gauges",
      "title": "Rain gauges",
      "description": null,
      "source": null,
      "licence": null,
      "modality": null,
      "files": [
        {
          "path": "a/c.csv",
          "bytes": 8,
          "sha256": "81bf9fa83c6f7f151bd491a98cd7d933de3965289e3ebd77c6c425f7eaa16392",
          "kind": "delimited"
        },
        {
          "path": "b.csv",
          "bytes": 8,
          "sha256": "81bf9fa83c6f7f151bd491a98cd7d933de3965289e3ebd77c6c425f7eaa16392",
          "kind": "delimited"
        }
      ]
    }
    "#);
}

#[test]
fn what_does_not_count_is_not_seen() {
    let place = Place::new(&[
        ("d/a.csv", TABLE),
        ("d/.DS_Store", "?"),
        ("d/.git/config", "?"),
        ("d/__MACOSX/a.csv", "?"),
        ("d/sub/~$a.xlsx", "?"),
        (
            "d/dataset.json",
            r#"{"name": "gauges", "title": " Rain ", "license": "unstated for the data", "source": "somewhere"}"#,
        ),
        ("secret", "?"),
    ]);
    fs_err::os::unix::fs::symlink("../secret", place.root.join("d/link.csv")).unwrap();
    fs_err::os::unix::fs::symlink("/", place.root.join("d/sub/folder")).unwrap();
    let dataset = place.open("d").unwrap();
    assert_eq!(dataset.folder, place.root.join("staging/raw"));
    let skipped: Vec<_> = dataset
        .skipped
        .iter()
        .map(|skipped| (skipped.path.as_str(), skipped.reason))
        .collect();
    assert_eq!(
        skipped,
        [
            ("link.csv", "a symbolic link"),
            ("sub/folder", "a symbolic link")
        ]
    );
    let facts = dataset.facts;
    assert_eq!(
        (
            facts.slug.as_str(),
            facts.title.as_str(),
            facts.licence,
            facts.files.len()
        ),
        ("gauges", "Rain", None, 1)
    );
}

#[test]
fn staging_is_cleared_first() {
    let place = Place::new(&[
        ("d/a.csv", TABLE),
        ("d/.hidden", "?"),
        ("staging/raw/old.csv", TABLE),
    ]);
    assert_eq!(place.paths("d"), ["a.csv"]);
    assert_eq!(place.paths("d"), ["a.csv"]);
}

#[test]
fn a_file_comes_alone_or_with_its_names() {
    let statement =
        r#"{"name": "many", "files": [{"path": "a.csv"}, {"path": "b.csv"}], "licence": "MIT"}"#;
    let place = Place::new(&[
        ("d/a.csv", TABLE),
        ("d/b.csv", TABLE),
        ("d/a.names", "1. x"),
        ("d/c.csv", TABLE),
        ("d/dataset.json", statement),
    ]);
    assert_eq!(place.paths("d/a.csv"), ["a.csv", "a.names"]);
    assert_eq!(place.paths("d/a.names"), ["a.names"]);
    let named = place.open("d/b.csv").unwrap().facts;
    assert_eq!(
        (
            named.slug.as_str(),
            named.licence.as_deref(),
            named.files.len()
        ),
        ("many-b", Some("MIT"), 1)
    );
    let unnamed = place.open("d/c.csv").unwrap().facts;
    assert_eq!((unnamed.slug.as_str(), unnamed.licence), ("c", None));
}

#[test]
fn an_archive_is_a_folder() {
    let place = Place::new(&[]);
    let mut zip =
        zip::ZipWriter::new(fs_err::File::create(place.root.join("rain.v2.zip")).unwrap());
    for (name, contents) in [
        ("rain/a.csv", TABLE),
        (
            "rain/dataset.json",
            r#"{"title": "Rain", "files": [{"path": "a.csv", "bytes": 8}]}"#,
        ),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(contents.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let dataset = place.open("rain.v2.zip").unwrap();
    assert_eq!(
        (dataset.facts.slug.as_str(), dataset.facts.title.as_str()),
        ("rain", "Rain")
    );
    assert_eq!(dataset.folder, place.root.join("staging/unpacked/rain"));
}

#[test]
fn refusals_and_errors() {
    let place = Place::new(&[
        ("empty/.keep", ""),
        ("hollow/a.csv", ""),
        ("hollow/b.csv", ""),
        ("void.csv", ""),
        ("text.zip", "PK, not really"),
        ("a.7z", "?"),
        ("broken/a.csv", TABLE),
        ("broken/dataset.json", "{\"title\": \"no end"),
        ("absent/a.csv", TABLE),
        ("absent/dataset.json", r#"{"files": [{"path": "b.csv"}]}"#),
        ("changed/a.csv", TABLE),
        (
            "changed/dataset.json",
            r#"{"files": [{"path": "a.csv", "bytes": 9}]}"#,
        ),
        (
            "list/dataset.json",
            r#"{"files": [{"path": "a.csv", "sha256": "abc"}]}"#,
        ),
        ("around/a.csv", TABLE),
    ]);
    fs_err::write(place.root.join("empty.tar"), [0; 1024]).unwrap();
    let mut text: Vec<_> = [
        "empty",
        "hollow",
        "void.csv",
        "empty.tar",
        "text.zip",
        "a.7z",
        "broken",
        "absent",
        "changed",
        "list",
    ]
    .map(|path| format!("{path}: {}", place.outcome(path)))
    .into();
    let spec = DatasetSpec::Folder(place.root.join("around"));
    let Err(NotOpened::Failed(error)) = open(&spec, &place.root.join("around/out/staging"), None)
    else {
        panic!("opened")
    };
    text.push(format!("around: error: {error}").replace(place.root.as_str(), "<root>"));
    insta::assert_snapshot!(text.join("\n"), @r"
    empty: refused as unreadable: there is no data file
    hollow: refused as unreadable: all 2 files are empty
    void.csv: refused as unreadable: `void.csv` is empty
    empty.tar: refused as unreadable: there is no data file
    text.zip: refused as unreadable: the zip archive is damaged: invalid Zip archive: Could not find EOCD
    a.7z: refused as unreadable: `a.7z` is an archive of a kind that is not read; unpack it and give the folder
    broken: error: `<root>/broken/dataset.json` is no description of a dataset: EOF while parsing a string at line 1 column 17; hint: fix it, or give it another name if it is data
    absent: error: `<root>/absent/dataset.json` names `b.csv`, which is not there; hint: put the file there, or take it out of `files`
    changed: error: `a.csv` is not the file that `<root>/changed/dataset.json` states: its size in bytes is 8, not 9; hint: get the file again, or correct `<root>/changed/dataset.json` if the change is meant
    list: error: `<root>/list/dataset.json` is no description of a dataset: `abc` is not 64 hexadecimal digits at line 1 column 45; hint: fix it, or give it another name if it is data
    around: error: `<root>/around/out/staging` lies inside the dataset's folder `<root>/around`
    ");
    assert!(!Utf8Path::exists(&place.root.join("around/out")));
}
