//! A value between `serde` and canonical text: objects sorted, numbers already written. Rules stand in `canonical`.

use std::collections::BTreeMap;

use serde::ser::{self, Impossible, Serialize};

use crate::canonical::CanonicalError;

/// A JSON value whose text is decided but for its place.
pub(crate) enum Node {
    /// `null`, a boolean, a number or a string, as it will stand in the text.
    Scalar(String),
    Array(Vec<Self>),
    /// By decoded key: a `BTreeMap` of strings sorts by UTF-8 bytes.
    Object(BTreeMap<String, Self>),
}

impl Node {
    pub(crate) fn write(&self, text: &mut String) {
        match self {
            Self::Scalar(scalar) => text.push_str(scalar),
            Self::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    item.write(text);
                }
                text.push(']');
            }
            Self::Object(fields) => {
                text.push('{');
                for (index, (key, value)) in fields.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    text.push_str(&quoted(key));
                    text.push(':');
                    value.write(text);
                }
                text.push('}');
            }
        }
    }

    fn null() -> Self {
        Self::Scalar("null".to_owned())
    }

    fn tagged(variant: &str, content: Self) -> Self {
        Self::Object(BTreeMap::from([(variant.to_owned(), content)]))
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string always has a JSON text")
}

fn float(value: f64) -> Result<Node, CanonicalError> {
    if !value.is_finite() {
        return Err(CanonicalError::NotFinite);
    }
    // Negative zero equals zero; adding turns it into zero and leaves all else. Rust's own text, not
    // serde_json's: that changed between its versions (`1e300`, `1e+300`).
    let text = format!("{:?}", value + 0.0);
    Ok(Node::Scalar(text))
}

fn wide(value: i128) -> Result<Node, CanonicalError> {
    if value < i128::from(i64::MIN) || value > i128::from(u64::MAX) {
        return Err(CanonicalError::TooLarge {
            value: value.to_string(),
        });
    }
    Ok(Node::Scalar(value.to_string()))
}

/// Turns a value into a [`Node`].
pub(crate) struct NodeSerializer;

macro_rules! scalars {
    ($($method:ident: $kind:ty),*) => {
        $(fn $method(self, value: $kind) -> Result<Node, CanonicalError> {
            Ok(Node::Scalar(value.to_string()))
        })*
    };
}

impl ser::Serializer for NodeSerializer {
    type Ok = Node;
    type Error = CanonicalError;
    type SerializeSeq = ArrayBuilder;
    type SerializeTuple = ArrayBuilder;
    type SerializeTupleStruct = ArrayBuilder;
    type SerializeTupleVariant = ArrayBuilder;
    type SerializeMap = ObjectBuilder;
    type SerializeStruct = ObjectBuilder;
    type SerializeStructVariant = ObjectBuilder;

    scalars!(
        serialize_bool: bool,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    );

    fn serialize_i128(self, value: i128) -> Result<Node, CanonicalError> {
        wide(value)
    }

    fn serialize_u128(self, value: u128) -> Result<Node, CanonicalError> {
        wide(i128::try_from(value).map_err(|_| CanonicalError::TooLarge {
            value: value.to_string(),
        })?)
    }

    fn serialize_f32(self, value: f32) -> Result<Node, CanonicalError> {
        // Through decimal, so that the text does not depend on which of the two widths was read last.
        float(
            value
                .to_string()
                .parse()
                .expect("a float's text reads as a float"),
        )
    }

    fn serialize_f64(self, value: f64) -> Result<Node, CanonicalError> {
        float(value)
    }

    fn serialize_char(self, value: char) -> Result<Node, CanonicalError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Node, CanonicalError> {
        Ok(Node::Scalar(quoted(value)))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Node, CanonicalError> {
        Ok(Node::Array(
            value
                .iter()
                .map(|byte| Node::Scalar(byte.to_string()))
                .collect(),
        ))
    }

    fn serialize_none(self) -> Result<Node, CanonicalError> {
        Ok(Node::null())
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Node, CanonicalError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, CanonicalError> {
        Ok(Node::null())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, CanonicalError> {
        Ok(Node::null())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Node, CanonicalError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Node, CanonicalError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, CanonicalError> {
        Ok(Node::tagged(variant, value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<ArrayBuilder, CanonicalError> {
        Ok(ArrayBuilder::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<ArrayBuilder, CanonicalError> {
        Ok(ArrayBuilder::default())
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<ArrayBuilder, CanonicalError> {
        Ok(ArrayBuilder::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<ArrayBuilder, CanonicalError> {
        Ok(ArrayBuilder {
            variant: Some(variant),
            items: Vec::new(),
        })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<ObjectBuilder, CanonicalError> {
        Ok(ObjectBuilder::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<ObjectBuilder, CanonicalError> {
        Ok(ObjectBuilder::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<ObjectBuilder, CanonicalError> {
        Ok(ObjectBuilder {
            variant: Some(variant),
            ..ObjectBuilder::default()
        })
    }
}

/// Collects an array, tagged when it is a variant's content.
#[derive(Default)]
pub(crate) struct ArrayBuilder {
    variant: Option<&'static str>,
    items: Vec<Node>,
}

impl ArrayBuilder {
    fn push<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CanonicalError> {
        self.items.push(value.serialize(NodeSerializer)?);
        Ok(())
    }

    fn finish(self) -> Node {
        let array = Node::Array(self.items);
        match self.variant {
            Some(variant) => Node::tagged(variant, array),
            None => array,
        }
    }
}

/// Collects an object, tagged when it is a variant's content.
#[derive(Default)]
pub(crate) struct ObjectBuilder {
    variant: Option<&'static str>,
    fields: BTreeMap<String, Node>,
    key: Option<String>,
}

impl ObjectBuilder {
    fn insert<T: ?Sized + Serialize>(
        &mut self,
        key: String,
        value: &T,
    ) -> Result<(), CanonicalError> {
        let node = value.serialize(NodeSerializer)?;
        match self.fields.insert(key.clone(), node) {
            Some(_) => Err(CanonicalError::DuplicateKey { key }),
            None => Ok(()),
        }
    }

    fn finish(self) -> Node {
        let object = Node::Object(self.fields);
        match self.variant {
            Some(variant) => Node::tagged(variant, object),
            None => object,
        }
    }
}

macro_rules! collects {
    ($builder:ident: $($kind:ident $method:ident),*) => {
        $(impl ser::$kind for $builder {
            type Ok = Node;
            type Error = CanonicalError;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CanonicalError> {
                self.push(value)
            }

            fn end(self) -> Result<Node, CanonicalError> {
                Ok(self.finish())
            }
        })*
    };
}

collects!(ArrayBuilder: SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

macro_rules! collects_fields {
    ($($kind:ident),*) => {
        $(impl ser::$kind for ObjectBuilder {
            type Ok = Node;
            type Error = CanonicalError;

            fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), CanonicalError> {
                self.insert(key.to_owned(), value)
            }

            fn end(self) -> Result<Node, CanonicalError> {
                Ok(self.finish())
            }
        })*
    };
}

collects_fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for ObjectBuilder {
    type Ok = Node;
    type Error = CanonicalError;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), CanonicalError> {
        self.key = Some(key.serialize(KeySerializer)?);
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CanonicalError> {
        let key = self
            .key
            .take()
            .expect("serde writes a key before its value");
        self.insert(key, value)
    }

    fn end(self) -> Result<Node, CanonicalError> {
        Ok(self.finish())
    }
}

/// Turns a map's key into a string, accepting what `serde_json` accepts but for floats.
struct KeySerializer;

macro_rules! keys {
    ($($method:ident: $kind:ty),*) => {
        $(fn $method(self, value: $kind) -> Result<String, CanonicalError> {
            Ok(value.to_string())
        })*
    };
}

impl ser::Serializer for KeySerializer {
    type Ok = String;
    type Error = CanonicalError;
    type SerializeSeq = Impossible<String, CanonicalError>;
    type SerializeTuple = Impossible<String, CanonicalError>;
    type SerializeTupleStruct = Impossible<String, CanonicalError>;
    type SerializeTupleVariant = Impossible<String, CanonicalError>;
    type SerializeMap = Impossible<String, CanonicalError>;
    type SerializeStruct = Impossible<String, CanonicalError>;
    type SerializeStructVariant = Impossible<String, CanonicalError>;

    keys!(
        serialize_bool: bool, serialize_char: char, serialize_str: &str,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    );

    fn serialize_f32(self, _: f32) -> Result<String, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_f64(self, _: f64) -> Result<String, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<String, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_none(self) -> Result<String, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<String, CanonicalError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<String, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<String, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<String, CanonicalError> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<String, CanonicalError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<String, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, CanonicalError> {
        Err(CanonicalError::KeyNotString)
    }
}
