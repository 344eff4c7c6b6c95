//! Finds column names in prose beside a file without a header: the `.names` files of the UCI repository and C4.5.
//! Where prose can't be matched to the columns exactly, it finds nothing rather than something wrong.

use std::collections::BTreeSet;

use crate::table::RawColumn;

/// An attribute that documentation describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Name in snake case.
    pub(crate) name: String,
    /// What the documentation says of it, on one line.
    pub(crate) meaning: Option<String>,
}

/// Characters of a meaning that are kept.
const MEANING_CHARACTERS: usize = 400;
/// Distinct values that a column taken for the class has at most.
const MOST_CLASSES: usize = 30;

/// The attributes of all columns in order, or `None` when the text doesn't describe exactly these.
///
/// A list of one attribute less than there are columns leaves the class, which stands first or last: whichever of the
/// two columns has few distinct values while the other has not.
pub(crate) fn attributes(text: &str, columns: &[RawColumn]) -> Option<Vec<Attribute>> {
    let width = columns.len();
    let mut lists = numbered_lists(text);
    lists.extend(c45_list(text));
    if let Some(list) = lists.iter().find(|list| list.len() == width) {
        return Some(list.clone());
    }
    let list = lists.iter().find(|list| list.len() + 1 == width)?;
    if list.iter().any(|attribute| attribute.name == "class") {
        return None;
    }
    let few = |column: &RawColumn| column.words.len() <= MOST_CLASSES;
    let class = Attribute {
        name: "class".to_owned(),
        meaning: None,
    };
    match (few(columns.first()?), few(columns.last()?)) {
        (false, true) => Some(list.iter().cloned().chain([class]).collect()),
        (true, false) => Some([class].into_iter().chain(list.iter().cloned()).collect()),
        _ => None,
    }
}

/// A line `  7) Flavanoids`, `12: peristalsis` or `25, 26, 27: type of lesion`.
#[derive(Debug)]
struct Item<'t> {
    numbers: Vec<usize>,
    mark: char,
    text: &'t str,
    line: usize,
}

fn item(line: &str, number: usize) -> Option<Item<'_>> {
    let rest = line.trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == ' '))?;
    let (digits, rest) = rest.split_at(end);
    let mark = rest.chars().next().filter(|c| ".):".contains(*c))?;
    let numbers: Option<Vec<usize>> = digits
        .split(',')
        .map(|part| part.trim().parse().ok().filter(|&n| n > 0 && n < 100_000))
        .collect();
    let text = rest[1..].trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) && mark == '.' {
        return None;
    }
    Some(Item {
        numbers: numbers?,
        mark,
        text,
        line: number,
    })
}

/// Headings of the sections that every UCI `.names` file numbers; a list with such an item lists no attributes.
const SECTIONS: [&str; 9] = [
    "title",
    "source",
    "past usage",
    "relevant information",
    "number of instances",
    "number of attributes",
    "missing attribute",
    "class distribution",
    "attribute information",
];

/// Every list that counts 1, 2, 3, … with one mark.
fn numbered_lists(text: &str) -> Vec<Vec<Attribute>> {
    let lines: Vec<&str> = text.lines().collect();
    let items: Vec<Item<'_>> = lines
        .iter()
        .enumerate()
        .filter_map(|(number, line)| item(line, number))
        .collect();
    let mut lists = Vec::new();
    for (start, first) in items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.numbers.first() == Some(&1))
    {
        let mut run: Vec<&Item<'_>> = Vec::new();
        let mut expected = 1;
        for item in items[start..].iter().filter(|item| item.mark == first.mark) {
            if item
                .numbers
                .iter()
                .copied()
                .eq(expected..expected + item.numbers.len())
            {
                expected += item.numbers.len();
                run.push(item);
            } else if item.numbers.first() == Some(&1) {
                break;
            }
        }
        let is_sections = |item: &&Item<'_>| {
            let text = item.text.to_lowercase();
            SECTIONS.iter().any(|section| text.starts_with(section))
        };
        if !run.iter().any(is_sections) && run.iter().all(|item| !snake_case(item.text).is_empty())
        {
            lists.push(named(&run, &lines));
        }
    }
    lists
}

fn named(run: &[&Item<'_>], lines: &[&str]) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    for (position, item) in run.iter().enumerate() {
        let end = run.get(position + 1).map_or(lines.len(), |next| next.line);
        let meaning = meaning(item.text, &lines[item.line + 1..end]);
        for _ in &item.numbers {
            attributes.push(Attribute {
                name: snake_case(title(item.text)),
                meaning: Some(meaning.clone()),
            });
        }
    }
    attributes
}

/// The part of an item that names it: before a colon, a dash between blanks, a bracket, or a wide gap.
fn title(text: &str) -> &str {
    let mut end = text.len();
    for stop in [":", " - ", " -- ", "(", "  ", "\t"] {
        end = text
            .find(stop)
            .filter(|&at| at > 0)
            .map_or(end, |at| end.min(at));
    }
    text[..end].trim()
}

/// The item and the deeper lines below it, up to a blank line, on one line.
fn meaning(first: &str, below: &[&str]) -> String {
    let details = below
        .iter()
        .take_while(|line| !line.trim().is_empty() && line.starts_with([' ', '\t']))
        .map(|line| line.trim().trim_start_matches("- ").trim())
        .collect::<Vec<_>>()
        .join("; ");
    let whole = if details.is_empty() {
        first.to_owned()
    } else {
        format!("{first}: {details}")
    };
    let whole = whole.split_whitespace().collect::<Vec<_>>().join(" ");
    whole.chars().take(MEANING_CHARACTERS).collect()
}

/// C4.5's format: classes on the first line, then `name: continuous.` or `name: a, b, c.` lines, `|` before comments.
fn c45_list(text: &str) -> Option<Vec<Attribute>> {
    let lines = text
        .lines()
        .map(|line| line.split('|').next().unwrap_or("").trim())
        .filter(|line| !line.is_empty());
    let mut attributes = Vec::new();
    for line in lines {
        match line.split_once(':') {
            Some((name, values)) if !name.trim().is_empty() && values.trim_end().ends_with('.') => {
                let meaning = Some(values.trim().trim_end_matches('.').to_owned());
                attributes.push(Attribute {
                    name: snake_case(name),
                    meaning,
                });
            }
            // The classes stand before all attributes; any other line means that this is prose.
            None if attributes.is_empty() && line.ends_with('.') => {}
            _ => return None,
        }
    }
    let distinct: BTreeSet<&str> = attributes
        .iter()
        .map(|attribute| attribute.name.as_str())
        .collect();
    (attributes.len() >= 2 && distinct.len() == attributes.len()).then_some(attributes)
}

/// Letters and digits in lower case, everything between them one underscore.
fn snake_case(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .take(8)
        .collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Nature;

    /// Columns whose numbers of distinct values are given.
    fn columns(distinct: &[usize]) -> Vec<RawColumn> {
        let column = |&distinct: &usize| {
            let mut column = RawColumn::new("", Nature::Guess);
            (0..distinct).for_each(|value| column.push(Some(&value.to_string())));
            column
        };
        distinct.iter().map(column).collect()
    }

    fn names(text: &str, distinct: &[usize]) -> Option<Vec<String>> {
        attributes(text, &columns(distinct))
            .map(|list| list.into_iter().map(|attribute| attribute.name).collect())
    }

    #[test]
    fn numbered_attributes() {
        let text = "1. Title: Wine\n2. Sources:\n   (a) someone\n3. Relevant\n  -- attributes are\n \t1) Malic acid\n\t2) OD280/OD315 of wines  \n";
        assert_eq!(
            names(text, &[99, 99, 3]).unwrap(),
            ["malic_acid", "od280_od315_of_wines", "class"]
        );
        assert_eq!(
            names(text, &[3, 99, 99]).unwrap(),
            ["class", "malic_acid", "od280_od315_of_wines"]
        );
        assert_eq!(
            names(text, &[99, 99]).unwrap(),
            ["malic_acid", "od280_od315_of_wines"]
        );
        assert_eq!(names(text, &[99, 99, 99]), None);
        assert_eq!(names(text, &[9; 5]), None);
    }

    #[test]
    fn meanings_take_the_lines_below() {
        let text = "7. Attribute Information:\n\n  1:  surgery?\n       1 = Yes\n       2 = No\n\n  2:  Age\n\n 3, 4: lesion\n   - site\n";
        let list = attributes(text, &columns(&[9; 4])).unwrap();
        assert_eq!(list[0].name, "surgery");
        assert_eq!(
            list[0].meaning.as_deref(),
            Some("surgery?: 1 = Yes; 2 = No")
        );
        assert_eq!(list[2].name, "lesion");
        assert_eq!(list[3].meaning.as_deref(), Some("lesion: site"));
    }

    #[test]
    fn c45() {
        let text = "| made up\n>50K, <=50K.\n\nage: continuous.\nworkclass: Private, State-gov.\n";
        assert_eq!(
            names(text, &[99, 9, 2]).unwrap(),
            ["age", "workclass", "class"]
        );
    }

    #[test]
    fn sections_are_no_attributes() {
        let text = "1. Title: x\n2. Sources: y\n3. Past Usage: z\n";
        assert_eq!(names(text, &[9, 9, 9]), None);
    }
}
