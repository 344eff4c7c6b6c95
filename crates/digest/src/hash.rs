//! The two digest types and how bytes and files become them; which one to use where is the caller's choice.
//!
//! SHA-256 stands in everything published, because `sha256sum` exists everywhere. BLAKE3 names the
//! ledger's blobs, which only this project reads.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use camino::Utf8Path;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;

/// Bytes read at once from a file.
const BUFFER_BYTES: usize = 1 << 16;

macro_rules! digest_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Written as 64 lower-case hexadecimal digits; upper case is read too.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The digest with these bytes.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseDigestError;

            fn from_str(text: &str) -> Result<Self, ParseDigestError> {
                parse_hex(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

digest_type! {
    /// A SHA-256 digest.
    Sha256
}

digest_type! {
    /// A BLAKE3 digest of 32 bytes.
    Blake3
}

/// Why a text is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not 64 hexadecimal digits")]
pub struct ParseDigestError {
    /// The text, cut after 80 characters.
    pub text: String,
}

fn parse_hex(text: &str) -> Result<[u8; 32], ParseDigestError> {
    let refused = || ParseDigestError {
        text: text.chars().take(80).collect(),
    };
    let digits = text.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return Err(refused());
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16).ok_or_else(refused)?;
        let low = char::from(pair[1]).to_digit(16).ok_or_else(refused)?;
        *byte = u8::try_from(high << 4 | low).expect("two hexadecimal digits fit a byte");
    }
    Ok(bytes)
}

/// The SHA-256 digest of some bytes.
pub fn sha256_bytes(bytes: impl AsRef<[u8]>) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

/// The BLAKE3 digest of some bytes.
pub fn blake3_bytes(bytes: impl AsRef<[u8]>) -> Blake3 {
    Blake3(*blake3::hash(bytes.as_ref()).as_bytes())
}

/// The SHA-256 digest of a file's contents, read as a stream.
///
/// # Errors
///
/// When the file can't be opened or read; the error names the path.
pub fn sha256_file(path: &Utf8Path) -> io::Result<Sha256> {
    sized_sha256_file(path).map(|(digest, _)| digest)
}

/// The BLAKE3 digest of a file's contents, read as a stream.
///
/// # Errors
///
/// When the file can't be opened or read; the error names the path.
pub fn blake3_file(path: &Utf8Path) -> io::Result<Blake3> {
    let mut hasher = blake3::Hasher::new();
    for_each_chunk(path, |chunk| {
        hasher.update(chunk);
    })?;
    Ok(Blake3(*hasher.finalize().as_bytes()))
}

/// The SHA-256 digest together with the number of bytes that went into it, so that the two agree
/// even when the file grows meanwhile.
pub(crate) fn sized_sha256_file(path: &Utf8Path) -> io::Result<(Sha256, u64)> {
    let mut hasher = sha2::Sha256::new();
    let mut bytes = 0;
    for_each_chunk(path, |chunk| {
        hasher.update(chunk);
        bytes += chunk.len() as u64;
    })?;
    Ok((Sha256(hasher.finalize().into()), bytes))
}

fn for_each_chunk(path: &Utf8Path, mut consume: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = fs_err::File::open(path)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => consume(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Published test vectors: FIPS 180-4 and the BLAKE3 reference implementation, each for the empty input and SHA-256 for `abc`.
    #[test]
    fn known_digests() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty_blake3 = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(sha256_bytes("").to_string(), empty);
        assert_eq!(sha256_bytes("abc").to_string(), abc);
        assert_eq!(blake3_bytes("").to_string(), empty_blake3);
    }

    #[test]
    fn bad_digests_are_refused() {
        for text in ["", "ab", &"g".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
            assert!(text.parse::<Sha256>().is_err(), "{text}");
        }
        let long = "x".repeat(1000).parse::<Blake3>().unwrap_err();
        assert_eq!(long.text.len(), 80);
    }

    proptest! {
        #[test]
        fn text_round_trips(bytes: [u8; 32]) {
            let digest = Sha256::from_bytes(bytes);
            prop_assert_eq!(digest.to_string().parse(), Ok(digest));
            prop_assert_eq!(digest.to_string().to_uppercase().parse(), Ok(digest));
            let json = serde_json::to_string(&digest).unwrap();
            prop_assert_eq!(serde_json::from_str::<Sha256>(&json).unwrap(), digest);
        }

        #[test]
        fn a_file_has_the_digest_of_its_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200_000)) {
            let folder = tempfile::tempdir().unwrap();
            let path = Utf8Path::from_path(folder.path()).unwrap().join("file");
            fs_err::write(&path, &bytes).unwrap();
            prop_assert_eq!(sized_sha256_file(&path).unwrap(), (sha256_bytes(&bytes), bytes.len() as u64));
            prop_assert_eq!(blake3_file(&path).unwrap(), blake3_bytes(&bytes));
        }
    }
}
