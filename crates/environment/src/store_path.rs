//! Nix's naming of store paths: where a file, a source folder or the output of a derivation lives.
//!
//! It computes names and touches no store. Rules: Nix manual, "Complete store path calculation"
//! (unchanged since Nix 2.0): 160 bits of a SHA-256 over a typed description, in Nix's own base 32.

use digest::{Sha256, sha256_bytes};

/// The digits of Nix's base 32.
const DIGITS: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";

/// The folder that every store path starts with; fixed, because it is part of what is hashed.
pub(crate) const STORE: &str = "/nix/store";

/// The path of a file whose content has the SHA-256 `sha256`: what `nix-store --add-fixed sha256` uses.
pub(crate) fn flat_file(name: &str, sha256: Sha256) -> String {
    let inner = sha256_bytes(format!("fixed:out:sha256:{sha256}:"));
    store_path("output:out", inner, name)
}

/// The path of a tree whose archive has the SHA-256 `sha256`, and which refers to no store path.
pub(crate) fn source_tree(name: &str, nar_sha256: Sha256) -> String {
    store_path("source", nar_sha256, name)
}

/// The path of a text file that refers to the store paths `references` (a derivation is one).
pub(crate) fn text_file<'a>(
    name: &str,
    text: &str,
    references: impl Iterator<Item = &'a str>,
) -> String {
    let mut references: Vec<&str> = references.collect();
    references.sort_unstable();
    let mut kind = String::from("text");
    for reference in references {
        kind.push(':');
        kind.push_str(reference);
    }
    store_path(&kind, sha256_bytes(text), name)
}

/// The path of the output `out` of a derivation whose masked text hashes to `sha256`.
pub(crate) fn derivation_output(name: &str, sha256: Sha256) -> String {
    store_path("output:out", sha256, name)
}

/// A file name as a store name: other characters than `[A-Za-z0-9+._?=-]` become `-`.
pub(crate) fn store_name(file: &str) -> String {
    file.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "+._?=-".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect()
}

fn store_path(kind: &str, sha256: Sha256, name: &str) -> String {
    let described = format!("{kind}:sha256:{sha256}:{STORE}:{name}");
    let digest = base32(&compress(sha256_bytes(described)));
    format!("{STORE}/{digest}-{name}")
}

/// Folds a hash to 20 bytes by exclusive or.
fn compress(hash: Sha256) -> [u8; 20] {
    let mut folded = [0; 20];
    for (index, byte) in hash.as_bytes().iter().enumerate() {
        folded[index % 20] ^= byte;
    }
    folded
}

/// A SHA-256 as Nix's own tools print it.
#[cfg(test)]
pub(crate) fn nix_base32(sha256: Sha256) -> String {
    base32(sha256.as_bytes())
}

/// Reads 52 digits as [`nix_base32`] writes them.
pub(crate) fn from_nix_base32(text: &str) -> Option<Sha256> {
    let mut bytes = [0; 32];
    if text.len() != 52 {
        return None;
    }
    for (position, digit) in text.bytes().rev().enumerate() {
        let value = DIGITS.iter().position(|known| *known == digit)? as u16;
        let bit = position * 5;
        let spread = value << (bit % 8);
        bytes[bit / 8] |= spread as u8;
        match bytes.get_mut(bit / 8 + 1) {
            Some(next) => *next |= (spread >> 8) as u8,
            None if spread >> 8 != 0 => return None,
            None => {}
        }
    }
    Some(Sha256::from_bytes(bytes))
}

/// Nix's base 32: no `e o u t`, least significant digit last, the bytes read from the end.
fn base32(bytes: &[u8]) -> String {
    (0..(bytes.len() * 8).div_ceil(5))
        .rev()
        .map(|position| {
            let bit = position * 5;
            let (byte, shift) = (bit / 8, bit % 8);
            let low = bytes[byte] >> shift;
            let high = bytes
                .get(byte + 1)
                .map_or(0, |next| next.checked_shl(8 - shift as u32).unwrap_or(0));
            char::from(DIGITS[usize::from((low | high) & 31)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha256(hex: &str) -> Sha256 {
        hex.parse().unwrap()
    }

    #[test]
    fn paths_agree_with_nix() {
        // Nix 2.8: `printf hello > hello.txt; nix-store --add-fixed [--recursive] sha256 hello.txt`.
        assert_eq!(
            flat_file(
                "hello.txt",
                sha256("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
            ),
            "/nix/store/iixxin28s82lrxs8v4lcf7nha2dkwprm-hello.txt"
        );
        assert_eq!(
            source_tree(
                "hello.txt",
                sha256("0a430879c266f8b57f4092a0f935cf3facd48bbccde5760d4748ca405171e969")
            ),
            "/nix/store/xfp2hphvk98rkk9ywlqpp587rjdcgnc2-hello.txt"
        );
        // Nix 2.8: `builtins.toFile "hello.txt" "hello"`.
        assert_eq!(
            text_file("hello.txt", "hello", std::iter::empty()),
            "/nix/store/q790zdjk75hm2cn42nh77pqw4gbv1b88-hello.txt"
        );
    }

    #[test]
    fn base32_agrees_with_nix() {
        // Nix 2.8: `nix-hash --to-base32 --type sha256 2cf24d…`.
        let hello = sha256("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assert_eq!(
            nix_base32(hello),
            "094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic"
        );
    }

    #[test]
    fn base32_is_read_as_it_is_written() {
        for seed in 0..200_u8 {
            let hash = sha256_bytes([seed]);
            assert_eq!(from_nix_base32(&nix_base32(hash)), Some(hash));
        }
        assert_eq!(from_nix_base32(""), None);
        assert_eq!(from_nix_base32(&"e".repeat(52)), None);
        assert_eq!(from_nix_base32(&"z".repeat(52)), None);
    }

    #[test]
    fn store_names_keep_what_nix_allows() {
        assert_eq!(
            store_name("libssl3_3.0.20-1~deb12u2_amd64.deb"),
            "libssl3_3.0.20-1-deb12u2_amd64.deb"
        );
        assert_eq!(store_name("libstdc++6_1%3a2.deb"), "libstdc++6_1-3a2.deb");
    }
}
