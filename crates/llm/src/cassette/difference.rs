//! How a request differs from the nearest recorded one; for people who look for the reason of a miss.

use serde_json::Value;

/// Characters shown of each side.
const SHOWN: usize = 60;

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

/// The first difference, in the order of a reader: the messages last, since they depend on the rest.
pub(super) fn first(recorded: &Value, asked: &Value) -> Option<Difference> {
    let mut equal = 0;
    let text = walk("", recorded, asked, &mut equal)?;
    Some(Difference { equal, text })
}

fn walk(path: &str, recorded: &Value, asked: &Value, equal: &mut usize) -> Option<String> {
    match (recorded, asked) {
        (Value::Object(left), Value::Object(right)) => {
            let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
            names.sort_by_key(|name| (matches!(name.as_str(), "messages" | "input"), *name));
            names.dedup();
            names.into_iter().find_map(|name| {
                let path = format!("{path}.{name}");
                match (left.get(name), right.get(name)) {
                    (Some(left), Some(right)) => walk(&path, left, right, equal),
                    (left, right) => Some(report(&path, left, right)),
                }
            })
        }
        (Value::Array(left), Value::Array(right)) => {
            (0..left.len().max(right.len())).find_map(|index| {
                let path = format!("{path}[{index}]");
                match (left.get(index), right.get(index)) {
                    (Some(left), Some(right)) => walk(&path, left, right, equal),
                    (left, right) => Some(report(&path, left, right)),
                }
            })
        }
        (left, right) if left == right => {
            *equal += 1;
            None
        }
        (left, right) => Some(report(path, Some(left), Some(right))),
    }
}

fn report(path: &str, recorded: Option<&Value>, asked: Option<&Value>) -> String {
    let (left, right) = (shown(recorded), shown(asked));
    // The same beginning tells nothing: both sides are shown from just before the first difference.
    let same = left
        .chars()
        .zip(right.chars())
        .take_while(|(left, right)| left == right)
        .count();
    let from = same.saturating_sub(15);
    let cut = |text: &str| {
        let start = if from > 0 { "…" } else { "" };
        let rest: String = text.chars().skip(from).take(SHOWN).collect();
        let end = if text.chars().count() > from + SHOWN {
            "…"
        } else {
            ""
        };
        format!("{start}{rest}{end}")
    };
    format!(
        "at `{}`, recorded is {}, asked is {}",
        path.trim_start_matches('.'),
        if recorded.is_some() {
            cut(&left)
        } else {
            "nothing".to_owned()
        },
        if asked.is_some() {
            cut(&right)
        } else {
            "nothing".to_owned()
        },
    )
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(String::new, Value::to_string)
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
            "at `body.messages[0].content`, recorded is …eginning, then one\", asked is …eginning, then two\""
        );
        assert_eq!(first(&asked, &asked), None);
        let fewer = json!({"body": {"messages": [], "model": "m"}});
        assert_eq!(
            first(&fewer, &asked).unwrap().to_string(),
            "at `body.messages[0]`, recorded is nothing, asked is {\"content\":\"a long beginning, then two\"}"
        );
    }
}
