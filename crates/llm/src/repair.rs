//! Finds JSON in what a model wrote: in code fences, among prose, with the slips that models make.

use serde_json::Value;

/// Longest text that is searched, in bytes.
const LONGEST: usize = 4 << 20;

/// JSON objects and arrays in a text, the likeliest first: the whole text, then what is fenced, then what
/// stands between brackets.
pub(crate) fn candidates(text: &str) -> Vec<Value> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Vec::new();
    }
    if let Some(value) = lenient(text) {
        return vec![value];
    }
    let fenced: Vec<Value> = fences(text).into_iter().filter_map(lenient).collect();
    if !fenced.is_empty() {
        return fenced;
    }
    bracketed(text)
}

/// What stands between lines of three backquotes.
fn fences(text: &str) -> Vec<&str> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .map(|block| {
            // The language, if there is one, is on the line of the fence.
            match block.find(['{', '[']) {
                Some(start) => block[start..].trim(),
                None => "",
            }
        })
        .collect()
}

/// How often each byte may be looked at, on average: every search inside of brackets that held no JSON looks once more. A
/// broken reply may be nothing but brackets, and must not take time that grows with its square.
const LOOKS: usize = 16;

/// Most values that are looked for.
const MOST_FOUND: usize = 64;

/// What stands between a bracket and its partner, outermost first.
fn bracketed(text: &str) -> Vec<Value> {
    let mut left = LOOKS * text.len();
    let mut found = Vec::new();
    // Each with the number of values at which it need not be searched any more.
    let mut parts = vec![(0, text.len(), usize::MAX)];
    while let Some((start, end, enough)) = parts.pop() {
        if found.len() >= enough {
            continue;
        }
        let Some(rest) = left.checked_sub(end - start) else {
            break;
        };
        left = rest;
        let (pairs, open) = outermost(&text.as_bytes()[start..end]);
        // Quotes in prose may have hidden the brackets after it; from the next on they look otherwise.
        if let Some(open) = open {
            parts.push((start + open + 1, end, found.len() + 1));
        }
        let mut failed = Vec::new();
        for (first, last) in pairs {
            let (first, last) = (start + first, start + last);
            match lenient(&text[first..=last]) {
                Some(value) if found.len() < MOST_FOUND => found.push(value),
                Some(_) => return found,
                None => failed.push((first + 1, last, usize::MAX)),
            }
        }
        parts.extend(failed.into_iter().rev());
    }
    found
}

/// The places of brackets and their partners that are in no other such pair, and of the first bracket without a partner.
/// Strings inside of brackets are skipped.
fn outermost(bytes: &[u8]) -> (Vec<(usize, usize)>, Option<usize>) {
    let mut open = Vec::new();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !open.is_empty() => quoted = !quoted,
            b'{' | b'[' if !quoted => open.push(at),
            b'}' | b']' if !quoted => {
                if let Some(start) = open.pop() {
                    let inside = pairs.iter().rev().take_while(|pair| pair.0 > start).count();
                    pairs.truncate(pairs.len() - inside);
                    pairs.push((start, at));
                }
            }
            _ => {}
        }
    }
    (pairs, open.first().copied())
}

/// An object or an array, read as it is or with its slips mended.
fn lenient(text: &str) -> Option<Value> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&mended(text)))
        .ok()
}

/// The text without commas before a closing bracket, with line breaks in strings escaped, and with
/// Python's words for `true`, `false` and `null` translated.
fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut quoted = false;
    let mut escaped = false;
    let mut word = String::new();
    for letter in text.chars() {
        if quoted {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                '\n' => {
                    mended.push_str("\\n");
                    continue;
                }
                '\r' => {
                    mended.push_str("\\r");
                    continue;
                }
                '\t' => {
                    mended.push_str("\\t");
                    continue;
                }
                _ => {}
            }
            mended.push(letter);
            continue;
        }
        if letter.is_alphanumeric() {
            word.push(letter);
            continue;
        }
        mended.push_str(translated(&word));
        word.clear();
        match letter {
            '"' => quoted = true,
            '}' | ']' => {
                let kept = mended.trim_end();
                if let Some(without) = kept.strip_suffix(',') {
                    mended.truncate(without.len());
                }
            }
            _ => {}
        }
        mended.push(letter);
    }
    mended.push_str(translated(&word));
    mended
}

fn translated(word: &str) -> &str {
    match word {
        "True" => "true",
        "False" => "false",
        "None" => "null",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_found() {
        let expected = json!({"a": [1, true], "b": "x\ny"});
        for text in [
            "{\"a\": [1, true], \"b\": \"x\\ny\"}",
            "Sure! Here it is:\n```json\n{\"a\": [1, true], \"b\": \"x\\ny\"}\n```\nHope that helps.",
            "The answer is {\"a\": [1, true,], \"b\": \"x\ny\",\n}, as (you) asked.",
            "```\n{\"a\": [1, True], \"b\": \"x\\ny\"}```",
            "I {think} so: {\"a\": [1, true], \"b\": \"x\\ny\"}",
        ] {
            assert_eq!(candidates(text), std::slice::from_ref(&expected), "{text}");
        }
        assert_eq!(
            candidates("{\"a\": 1} and {\"b\": \"}\"}"),
            [json!({"a": 1}), json!({"b": "}"})]
        );
        for text in [
            "{the \"answer {is} {\"a\": 1}",
            "[see {\"a\": 1}",
            "{so ".repeat(40).as_str(),
        ] {
            let text = format!("{text} {{\"a\": 1}}");
            assert_eq!(candidates(&text)[0], json!({"a": 1}), "{text}");
        }
        assert_eq!(
            candidates("[so {think {\"a\": 1} of}"),
            [json!({"a": 1})],
            "once"
        );
        assert!(candidates("no JSON, {not} even [close").is_empty());
        assert!(candidates("42").is_empty());
    }

    /// With a search from every bracket to the end, each of these takes minutes.
    #[test]
    fn a_megabyte_of_brackets_is_survived() {
        let many = 1 << 20;
        let texts = [
            "{".repeat(many),
            "[".repeat(many),
            format!("{}{}", "[".repeat(many / 2), "]".repeat(many / 2)),
            format!("{}{}", "{\"a\":".repeat(many / 5), "}".repeat(many / 5)),
            "{\"".repeat(many / 2),
            "{}]".repeat(many / 3),
            "{x}".repeat(many / 3),
            "```{".repeat(many / 4),
        ];
        for text in texts {
            let began = std::time::Instant::now();
            let _ = candidates(&text);
            let took = began.elapsed();
            assert!(took.as_secs() < 5, "{took:?}: {}", &text[..10]);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[\\[\\]{}\",:a\\\\`\n0 é]{0,60}") {
            let _ = candidates(&text);
        }

        #[test]
        fn json_is_left_alone(key in "[a-zTF\" \\\\]{0,12}", number in any::<i32>()) {
            let value = json!({ key: [number, "True, }"], "z": {"None": null} });
            prop_assert_eq!(candidates(&value.to_string()), [value]);
        }
    }
}
