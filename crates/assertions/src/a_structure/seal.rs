//! A12: nothing was changed since the package was sealed.

use facts::SealFacts;
use task_format::{INVENTORY, MANIFEST};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined};

/// A12: every file has the digest that `MANIFEST` lists, and all together have the digest that `task.toml` states.
pub(crate) fn as_sealed(cx: Context<'_>) -> Judgement {
    let package = cx.package()?;
    let Some(seal) = &package.seal else {
        return Err(
            cx.skip("it is not sealed: it has neither `MANIFEST` nor a digest in task.toml")
        );
    };
    let problems = problems(seal);
    Ok(match problems.is_empty() {
        true => cx.rule.pass(counted(package.files.len(), "file")),
        false => cx
            .rule
            .fail(counted(problems.len(), "difference"), joined(&problems))
            .seen_in(INVENTORY),
    })
}

fn problems(seal: &SealFacts) -> Vec<String> {
    let named = |paths: &[String], what: &str| -> Vec<String> {
        paths
            .iter()
            .map(|path| format!("`{path}` {what}"))
            .collect()
    };
    let mut problems: Vec<String> = seal.unreadable.iter().cloned().collect();
    problems.extend(named(&seal.changed, "was changed"));
    problems.extend(named(&seal.missing, "is listed and missing"));
    problems.extend(named(&seal.stray, "is not listed"));
    if seal.stated_digest.is_empty() {
        problems.push(format!("`{MANIFEST}` states no digest"));
    } else if let Some(measured) = &seal.measured_digest
        && *measured != seal.stated_digest
    {
        problems.push(format!(
            "the digest is {}…, `{MANIFEST}` states {}…",
            beginning(measured),
            beginning(&seal.stated_digest)
        ));
    }
    problems
}

/// Enough of a digest to tell it from another.
fn beginning(digest: &str) -> String {
    digest.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use facts::SealFacts;
    use findings::Status;

    use crate::testing::Good;

    fn with(change: impl Fn(&mut SealFacts)) -> findings::Finding {
        let mut good = Good::new();
        let mut seal = good.package.seal.take().unwrap();
        change(&mut seal);
        good.package.seal = Some(seal);
        good.judge("A12")
    }

    #[test]
    fn what_was_changed_is_named() {
        assert_eq!(with(|_| {}).status, Status::Pass);
        let changed = |list: fn(&mut SealFacts) -> &mut Vec<String>| {
            with(|seal| list(seal).push("public/test.csv".to_owned()))
        };
        for (finding, expected) in [
            (
                changed(|seal| &mut seal.changed),
                "`public/test.csv` was changed",
            ),
            (
                changed(|seal| &mut seal.missing),
                "`public/test.csv` is listed and missing",
            ),
            (
                changed(|seal| &mut seal.stray),
                "`public/test.csv` is not listed",
            ),
            (
                with(|seal| seal.measured_digest = Some("1".repeat(64))),
                "the digest is 111111111111…, `task.toml` states 000000000000…",
            ),
            (with(|seal| seal.stated_digest.clear()), "states no digest"),
            (
                with(|seal| seal.unreadable = Some("`MANIFEST` is missing".to_owned())),
                "`MANIFEST` is missing",
            ),
        ] {
            assert!(finding.rejects(), "{finding:?}");
            assert!(finding.message.contains(expected), "{}", finding.message);
        }
    }

    #[test]
    fn what_was_never_sealed_is_skipped() {
        let mut good = Good::new();
        good.package.seal = None;
        let finding = good.judge("A12");
        assert_eq!(finding.status, Status::Skip);
        assert!(
            finding.message.contains("not sealed"),
            "{}",
            finding.message
        );
    }
}
