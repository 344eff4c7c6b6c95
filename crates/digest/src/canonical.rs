//! Canonical JSON: one text for one value, whatever the order of its keys; not a general JSON writer.
//!
//! The rules, close to RFC 8785 but keeping integers and floats apart as Rust does:
//!
//! - no blanks between tokens, no final newline;
//! - keys of an object sorted by their UTF-8 bytes, each once;
//! - integers in decimal, from −2⁶³ to 2⁶⁴ − 1;
//! - floats as the shortest text that reads back as the same `f64`, with an exponent below
//!   1e-5 and from 1e16 on (`1e300`), else with a point (`1.0`), negative zero as `0.0`; an `f32` counts as the shortest decimal that
//!   reads back as it; NaN and infinities are errors, never `null`;
//! - strings as UTF-8, escaping only `"`, `\` and control characters, in the short form where JSON has one;
//! - `None` and unit as `null`; enums externally tagged unless their type says otherwise, as `serde_json` writes them.
//!
//! Reading canonical JSON and writing it again gives the same text.

use serde::Serialize;

use crate::hash::{Sha256, sha256_bytes};
use crate::node::NodeSerializer;

/// Why a value has no canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// JSON has no such number.
    #[error("a number is NaN or infinite")]
    NotFinite,
    /// The integer is below −2⁶³ or above 2⁶⁴ − 1.
    #[error("the integer `{value}` needs more than 64 bits")]
    TooLarge {
        /// The integer in decimal.
        value: String,
    },
    /// A key of a map is neither a string, a number, a boolean nor a unit variant.
    #[error("a key of a map is no string")]
    KeyNotString,
    /// An object has one key twice, as flattened structs may.
    #[error("the key `{key}` stands twice in one object")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// The type's own `Serialize` refused.
    #[error("the value refused to be written: {message}")]
    Refused {
        /// What it said.
        message: String,
    },
}

impl serde::ser::Error for CanonicalError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Refused {
            message: message.to_string(),
        }
    }
}

/// The canonical JSON of a value.
///
/// # Errors
///
/// When the value has none, see [`CanonicalError`].
pub fn canonical_json(value: &(impl Serialize + ?Sized)) -> Result<String, CanonicalError> {
    let mut text = String::new();
    value.serialize(NodeSerializer)?.write(&mut text);
    Ok(text)
}

/// The SHA-256 digest of a value's canonical JSON.
///
/// # Errors
///
/// When the value has no canonical JSON, see [`CanonicalError`].
pub fn digest_of(value: &(impl Serialize + ?Sized)) -> Result<Sha256, CanonicalError> {
    canonical_json(value).map(sha256_bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Map, Number, Value, json};

    use super::*;

    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(u8),
        Tuple(u8, u8),
        Struct { b: u8, a: u8 },
    }

    #[derive(Serialize)]
    struct Flattened {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }

    fn check(value: &impl Serialize, expected: &str) {
        assert_eq!(canonical_json(value).unwrap(), expected);
    }

    #[test]
    fn texts() {
        check(
            &json!({"b": [1, 2.0, null], "a": {"z": true, "é": "\u{1}\n\"/"}}),
            r#"{"a":{"z":true,"é":"\u0001\n\"/"},"b":[1,2.0,null]}"#,
        );
        check(
            &[0.1, 1e300, -0.0, 1.0 / 3.0, 5e-324],
            "[0.1,1e300,0.0,0.3333333333333333,5e-324]",
        );
        check(&0.1_f32, "0.1");
        check(&f64::from(u32::MAX), "4294967295.0");
        check(
            &(
                u64::MAX,
                i64::MIN,
                i128::from(7),
                'x',
                (),
                Some(1),
                None::<u8>,
            ),
            "[18446744073709551615,-9223372036854775808,7,\"x\",null,1,null]",
        );
        check(
            &[
                Shape::Unit,
                Shape::Newtype(1),
                Shape::Tuple(1, 2),
                Shape::Struct { b: 1, a: 2 },
            ],
            r#"["Unit",{"Newtype":1},{"Tuple":[1,2]},{"Struct":{"a":2,"b":1}}]"#,
        );
        check(
            &BTreeMap::from([(10, 'a'), (9, 'b')]),
            r#"{"10":"a","9":"b"}"#,
        );
    }

    #[test]
    fn errors() {
        let nested = BTreeMap::from([("a", vec![1.0, f64::NAN])]);
        assert_eq!(canonical_json(&nested), Err(CanonicalError::NotFinite));
        assert_eq!(
            canonical_json(&f32::INFINITY),
            Err(CanonicalError::NotFinite)
        );
        assert!(matches!(
            canonical_json(&u128::MAX),
            Err(CanonicalError::TooLarge { .. })
        ));
        assert_eq!(
            canonical_json(&BTreeMap::from([(Some((1, 2)), 1)])),
            Err(CanonicalError::KeyNotString)
        );
        let twice = Flattened {
            a: 1,
            rest: BTreeMap::from([("a".to_owned(), 2)]),
        };
        assert_eq!(
            canonical_json(&twice),
            Err(CanonicalError::DuplicateKey {
                key: "a".to_owned()
            })
        );
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter_map("finite", |float| Number::from_f64(float).map(Value::Number)),
            any::<f32>().prop_filter_map("finite", |float| Number::from_f64(f64::from(float))
                .map(Value::Number)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    /// The same value with the keys of every object in the opposite order, for maps that keep insertion order.
    fn reversed(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(reversed).collect(),
            Value::Object(map) => {
                let mut pairs: Vec<_> = map
                    .iter()
                    .map(|(key, value)| (key.clone(), reversed(value)))
                    .collect();
                pairs.reverse();
                Value::Object(Map::from_iter(pairs))
            }
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn order_of_keys_does_not_matter(value in value()) {
            prop_assert_eq!(digest_of(&value), digest_of(&reversed(&value)));
        }

        #[test]
        fn writing_again_gives_the_same_text(value in value()) {
            let text = canonical_json(&value).unwrap();
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(canonical_json(&read).unwrap(), text);
        }

        #[test]
        fn reading_gives_the_same_value(value in value()) {
            let read: Value = serde_json::from_str(&canonical_json(&value).unwrap()).unwrap();
            prop_assert_eq!(read, value);
        }

        #[test]
        fn an_f32_is_its_shortest_decimal(float in any::<f32>().prop_filter("finite", |float| float.is_finite())) {
            let text = canonical_json(&float).unwrap();
            prop_assert_eq!(text.parse::<f32>().unwrap(), float);
            prop_assert_eq!(canonical_json(&text.parse::<f64>().unwrap()).unwrap(), text);
        }
    }
}
