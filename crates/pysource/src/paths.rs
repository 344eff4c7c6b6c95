//! Which texts look like a place outside the folders that a script is given.

/// Folders at the root of a Unix file system.
const ROOTS: [&str; 21] = [
    "bin", "boot", "data", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "nix", "opt",
    "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var",
];

/// Schemes of addresses that lead out of the machine, or around a path.
const SCHEMES: [&str; 11] = [
    "http", "https", "ftp", "ftps", "sftp", "s3", "gs", "gcs", "hdfs", "file", "ssh",
];

/// Whether a text looks like an absolute path, a path that climbs, or a URL.
pub(crate) fn is_suspicious(text: &str) -> bool {
    is_url(text) || is_absolute(text) || climbs(text)
}

fn is_url(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| {
        let rest = text
            .trim_start()
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("://"));
        rest.is_some_and(|rest| !rest.is_empty())
    })
}

fn is_absolute(text: &str) -> bool {
    let plain = |part: &str| {
        part.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "._-+~ {}".contains(c))
    };
    if let Some(rest) = text.strip_prefix('/') {
        let mut parts = rest.split('/');
        let first = parts.next().unwrap_or_default();
        return ROOTS.contains(&first) || (plain(first) && parts.next().is_some_and(plain));
    }
    if text.starts_with("~/") {
        return true;
    }
    let bytes = text.as_bytes();
    bytes.len() > 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\'
}

fn climbs(text: &str) -> bool {
    text == ".." || text.starts_with("../") || text.contains("/../") || text.ends_with("/..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_outside() {
        for text in [
            "/tmp/x.csv",
            "/etc/passwd",
            "/tmp",
            "/somewhere/else.csv",
            "~/data",
            "C:\\data",
            "../private/test_answer.csv",
            "public/../private",
            "..",
            "https://example.org/x",
            "s3://bucket/key",
            "file:///x",
        ] {
            assert!(is_suspicious(text), "{text}");
        }
    }

    #[test]
    fn harmless_texts() {
        for text in [
            "train.csv",
            "public/train.csv",
            "/",
            "a/b",
            "/ total",
            "/kg",
            "%d/%m/%Y",
            "1/2",
            "...",
            "http",
            "and/or",
            "~",
            "n/a",
            "\\d+/\\d+",
            "/\\s+/",
            "c: x",
            "see https",
        ] {
            assert!(!is_suspicious(text), "{text}");
        }
    }
}
