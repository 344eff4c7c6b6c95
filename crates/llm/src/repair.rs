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

/// What stands between a bracket and its partner, outermost first.
fn bracketed(text: &str) -> Vec<Value> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(['{', '[']).map(|at| from + at) {
        let end = partner(bytes, start);
        match end.and_then(|end| Some((end, lenient(&text[start..=end])?))) {
            Some((end, value)) => {
                found.push(value);
                from = end + 1;
            }
            None => from = start + 1,
        }
    }
    found
}

/// The place of the bracket that closes the one at `start`; strings are skipped.
fn partner(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
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
        assert!(candidates("no JSON, {not} even [close").is_empty());
        assert!(candidates("42").is_empty());
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
