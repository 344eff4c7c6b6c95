//! Long texts of recordings, each stored once below the folder of a cassette, where people can read them.
//!
//! Every request of a conversation repeats its prompt, its tools and all earlier messages. What is long is written to
//! `texts/<digest>.txt`, verbatim, or `texts/<digest>.json`, and `{"$text": "<digest>"}` or `{"$json": "<digest>"}` stands in
//! its place. Which texts are secret, and what a recording is, is not known here.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

/// The longest text, in bytes, that stays where it is. A reference takes about a third of this.
const SHORT: usize = 200;
/// The longest member of a request's body, in bytes of JSON, that stays where it is.
const SMALL: usize = 1_000;
/// Members of a body that grow from request to request: only their texts are shared.
const GROWING: [&str; 2] = ["messages", "input"];
/// The folder of texts.
const FOLDER: &str = "texts";
/// Keys of references.
const REFERENCES: [(&str, &str); 2] = [("$text", "txt"), ("$json", "json")];

/// Texts by the name of their file.
pub(super) type Texts = BTreeMap<String, String>;

/// The value with references in place of long texts, which are put into `texts`.
pub(super) fn share(value: Value, texts: &mut Texts) -> Value {
    match value {
        Value::String(text) if text.len() > SHORT => reference("$text", "txt", text, texts),
        Value::Array(items) => items.into_iter().map(|item| share(item, texts)).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let name = if is_escaped(&name) {
                    format!("${name}")
                } else {
                    name
                };
                (name, share(value, texts))
            })
            .collect(),
        other => other,
    }
}

/// As [`share`], for the body of a request: whole members are shared too, such as the definitions of tools.
pub(super) fn share_body(body: Value, texts: &mut Texts) -> Value {
    let members = match share(body, texts) {
        Value::Object(members) => members,
        other => return other,
    };
    members
        .into_iter()
        .map(|(name, value)| {
            let fixed = (value.is_array() || value.is_object()) && !is_reference(&value);
            if !fixed || GROWING.contains(&name.as_str()) || value.to_string().len() <= SMALL {
                return (name, value);
            }
            let text = pretty(&value);
            let value = reference("$json", "json", text, texts);
            (name, value)
        })
        .collect()
}

/// JSON as it is written to files.
pub(super) fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(&sorted(value)).expect("a value is JSON");
    text.push('\n');
    text
}

/// Writes texts below the folder of a cassette.
pub(super) fn write(folder: &Utf8Path, texts: &Texts) -> io::Result<()> {
    let folder = folder.join(FOLDER);
    for (name, text) in texts {
        let path = folder.join(name);
        // Equal names have equal texts, unless somebody changed the file.
        if fs_err::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        write_atomically(&path, text)?;
    }
    Ok(())
}

/// Reads texts of a cassette, each once.
pub(super) struct Reader<'a> {
    folder: &'a Utf8Path,
    known: Texts,
}

impl<'a> Reader<'a> {
    /// Reads below the folder of a cassette.
    pub(super) fn new(folder: &'a Utf8Path) -> Self {
        Self {
            folder,
            known: Texts::new(),
        }
    }

    /// The value with texts in place of references.
    ///
    /// # Errors
    ///
    /// When a text is not there, or is another than the one that was recorded.
    pub(super) fn expand(&mut self, value: Value) -> io::Result<Value> {
        Ok(match value {
            Value::Array(items) => items
                .into_iter()
                .map(|item| self.expand(item))
                .collect::<io::Result<_>>()?,
            Value::Object(members) => {
                for (key, extension) in REFERENCES {
                    let Some(digest) = members.get(key) else {
                        continue;
                    };
                    let name = format!("{}.{extension}", digest.as_str().unwrap_or_default());
                    let text = self.text(&name)?;
                    return match extension {
                        "json" => {
                            let value = serde_json::from_str(&text).map_err(io::Error::from)?;
                            self.expand(value)
                        }
                        _ => Ok(Value::String(text)),
                    };
                }
                members
                    .into_iter()
                    .map(|(name, value)| {
                        let name = match name.strip_prefix('$') {
                            Some(rest) if is_escaped(rest) => rest.to_owned(),
                            _ => name,
                        };
                        Ok((name, self.expand(value)?))
                    })
                    .collect::<io::Result<_>>()?
            }
            other => other,
        })
    }

    fn text(&mut self, name: &str) -> io::Result<String> {
        if let Some(text) = self.known.get(name) {
            return Ok(text.clone());
        }
        let shown = format!("{FOLDER}/{name}");
        let wrong = |why: &str| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("`{shown}`, which a recording names, {why}"),
            )
        };
        let (digest, _) = name.split_once('.').unwrap_or((name, ""));
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong("is no name of a text"));
        }
        let bytes = match fs_err::read(self.folder.join(FOLDER).join(name)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(wrong("is not there"));
            }
            Err(error) => return Err(error),
        };
        if digest::sha256_bytes(&bytes).to_string() != digest {
            return Err(wrong("was changed after it was recorded"));
        }
        let text = String::from_utf8(bytes).map_err(|_| wrong("is no UTF-8"))?;
        self.known.insert(name.to_owned(), text.clone());
        Ok(text)
    }
}

/// Through a file beside it: readers see the old text or the new one, never half of it.
pub(super) fn write_atomically(path: &Utf8Path, text: &str) -> io::Result<()> {
    // Other threads and processes may write the same file now.
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    fs_err::create_dir_all(folder)?;
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let partial: Utf8PathBuf =
        path.with_extension(format!("{}-{number}.partial", std::process::id()));
    fs_err::write(&partial, text)?;
    fs_err::rename(&partial, path)
}

fn reference(key: &str, extension: &str, text: String, texts: &mut Texts) -> Value {
    let digest = digest::sha256_bytes(&text).to_string();
    let reference = json!({ key: &digest });
    texts.insert(format!("{digest}.{extension}"), text);
    reference
}

fn is_reference(value: &Value) -> bool {
    REFERENCES.iter().any(|(key, _)| value.get(key).is_some())
}

/// Whether a key could be taken for one of ours, or for an escaped one: those get one more `$` in front.
fn is_escaped(name: &str) -> bool {
    let bare = name.trim_start_matches('$');
    REFERENCES
        .iter()
        .any(|(key, _)| name.ends_with(key) && key.trim_start_matches('$') == bare)
}

/// The value with the keys of all objects in order, whichever map `serde_json` was built with.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let ordered: BTreeMap<&String, Value> = members
                .iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            ordered
                .into_iter()
                .map(|(name, value)| (name.clone(), value))
                .collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from(folder.path().to_str().unwrap());
        (folder, path)
    }

    #[test]
    fn long_texts_are_files_that_can_be_read() {
        let (_keep, folder) = folder();
        let long = "# A line.\n".repeat(30);
        let tools: Vec<Value> = (0..20)
            .map(|number| json!({ "name": format!("tool_{number}"), "description": long, "parameters": {"type": "object"} }))
            .collect();
        let body = json!({
            "messages": [{ "content": long, "role": "user" }, { "content": long, "role": "user" }],
            "tools": tools,
        });
        let mut texts = Texts::new();
        let shared = share_body(body.clone(), &mut texts);
        assert_eq!(texts.len(), 2, "the text, and the tools");
        assert!(texts.values().any(|text| *text == long), "verbatim");
        assert!(shared.to_string().len() < 400, "{shared}");
        write(&folder, &texts).unwrap();
        assert_eq!(Reader::new(&folder).expand(shared).unwrap(), body);
    }

    #[test]
    fn a_changed_or_missing_text_is_an_error() {
        let (_keep, folder) = folder();
        let mut texts = Texts::new();
        let shared = share(json!(["x".repeat(300)]), &mut texts);
        let told = |shared: &Value| {
            let error = Reader::new(&folder).expand(shared.clone()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            error.to_string()
        };
        assert!(told(&shared).ends_with("is not there"));
        write(&folder, &texts).unwrap();
        let path = folder.join(FOLDER).join(texts.keys().next().unwrap());
        fs_err::write(&path, "y").unwrap();
        assert!(told(&shared).ends_with("was changed after it was recorded"));
        assert!(told(&json!({ "$text": "../x" })).ends_with("is no name of a text"));
        assert!(told(&json!({ "$text": 3 })).ends_with("is no name of a text"));
        write(&folder, &texts).unwrap();
        assert!(Reader::new(&folder).expand(shared).is_ok(), "recorded anew");
    }

    #[test]
    fn many_writers_of_one_text_leave_one_whole_file() {
        let (_keep, folder) = folder();
        let mut texts = Texts::new();
        let shared = share(json!("x".repeat(200_000)), &mut texts);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    write(&folder, &texts).unwrap();
                    assert!(Reader::new(&folder).expand(shared.clone()).is_ok());
                });
            }
        });
        let names = fs_err::read_dir(folder.join(FOLDER)).unwrap().count();
        assert_eq!(names, 1);
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            "[a-zé\n\"]{0,12}".prop_map(Value::from),
            (150usize..300).prop_map(|length| Value::from("ü".repeat(length))),
        ];
        let key = "(\\$){0,3}(text|json|x)";
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map(key, inner, 0..4)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_shared_reads_back(value in values(), name in "(\\$){0,3}(text|json|tools)") {
            let (_keep, folder) = folder();
            let mut texts = Texts::new();
            let body = json!({ name: value });
            let shared = share(body.clone(), &mut texts);
            let of_body = share_body(body.clone(), &mut texts);
            write(&folder, &texts).unwrap();
            prop_assert_eq!(&Reader::new(&folder).expand(shared).unwrap(), &body);
            prop_assert_eq!(&Reader::new(&folder).expand(of_body).unwrap(), &body);
        }
    }
}
