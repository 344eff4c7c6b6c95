//! Debian packages, read without dpkg: an `ar` archive whose member `data.tar.xz` holds the files.
//!
//! It takes single files out, for what has to exist before a builder can run; whole packages are unpacked
//! by the builder `root.sh`. Format: deb(5). Packages are pinned by hash, so their content is trusted.

use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use liblzma::read::XzDecoder;

/// Why a package can't be read.
#[derive(Debug, thiserror::Error)]
pub enum DebError {
    /// The file can't be read, or its compressed data is broken.
    #[error("can't read `{path}`")]
    Read {
        /// The package.
        path: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The file is no package of the kind that this project reads.
    #[error("`{path}` is not a Debian package with a `data.tar.xz`: {reason}")]
    Format {
        /// The package.
        path: Utf8PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Unpacks the files and links of the package at `deb` for which `target` names a path.
///
/// `target` gets the path inside the package without the leading `./`. Executable bits are kept.
pub(crate) fn unpack(
    deb: &Utf8Path,
    target: impl FnMut(&Utf8Path) -> Option<Utf8PathBuf>,
) -> Result<(), DebError> {
    let read = |source| DebError::Read {
        path: deb.to_owned(),
        source,
    };
    let bytes = fs_err::read(deb).map_err(read)?;
    let data = member(&bytes, "data.tar.xz").map_err(|reason| DebError::Format {
        path: deb.to_owned(),
        reason,
    })?;
    unpack_tar(XzDecoder::new(data), target).map_err(read)
}

/// The content of the member `name` of an `ar` archive.
fn member<'a>(archive: &'a [u8], name: &str) -> Result<&'a [u8], &'static str> {
    const MAGIC: &[u8] = b"!<arch>\n";
    const HEADER: usize = 60;
    let mut rest = archive
        .strip_prefix(MAGIC)
        .ok_or("it does not begin as an `ar` archive")?;
    while !rest.is_empty() {
        let (header, body) = rest.split_at_checked(HEADER).ok_or("a header is cut off")?;
        if &header[58..] != b"`\n" {
            return Err("a header does not end as it should");
        }
        let text =
            |range: std::ops::Range<usize>| std::str::from_utf8(&header[range]).map(str::trim_end);
        let size: usize = text(48..58)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .ok_or("a header states no size")?;
        let content = body.get(..size).ok_or("a member is cut off")?;
        // GNU's `ar` ends a name with a slash, dpkg's does not.
        if text(0..16).is_ok_and(|found| found.trim_end_matches('/') == name) {
            return Ok(content);
        }
        // Members begin at even offsets.
        rest = body.get(size + size % 2..).unwrap_or(&[]);
    }
    Err("the member is missing")
}

fn unpack_tar(
    tar: impl Read,
    mut target: impl FnMut(&Utf8Path) -> Option<Utf8PathBuf>,
) -> io::Result<()> {
    let mut archive = tar::Archive::new(tar);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = Utf8PathBuf::try_from(entry.path()?.into_owned()).map_err(io::Error::other)?;
        let path = path.strip_prefix(".").unwrap_or(&path);
        let kind = entry.header().entry_type();
        if !kind.is_file() && !kind.is_symlink() {
            continue;
        }
        let Some(target) = target(path) else { continue };
        if let Some(parent) = target.parent() {
            fs_err::create_dir_all(parent)?;
        }
        entry.set_preserve_mtime(false);
        entry.unpack(target.as_std_path())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = b"!<arch>\n".to_vec();
        for (name, content) in members {
            writeln!(
                archive,
                "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`",
                0,
                0,
                0,
                100_644,
                content.len()
            )
            .unwrap();
            archive.extend_from_slice(content);
            if content.len() % 2 == 1 {
                archive.push(b'\n');
            }
        }
        archive
    }

    fn tar_xz() -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut file = |path: &str, mode, content: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(mode);
            tar.append_data(&mut header, path, content).unwrap();
        };
        file("./usr/bin/tool", 0o755, b"#!/bin/sh\n");
        file("./usr/share/doc/tool/copyright", 0o644, b"free");
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        tar.append_link(&mut link, "./usr/lib/libx.so.1", "libx.so.1.2")
            .unwrap();
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 0);
        xz.write_all(&tar.into_inner().unwrap()).unwrap();
        xz.finish().unwrap()
    }

    #[test]
    fn members_are_found_at_odd_and_even_offsets() {
        let archive = ar(&[
            ("debian-binary", b"2.0"),
            ("control.tar.xz", b""),
            ("data.tar.xz/", b"data"),
        ]);
        assert_eq!(member(&archive, "debian-binary"), Ok(&b"2.0"[..]));
        assert_eq!(member(&archive, "control.tar.xz"), Ok(&b""[..]));
        assert_eq!(member(&archive, "data.tar.xz"), Ok(&b"data"[..]));
        assert_eq!(
            member(&archive, "data.tar.zst"),
            Err("the member is missing")
        );
    }

    #[test]
    fn broken_archives_are_refused() {
        let archive = ar(&[("data.tar.xz", b"data")]);
        for (broken, reason) in [
            (&b""[..], "it does not begin as an `ar` archive"),
            (&archive[..archive.len() - 1], "a member is cut off"),
            (&archive[..40], "a header is cut off"),
        ] {
            assert_eq!(member(broken, "data.tar.xz"), Err(reason));
        }
        let mut no_size = archive.clone();
        no_size[8 + 48] = b'x';
        assert_eq!(
            member(&no_size, "data.tar.xz"),
            Err("a header states no size")
        );
    }

    #[test]
    fn chosen_files_are_unpacked_with_their_bits() {
        let aside = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(aside.path()).unwrap();
        let deb = folder.join("tool.deb");
        fs_err::write(
            &deb,
            ar(&[("debian-binary", b"2.0\n"), ("data.tar.xz", &tar_xz())]),
        )
        .unwrap();
        unpack(&deb, |path| {
            let wanted = path.starts_with("usr/bin") || path.starts_with("usr/lib");
            wanted.then(|| folder.join("out").join(path.file_name().unwrap()))
        })
        .unwrap();
        let mode = fs_err::metadata(folder.join("out/tool"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o755);
        assert_eq!(
            fs_err::read_link(folder.join("out/libx.so.1"))
                .unwrap()
                .to_str(),
            Some("libx.so.1.2")
        );
        assert!(!folder.join("out/copyright").exists());
    }
}
