//! A published task as text that a reviewer can read: what is in it, and the files that people read.

use std::fmt::Write as _;

use super::Tree;

/// Files whose text belongs to a snapshot.
const READ_BY_PEOPLE: [&str; 4] = ["task.toml", "description.md", "prepare.py", "metric.py"];

/// One line a file, `role path digest8`, sorted by path; taken from `MANIFEST`, which must list exactly the
/// files of the folder.
pub(crate) fn listing(task: &Tree) -> String {
    let manifest = std::str::from_utf8(&task["MANIFEST"]).expect("MANIFEST is UTF-8");
    let mut lines: Vec<(&str, &str, &str)> = manifest
        .lines()
        .map(|line| {
            let mut words = line.splitn(4, "  ").map(str::trim);
            let mut next = || {
                words
                    .next()
                    .unwrap_or_else(|| panic!("a line of MANIFEST is short: `{line}`"))
            };
            let (role, digest, _bytes, path) = (next(), next(), next(), next());
            (path, role, &digest[..8])
        })
        .collect();
    lines.sort_unstable();
    let listed: Vec<&str> = lines.iter().map(|(path, ..)| *path).collect();
    let present: Vec<&str> = task
        .keys()
        .map(String::as_str)
        .filter(|path| *path != "MANIFEST")
        .collect();
    assert_eq!(
        listed, present,
        "MANIFEST does not list the files of the folder"
    );
    lines
        .iter()
        .map(|(path, role, digest)| format!("{role:<12} {path:<32} {digest}\n"))
        .collect()
}

/// The listing, then the text of the files that people read.
pub(crate) fn package_text(task: &Tree) -> String {
    let mut text = listing(task);
    for name in READ_BY_PEOPLE {
        let content = std::str::from_utf8(&task[name]).expect("files for people are UTF-8");
        write!(text, "\n======== {name}\n{content}").expect("a string takes everything");
    }
    text
}
