//! Form of source files: headers, length, templates' comments, tests that hide, tasks that documents
//! name. Does not look at what the code does.

use super::{File, Repository, Violation};

/// Lines that a file may have before its tests, unless its header says why it has more.
const LONGEST: usize = 500;

/// How a header says why its file is long.
const LONG_BECAUSE: &str = "is long because";

/// Packages whose code may contain `unsafe`.
const UNSAFE_ALLOWED_IN: &str = "crates/sandbox/";

pub(super) fn check(repository: &Repository) -> Vec<Violation> {
    let judge = |file: &File, messages: Vec<String>| {
        messages
            .into_iter()
            .map(|it| Violation::new(&file.path, it))
            .collect::<Vec<_>>()
    };
    let mut broken = Vec::new();
    for file in repository.with_extension("rs") {
        broken.extend(judge(file, rust(&file.path, &file.text)));
    }
    for file in repository.with_extension("j2") {
        broken.extend(judge(file, template(&file.text)));
    }
    for file in repository.with_extension("md") {
        broken.extend(judge(file, document(&file.text)));
    }
    broken
}

fn rust(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if !text.starts_with("//! ") {
        broken.push("does not open with `//!` and a sentence on what it is for".to_owned());
    }
    let lines = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]" || !line.starts_with('#'))
        .count();
    let header: String = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect();
    if lines > LONGEST && !header.contains(LONG_BECAUSE) {
        broken.push(format!("has {lines} lines before its tests; split it, or let its header say that it {LONG_BECAUSE} …"));
    }
    // Written in two parts, so that this file does not break its own rule.
    if text.contains(concat!("#[", "ignore")) {
        broken.push("has a test that never runs".to_owned());
    }
    if text.contains(concat!("allow(", "unsafe_code")) && !path.starts_with(UNSAFE_ALLOWED_IN) {
        broken.push(format!(
            "allows unsafe code; its only home is {UNSAFE_ALLOWED_IN}"
        ));
    }
    broken
}

fn template(text: &str) -> Vec<String> {
    if text.starts_with("{#") {
        Vec::new()
    } else {
        vec!["does not open with a comment that names its typed input".to_owned()]
    }
}

/// Every `cargo xtask WORD` of a document is a task.
fn document(text: &str) -> Vec<String> {
    text.split("cargo xtask ")
        .skip(1)
        .map(|rest| {
            rest.split(|it: char| !it.is_ascii_lowercase())
                .next()
                .unwrap_or_default()
        })
        .filter(|word| !word.is_empty() && !crate::TASKS.iter().any(|(task, ..)| task == word))
        .map(|word| format!("names the task `{word}`, which does not exist"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_lengths() {
        let long = "fn f() {}\n".repeat(LONGEST);
        assert!(rust("a.rs", "//! Does it.\nfn f() {}\n").is_empty());
        assert_eq!(rust("a.rs", "fn f() {}\n").len(), 1);
        assert_eq!(rust("a.rs", &format!("//! Does it.\n{long}")).len(), 1);
        assert!(
            rust(
                "a.rs",
                &format!("//! Does it. This file is long because it is a table.\n{long}")
            )
            .is_empty()
        );
        assert!(rust("a.rs", &format!("//! Does it.\n#[cfg(test)]\n{long}")).is_empty());
        let unsafe_code = concat!("//! Does it.\n#![allow(", "unsafe_code)]\n");
        assert_eq!(rust("crates/digest/src/lib.rs", unsafe_code).len(), 1);
        assert!(rust("crates/sandbox/src/lib.rs", unsafe_code).is_empty());
    }

    #[test]
    fn templates_and_documents() {
        assert!(template("{# Input: `Proposal`. #}\nx").is_empty());
        assert_eq!(template("x").len(), 1);
        assert!(document("run `cargo xtask tidy` and `cargo xtask TASK`").is_empty());
        let wrong = ["run `cargo xtask", " polish --all`"].concat();
        assert_eq!(
            document(&wrong),
            ["names the task `polish`, which does not exist"]
        );
    }
}
