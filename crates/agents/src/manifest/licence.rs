//! Whether a licence lets the data travel with the task. When in doubt, it does not.

use task_format::Redistribution;

/// Beginnings of licences that allow passing data on, in lower case without blanks and hyphens.
/// Copyleft code licences (GPL) are not among them: what they ask of data is disputed.
const PERMISSIVE: [&str; 18] = [
    "cc0",
    "ccby4",
    "ccby3",
    "ccby2",
    "ccbysa",
    "ccby",
    "creativecommonsattribution",
    "creativecommonszero",
    "publicdomain",
    "otherpd",
    "mit",
    "bsd",
    "apache",
    "isc",
    "odbl",
    "odcby",
    "pddl",
    "unlicense",
];
/// Words that take back what a beginning promised.
const RESTRICTED: [&str; 6] = [
    "noncommercial",
    "ccbync",
    "ccbynd",
    "noderiv",
    "unstated",
    "unknown",
];

/// What the licence as stated allows.
pub(super) fn redistribution(licence: Option<&str>) -> Redistribution {
    let Some(licence) = licence else {
        return Redistribution::Recipe;
    };
    let plain: String = licence
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let allowed = PERMISSIVE
        .iter()
        .any(|beginning| plain.starts_with(beginning))
        && !RESTRICTED.iter().any(|word| plain.contains(word));
    if allowed {
        Redistribution::Data
    } else {
        Redistribution::Recipe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(licence: &str, expected: Redistribution) {
        assert_eq!(redistribution(Some(licence)), expected, "{licence}");
    }

    #[test]
    fn only_known_permissive_licences_let_data_travel() {
        check("CC BY 4.0", Redistribution::Data);
        check("CC-BY-SA-4.0", Redistribution::Data);
        check("CC0-1.0", Redistribution::Data);
        check("MIT (repository)", Redistribution::Data);
        check("BSD-3-Clause (repository)", Redistribution::Data);
        check("other-pd (vega datapackage metadata)", Redistribution::Data);
        check("CC BY-NC 4.0", Redistribution::Recipe);
        check("GPL-2.0 (repository)", Redistribution::Recipe);
        check("unstated", Redistribution::Recipe);
        check(
            "unstated for the data (the repository is MIT)",
            Redistribution::Recipe,
        );
        assert_eq!(redistribution(None), Redistribution::Recipe);
    }
}
