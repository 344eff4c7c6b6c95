//! From a file's bytes to text: decompression and encodings. It doesn't look for cells.

use std::io::Read;

use camino::Utf8Path;
use facts::{Compression, Encoding};

use crate::error::ReadError;

/// Most bytes that a compressed file may expand to. A table beyond that is not profiled in memory anyhow, and a
/// decompression bomb must not fill it.
const EXPANDED_LIMIT: u64 = 2 << 30;

/// A file's text and how it was obtained.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The text without a byte-order mark.
    pub(crate) text: String,
    /// How it was encoded.
    pub(crate) encoding: Encoding,
    /// What was around it.
    pub(crate) compression: Option<Compression>,
}

/// Why bytes are no text: a fragment for a person.
pub(crate) type NoText = String;

/// Bytes, and the compression that was taken off them.
pub(crate) type Expanded = (Vec<u8>, Option<Compression>);

/// The bytes of a file, decompressed when they are gzip.
pub(crate) fn load(path: &Utf8Path) -> Result<Result<Expanded, NoText>, ReadError> {
    let bytes = fs_err::read(path).map_err(|source| ReadError::new(path, source))?;
    Ok(expand(bytes))
}

/// The same bytes, decompressed when they are gzip.
pub(crate) fn expand(bytes: Vec<u8>) -> Result<Expanded, NoText> {
    expand_within(bytes, EXPANDED_LIMIT)
}

/// The same, where they expand to at most so many bytes.
pub(crate) fn expand_within(bytes: Vec<u8>, most: u64) -> Result<Expanded, NoText> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok((bytes, None));
    }
    let mut expanded = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(most + 1);
    if let Err(error) = decoder.read_to_end(&mut expanded) {
        return Err(format!("its gzip compression is damaged ({error})"));
    }
    if expanded.len() as u64 > most {
        return Err(format!("it expands to more than {} MiB", most >> 20));
    }
    Ok((expanded, Some(Compression::Gzip)))
}

/// Decodes bytes: by their mark, else as UTF-8, else as Windows-1252.
pub(crate) fn decode(bytes: Vec<u8>, compression: Option<Compression>) -> Result<Decoded, NoText> {
    let (text, encoding) = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let (text, _, damaged) = encoding_rs::UTF_16LE.decode(&bytes);
        if damaged {
            return Err("it is marked as UTF-16 but has bytes that are none".to_owned());
        }
        (text.into_owned(), Encoding::Utf16)
    } else if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        let text = std::str::from_utf8(rest).map_err(|error| {
            format!(
                "it is marked as UTF-8 but byte {} is not",
                error.valid_up_to() + 3
            )
        })?;
        (text.to_owned(), Encoding::Utf8Bom)
    } else {
        match String::from_utf8(bytes) {
            Ok(text) => (text, Encoding::Utf8),
            Err(error) => (windows_1252(error.as_bytes())?, Encoding::Windows1252),
        }
    };
    if text.contains('\0') {
        return Err("it has NUL bytes, so it is binary".to_owned());
    }
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(Decoded {
        text,
        encoding,
        compression,
    })
}

/// Decodes what is neither marked nor UTF-8, unless it is plainly binary.
///
/// The five bytes that the code page leaves undefined are refused: Python's `cp1252` refuses them too, while
/// `encoding_rs`, as browsers do, would map them to control characters.
fn windows_1252(bytes: &[u8]) -> Result<String, NoText> {
    let control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c);
    if bytes.contains(&0) || bytes.iter().filter(control).count() * 100 > bytes.len() {
        return Err("it is binary".to_owned());
    }
    if let Some(byte) = bytes
        .iter()
        .find(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d))
    {
        return Err(format!(
            "it is neither UTF-8 nor Windows-1252 (byte {byte:#04x})"
        ));
    }
    let (text, _, _) = encoding_rs::WINDOWS_1252.decode(bytes);
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let decoded = |bytes: &[u8]| {
            decode(bytes.to_vec(), None).map(|decoded| (decoded.text, decoded.encoding))
        };
        assert_eq!(
            decoded("ä,b".as_bytes()),
            Ok(("ä,b".to_owned(), Encoding::Utf8))
        );
        assert_eq!(
            decoded(b"\xef\xbb\xbfa,b"),
            Ok(("a,b".to_owned(), Encoding::Utf8Bom))
        );
        assert_eq!(
            decoded(b"\xff\xfea\0,\0b\0"),
            Ok(("a,b".to_owned(), Encoding::Utf16))
        );
        assert_eq!(
            decoded(b"\xfe\xff\0a\0,\0b"),
            Ok(("a,b".to_owned(), Encoding::Utf16))
        );
        assert_eq!(
            decoded(b"caf\xe9,\x80"),
            Ok(("café,€".to_owned(), Encoding::Windows1252))
        );
    }

    #[test]
    fn what_is_no_text_says_why() {
        let reason = |bytes: &[u8]| decode(bytes.to_vec(), None).unwrap_err();
        assert_eq!(reason(b""), "it is empty");
        assert_eq!(reason(b" \n\n"), "it is empty");
        assert_eq!(reason(b"a,b\0c"), "it has NUL bytes, so it is binary");
        assert_eq!(reason(b"\x89PNG\r\n\x1a\n\0\0"), "it is binary");
        assert_eq!(
            reason(b"a,\x81b and more"),
            "it is neither UTF-8 nor Windows-1252 (byte 0x81)"
        );
        assert_eq!(
            reason(b"\xff\xfea\0\x00\xd8"),
            "it is marked as UTF-16 but has bytes that are none"
        );
    }

    #[test]
    fn gzip_is_seen_by_content() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"a,b\n").unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(
            expand(packed.clone()),
            Ok((b"a,b\n".to_vec(), Some(Compression::Gzip)))
        );
        let damaged = expand(packed[..packed.len() - 6].to_vec()).unwrap_err();
        assert!(
            damaged.starts_with("its gzip compression is damaged"),
            "{damaged}"
        );
    }
}
