//! Numbered columns, which a description may name as a range. Which columns must be named is for the checks to say.

use std::collections::BTreeMap;

use crate::markdown::Text;

/// Numbered columns: those whose names differ in digits only, in file order, so that a text may name the first and the last.
pub(crate) struct Families<'a> {
    members: BTreeMap<String, Vec<&'a String>>,
}

impl<'a> Families<'a> {
    /// The families of at least so many members among `features`.
    pub(crate) fn of(features: &'a [String], least: usize) -> Self {
        let mut members: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for name in features {
            members.entry(pattern(name)).or_default().push(name);
        }
        members.retain(|pattern, names| pattern.contains('#') && names.len() >= least);
        Self { members }
    }

    /// Whether the first and the last of a column's family are named, or the family as `x_*`.
    pub(crate) fn is_named(&self, column: &str, text: &Text) -> bool {
        let pattern = pattern(column);
        let Some(family) = self.members.get(&pattern) else {
            return false;
        };
        let (first, last) = (family[0], family[family.len() - 1]);
        let prefix = pattern.split('#').next().unwrap_or_default();
        let starred = |named: &str| named.strip_suffix('*') == Some(prefix) && !prefix.is_empty();
        (text.mentions(first) && text.mentions(last)) || text.named().any(starred)
    }
}

/// A name with every run of digits as one `#`.
fn pattern(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if !character.is_ascii_digit() {
            out.push(character);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}
