//! A11: what may be passed on.

use task_format::{MANIFEST, Redistribution};

use crate::context::{Context, Judgement};

/// A11: the licence is known and allows passing on a changed copy, or only the recipe is passed on.
pub(crate) fn licence(cx: Context<'_>) -> Judgement {
    let dataset = &cx.manifest()?.dataset;
    let stated = dataset.licence.trim();
    let measured = format!(
        "{stated}, redistribution of {}",
        match dataset.redistribution {
            Redistribution::Data => "data",
            Redistribution::Recipe => "the recipe only",
        }
    );
    if dataset.redistribution == Redistribution::Recipe {
        return Ok(cx.rule.pass(measured));
    }
    let lower = stated.to_lowercase();
    // `unstated for the data (the collection is MIT)` is unstated, whatever follows.
    let begins_with = |word: &String| match word.as_str() {
        "" => lower.is_empty(),
        word => lower
            .strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')),
    };
    if cx.rule.list("unstated").iter().any(begins_with) {
        let message = "the data would be passed on, but their licence is not known";
        return Ok(cx.rule.fail(measured, message).seen_in(MANIFEST));
    }
    if let Some(word) = cx
        .rule
        .list("forbids_changed_copies")
        .iter()
        .find(|word| lower.contains(word.as_str()))
    {
        let message =
            format!("`{word}` in the licence forbids passing on a changed copy, which a task is");
        return Ok(cx.rule.fail(measured, message).seen_in(MANIFEST));
    }
    Ok(cx.rule.pass(measured))
}

#[cfg(test)]
mod tests {
    use findings::Status;
    use task_format::Redistribution;

    use crate::testing::Good;

    #[test]
    fn data_travel_only_under_a_known_licence() {
        use Redistribution::{Data, Recipe};
        for (licence, redistribution, expected) in [
            ("CC BY 4.0", Data, Status::Pass),
            ("BSD-3-Clause (repository)", Data, Status::Pass),
            ("other-pd (vega datapackage metadata)", Data, Status::Pass),
            ("CC BY-ND 4.0", Data, Status::Fail),
            ("unstated", Data, Status::Fail),
            (
                "unstated for the data (the repository is MIT)",
                Data,
                Status::Fail,
            ),
            ("Unknown", Data, Status::Fail),
            ("", Data, Status::Fail),
            ("unstated", Recipe, Status::Pass),
            ("CC BY-ND 4.0", Recipe, Status::Pass),
        ] {
            let mut good = Good::new();
            good.manifest.dataset.licence = licence.to_owned();
            good.manifest.dataset.redistribution = redistribution;
            assert_eq!(good.judge("A11").status, expected, "{licence:?}");
        }
    }
}
