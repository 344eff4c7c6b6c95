//! How a request differs from the nearest recorded one; for people who look for the reason of a miss.

use serde_json::Value;

/// Characters shown of each side from where they differ, and before that.
const SHOWN: usize = 60;
const BEFORE: usize = 30;

/// Hex digits in a row, from how many they are a digest or a part of one. Text that prompts quote is fenced with marks derived
/// from the text, which stand before it: that a mark differs only follows from a difference behind it.
const MARK: usize = 12;

/// A place in a request where it differs from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// How many leaves are equal before it: the more, the nearer are the two.
    pub(super) equal: usize,
    /// The place and both sides.
    text: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The first difference, in the order of a reader: the messages last, since they depend on the rest. Digests only where nothing
/// else differs.
pub(super) fn first(recorded: &Value, asked: &Value) -> Option<Difference> {
    let search = |digests| {
        let mut equal = 0;
        let text = walk("", recorded, asked, digests, &mut equal)?;
        Some(Difference { equal, text })
    };
    search(Digests::Equal).or_else(|| search(Digests::Compared))
}

/// Whether two digests in the same place count as the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Digests {
    Equal,
    Compared,
}

fn walk(
    path: &str,
    recorded: &Value,
    asked: &Value,
    digests: Digests,
    equal: &mut usize,
) -> Option<String> {
    match (recorded, asked) {
        (Value::Object(left), Value::Object(right)) => {
            let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
            names.sort_by_key(|name| (matches!(name.as_str(), "messages" | "input"), *name));
            names.dedup();
            names.into_iter().find_map(|name| {
                let path = format!("{path}.{name}");
                match (left.get(name), right.get(name)) {
                    (Some(left), Some(right)) => walk(&path, left, right, digests, equal),
                    (left, right) => Some(one_sided(&path, left, right)),
                }
            })
        }
        (Value::Array(left), Value::Array(right)) => {
            (0..left.len().max(right.len())).find_map(|index| {
                let path = format!("{path}[{index}]");
                match (left.get(index), right.get(index)) {
                    (Some(left), Some(right)) => walk(&path, left, right, digests, equal),
                    (left, right) => Some(one_sided(&path, left, right)),
                }
            })
        }
        (left, right) => {
            let (left, right): (Vec<char>, Vec<char>) =
                (characters(Some(left)), characters(Some(right)));
            match apart(&left, &right, digests) {
                None => {
                    *equal += 1;
                    None
                }
                Some((at_left, at_right)) => Some(report(
                    path,
                    &around(&left, at_left),
                    &around(&right, at_right),
                )),
            }
        }
    }
}

/// Where two texts part: a place in each, since digests that count as the same may differ in length.
fn apart(left: &[char], right: &[char], digests: Digests) -> Option<(usize, usize)> {
    let (mut at_left, mut at_right) = (0, 0);
    loop {
        if digests == Digests::Equal
            && let (Some(one), Some(other)) = (digest(left, at_left), digest(right, at_right))
        {
            at_left += one;
            at_right += other;
        }
        match (left.get(at_left), right.get(at_right)) {
            (None, None) => return None,
            (one, other) if one == other => {
                at_left += 1;
                at_right += 1;
            }
            _ => return Some((at_left, at_right)),
        }
    }
}

/// The length of the digest that begins here, if one does.
fn digest(text: &[char], start: usize) -> Option<usize> {
    let is_digit = |character: &char| matches!(character, '0'..='9' | 'a'..='f');
    let begins = start
        .checked_sub(1)
        .is_none_or(|last| !is_digit(&text[last]));
    let length = text[start..]
        .iter()
        .take_while(|character| is_digit(character))
        .count();
    (begins && length >= MARK).then_some(length)
}

/// A member or item that only one side has.
fn one_sided(path: &str, recorded: Option<&Value>, asked: Option<&Value>) -> String {
    let shown = |value: Option<&Value>| match value {
        Some(_) => around(&characters(value), 0),
        None => "nothing".to_owned(),
    };
    report(path, &shown(recorded), &shown(asked))
}

fn report(path: &str, recorded: &str, asked: &str) -> String {
    let path = path.trim_start_matches('.');
    format!("at `{path}`, recorded is {recorded}, asked is {asked}")
}

/// What stands around a place: the same beginning of a long text tells nothing.
fn around(text: &[char], place: usize) -> String {
    let from = place.saturating_sub(BEFORE);
    let to = text.len().min(place + SHOWN);
    let (start, end) = (
        if from > 0 { "…" } else { "" },
        if to < text.len() { "…" } else { "" },
    );
    let cut: String = text[from..to].iter().collect();
    format!("{start}{cut}{end}")
}

fn characters(value: Option<&Value>) -> Vec<char> {
    value.map_or_else(Vec::new, |value| value.to_string().chars().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        let recorded = json!({"body": {"messages": [{"content": "a long beginning, then one"}], "model": "m"}});
        let asked = json!({"body": {"messages": [{"content": "a long beginning, then two"}, {}], "model": "m"}});
        let difference = first(&recorded, &asked).unwrap();
        assert_eq!(difference.equal, 1);
        assert_eq!(
            difference.to_string(),
            "at `body.messages[0].content`, recorded is \"a long beginning, then one\", asked is \"a long beginning, then two\""
        );
        assert_eq!(first(&asked, &asked), None);
        let fewer = json!({"body": {"messages": [], "model": "m"}});
        assert_eq!(
            first(&fewer, &asked).unwrap().to_string(),
            "at `body.messages[0]`, recorded is nothing, asked is {\"content\":\"a long beginning, then two\"}"
        );
    }
    #[test]
    fn a_mark_is_passed_over_for_what_it_follows_from() {
        let fenced = |mark: &str, value: &str| {
            let rows = "5.1,3.5,1.4,setosa\n".repeat(20);
            json!({"messages": [{"content": format!(
                "<untrusted mark=\"{mark}\">\n{rows}{value}\n{rows}</untrusted mark=\"{mark}\">"
            )}]})
        };
        let recorded = fenced("96347a5ddcc1", "4.9,setosa");
        let asked = fenced("0c1de5ab7731", "4.8,setosa");
        insta::assert_snapshot!(first(&recorded, &asked).unwrap(), @r"at `messages[0].content`, recorded is …setosa\n5.1,3.5,1.4,setosa\n4.9,setosa\n5.1,3.5,1.4,setosa\n5.1,3.5,1.4,setosa\n5.1,3.5,1.…, asked is …setosa\n5.1,3.5,1.4,setosa\n4.8,setosa\n5.1,3.5,1.4,setosa\n5.1,3.5,1.4,setosa\n5.1,3.5,1.…");
        let only = first(&recorded, &fenced("0c1de5ab7731", "4.9,setosa")).unwrap();
        assert!(only.to_string().contains("mark=\\\"96347a5ddcc1"), "{only}");
    }

    #[test]
    fn digests_of_any_length_are_passed_over_and_short_numbers_are_not() {
        let equal = |left: &str, right: &str| {
            let characters = |text: &str| text.chars().collect::<Vec<char>>();
            apart(&characters(left), &characters(right), Digests::Equal).is_none()
        };
        assert!(equal("a 0123456789ab.", "a fedcba9876543210."));
        assert!(!equal("a 0123456789ab.", "a 0123456789a."));
        assert!(!equal("a 01234567890.", "a 01234567891."));
        assert!(!equal("0123456789ab", "0123456789ab "));
    }
}
