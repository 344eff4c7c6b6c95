//! A Debian archive's indexes as text: the release file and the list of packages.
//!
//! It parses; fetching and confirming signatures is `fetch`'s work. Formats: Debian policy, chapter 5, and
//! the wiki page "DebianRepository/Format".

use digest::Sha256;

use crate::lockfile::Artefact;

/// What is read of an `InRelease` file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReleaseFile {
    /// The point release, such as `12.15`.
    pub(crate) version: String,
    /// SHA-256 of the index that was asked for.
    pub(crate) index: Sha256,
}

impl ReleaseFile {
    /// Reads the version, and the hash of the index at `path` (from the suite's folder).
    pub(crate) fn parse(text: &str, path: &str) -> Option<Self> {
        let version = text
            .lines()
            .find_map(|line| line.strip_prefix("Version:"))?
            .trim()
            .to_owned();
        let hashes = text
            .lines()
            .skip_while(|line| !line.starts_with("SHA256:"))
            .skip(1);
        let index = hashes
            .take_while(|line| line.starts_with(' '))
            .find_map(|line| {
                let mut words = line.split_whitespace();
                let (hash, _size, file) = (words.next()?, words.next()?, words.next()?);
                if file == path {
                    hash.parse().ok()
                } else {
                    None
                }
            })?;
        Some(Self { version, index })
    }
}

/// The package `name` in the text of a `Packages` index.
pub(crate) fn package(index: &str, name: &str) -> Option<Artefact> {
    index.split("\n\n").find_map(|stanza| {
        let field = |wanted: &str| {
            stanza
                .lines()
                .find_map(|line| line.strip_prefix(wanted)?.strip_prefix(':').map(str::trim))
        };
        if field("Package")? != name {
            return None;
        }
        let path = field("Filename")?;
        Some(Artefact {
            name: name.to_owned(),
            version: field("Version")?.to_owned(),
            file: path.rsplit('/').next()?.to_owned(),
            sha256: field("SHA256")?.parse().ok()?,
            size: field("Size")?.parse().ok()?,
            path: Some(path.to_owned()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    #[test]
    fn the_hash_of_an_index_is_the_sha256_one() {
        let text = format!(
            "Origin: Debian\nVersion: 12.15\nMD5Sum:\n 0123 5 main/Packages.xz\nSHA256:\n {} 1 main/Packages\n {HASH}  5 main/Packages.xz\nOther: x\n",
            "0".repeat(64)
        );
        let release = ReleaseFile::parse(&text, "main/Packages.xz").unwrap();
        assert_eq!(
            release,
            ReleaseFile {
                version: "12.15".into(),
                index: HASH.parse().unwrap()
            }
        );
        assert_eq!(ReleaseFile::parse(&text, "contrib/Packages.xz"), None);
        assert_eq!(ReleaseFile::parse("", "main/Packages.xz"), None);
    }

    #[test]
    fn packages_are_found_by_their_whole_name() {
        let index = format!(
            "Package: libcap2-bin\nVersion: 0\n\nPackage: libcap2\nVersion: 1:2.66-4\nDescription: x\n a line: more\nFilename: pool/main/libc/libcap2/libcap2_2.66-4_amd64.deb\nSize: 5\nSHA256: {HASH}\n"
        );
        let found = package(&index, "libcap2").unwrap();
        assert_eq!(
            (found.version.as_str(), found.file.as_str(), found.size),
            ("1:2.66-4", "libcap2_2.66-4_amd64.deb", 5)
        );
        assert_eq!(package(&index, "libcap"), None);
        assert_eq!(
            package(&index, "libcap2-bin"),
            None,
            "an incomplete stanza is none"
        );
    }
}
