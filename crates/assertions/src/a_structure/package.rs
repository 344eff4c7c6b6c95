//! A01: the files that make a folder a package.

use task_format::{INVENTORY, REQUIRED_FILES, role_of};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined};

/// A01: every required file is there and not empty; nothing else is but files that the format has a place for.
pub(crate) fn required_files(cx: Context<'_>) -> Judgement {
    let package = cx.package()?;
    let missing = REQUIRED_FILES
        .iter()
        .filter(|path| !package.has(path))
        .map(|path| format!("`{path}` is missing"));
    let irregular = package
        .irregular
        .iter()
        .map(|path| format!("`{path}` is no regular file"));
    let oversized = package
        .oversized
        .iter()
        .map(|path| format!("`{path}` is too large for a text, and was not read"));
    let empty = package
        .files
        .iter()
        .filter(|file| file.bytes == 0)
        .map(|file| format!("`{}` is empty", file.path));
    let stray = package
        .files
        .iter()
        .filter(|file| file.path != INVENTORY && role_of(&file.path).is_none())
        .map(|file| format!("`{}` has no place in a package", file.path));
    let problems: Vec<String> = irregular
        .chain(oversized)
        .chain(missing)
        .chain(empty)
        .chain(stray)
        .collect();
    let measured = counted(package.files.len(), "file");
    Ok(match problems.is_empty() {
        true => cx.rule.pass(measured),
        false => cx
            .rule
            .fail(counted(problems.len(), "problem"), joined(&problems)),
    })
}

#[cfg(test)]
mod tests {
    use facts::PackageFile;
    use findings::Status;

    use crate::testing::Good;

    #[test]
    fn names_what_is_missing_empty_linked_or_stray() {
        let mut good = Good::new();
        assert_eq!(good.judge("A01").status, Status::Pass);
        good.package.files.retain(|file| file.path != "metric.py");
        good.package.files[0].bytes = 0;
        good.package.irregular.push("public/link.csv".to_owned());
        good.package.oversized.push("metric.py".to_owned());
        good.package.files.push(PackageFile {
            path: "notes.txt".to_owned(),
            bytes: 1,
            sha256: String::new(),
        });
        let finding = good.judge("A01");
        assert_eq!(finding.status, Status::Fail);
        for part in [
            "`metric.py` is missing",
            "is empty",
            "`public/link.csv` is no regular file",
            "`metric.py` is too large",
            "`notes.txt` has no place",
        ] {
            assert!(
                finding.message.contains(part),
                "{part}: {}",
                finding.message
            );
        }
    }
}
