//! The Nix archive (NAR) of a file tree, hashed as it is written: what Nix calls the hash of a store path.
//!
//! It encodes only: nothing here unpacks an archive, and no archive is ever held in memory or on disk.
//! Format: E. Dolstra, "The Purely Functional Software Deployment Model" (2006), figure 5.2. An archive holds
//! names, contents, link targets and the owner's executable bit; neither owners nor times nor other modes.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::Digest as _;

use crate::Sha256;

/// What a tree's archive hashes to, and how much went into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NarSummary {
    /// SHA-256 of the archive, as `nix-hash --type sha256` prints it.
    pub sha256: Sha256,
    /// Length of the archive in bytes.
    pub nar_bytes: u64,
    /// Number of files, folders and links in the tree, its root included.
    pub entries: u64,
}

/// Hashes the archive of a folder that holds `files` (paths below it, their contents), none of them executable.
///
/// # Panics
/// If one path names a file and a folder above another file.
pub fn summarise_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> NarSummary {
    let mut root = Branch::default();
    for (path, content) in files {
        root.insert(path, content);
    }
    let mut sink = Sink::new();
    root.encode(&mut sink);
    sink.finish()
}

/// Hashes the archive of the file, link or folder at `root`.
///
/// A link at `root` itself is archived as a link. Errors are those of reading the tree, plus
/// [`io::ErrorKind::InvalidInput`] for sockets, pipes and devices, which an archive can't hold.
pub fn summarise(root: &Path) -> io::Result<NarSummary> {
    let mut sink = Sink::new();
    node(root, &mut sink)?;
    Ok(sink.finish())
}

struct Sink {
    hash: sha2::Sha256,
    nar_bytes: u64,
    entries: u64,
}

impl Sink {
    fn new() -> Self {
        let mut sink = Self {
            hash: sha2::Sha256::new(),
            nar_bytes: 0,
            entries: 0,
        };
        sink.string(b"nix-archive-1");
        sink
    }

    fn finish(self) -> NarSummary {
        NarSummary {
            sha256: Sha256::from_bytes(self.hash.finalize().into()),
            nar_bytes: self.nar_bytes,
            entries: self.entries,
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.nar_bytes += bytes.len() as u64;
    }

    /// A length as eight little-endian bytes, the bytes, and zeros up to a multiple of eight.
    fn string(&mut self, bytes: &[u8]) {
        self.bytes(&(bytes.len() as u64).to_le_bytes());
        self.bytes(bytes);
        self.padding(bytes.len() as u64);
    }

    fn padding(&mut self, length: u64) {
        let short = (8 - length % 8) % 8;
        self.bytes(&[0; 8][..short as usize]);
    }
}

/// A folder in memory. Names are sorted one level at a time: sorting whole paths would give another order.
#[derive(Default)]
struct Branch<'a>(BTreeMap<&'a [u8], Leaf<'a>>);

enum Leaf<'a> {
    Folder(Branch<'a>),
    File(&'a [u8]),
}

impl<'a> Branch<'a> {
    fn insert(&mut self, path: &'a str, content: &'a [u8]) {
        match path.split_once('/') {
            None => _ = self.0.insert(path.as_bytes(), Leaf::File(content)),
            Some((folder, below)) => {
                let entry = self.0.entry(folder.as_bytes());
                match entry.or_insert_with(|| Leaf::Folder(Branch::default())) {
                    Leaf::Folder(branch) => branch.insert(below, content),
                    Leaf::File(_) => panic!("`{folder}` is a file and a folder at once"),
                }
            }
        }
    }

    fn encode(&self, sink: &mut Sink) {
        sink.entries += 1;
        sink.string(b"(");
        sink.string(b"type");
        sink.string(b"directory");
        for (name, leaf) in &self.0 {
            sink.string(b"entry");
            sink.string(b"(");
            sink.string(b"name");
            sink.string(name);
            sink.string(b"node");
            match leaf {
                Leaf::Folder(branch) => branch.encode(sink),
                Leaf::File(content) => {
                    sink.entries += 1;
                    sink.string(b"(");
                    sink.string(b"type");
                    sink.string(b"regular");
                    sink.string(b"contents");
                    sink.string(content);
                    sink.string(b")");
                }
            }
            sink.string(b")");
        }
        sink.string(b")");
    }
}

fn node(path: &Path, sink: &mut Sink) -> io::Result<()> {
    sink.entries += 1;
    let metadata = fs_err::symlink_metadata(path)?;
    let kind = metadata.file_type();
    sink.string(b"(");
    sink.string(b"type");
    if kind.is_dir() {
        sink.string(b"directory");
        folder(path, sink)?;
    } else if kind.is_symlink() {
        sink.string(b"symlink");
        sink.string(b"target");
        sink.string(fs_err::read_link(path)?.as_os_str().as_bytes());
    } else if kind.is_file() {
        sink.string(b"regular");
        file(path, &metadata, sink)?;
    } else {
        let message = format!(
            "`{}` is neither a file nor a folder nor a link",
            path.display()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    sink.string(b")");
    Ok(())
}

fn folder(path: &Path, sink: &mut Sink) -> io::Result<()> {
    let mut names = fs_err::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    // By byte value: the order of the format, and independent of the file system.
    names.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    for name in names {
        sink.string(b"entry");
        sink.string(b"(");
        sink.string(b"name");
        sink.string(name.as_bytes());
        sink.string(b"node");
        node(&path.join(&name), sink)?;
        sink.string(b")");
    }
    Ok(())
}

fn file(path: &Path, metadata: &Metadata, sink: &mut Sink) -> io::Result<()> {
    if metadata.permissions().mode() & 0o100 != 0 {
        sink.string(b"executable");
        sink.string(b"");
    }
    sink.string(b"contents");
    let length = metadata.len();
    sink.bytes(&length.to_le_bytes());
    // One byte more than promised would go unnoticed without the check below: the length came first.
    let mut source = fs_err::File::open(path)?.take(length + 1);
    let mut buffer = vec![0; 1 << 16];
    let mut copied = 0;
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        copied += read as u64;
        if copied > length {
            break;
        }
        sink.bytes(&buffer[..read]);
    }
    if copied != length {
        let message = format!("`{}` changed its length while it was read", path.display());
        return Err(io::Error::other(message));
    }
    sink.padding(length);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let path = root.path();
        fs_err::create_dir_all(path.join("folder/empty")).unwrap();
        fs_err::write(path.join("folder/exactly8"), b"12345678").unwrap();
        fs_err::write(path.join("run"), b"#!/bin/sh\n").unwrap();
        fs_err::set_permissions(path.join("run"), std::fs::Permissions::from_mode(0o755)).unwrap();
        fs_err::write(path.join("Zero"), b"").unwrap();
        std::os::unix::fs::symlink("folder/exactly8", path.join("link")).unwrap();
        root
    }

    #[test]
    fn hashes_agree_with_nix() {
        // `nix-hash --type sha256` of Nix 2.8 on the same trees.
        let root = tree();
        assert_eq!(
            summarise(root.path()).unwrap().sha256.to_string(),
            "e7ea458cdeb0241588d30a75707d8f02086d17703bec7c353c1c375dd693176d"
        );
        assert_eq!(
            summarise(&root.path().join("run"))
                .unwrap()
                .sha256
                .to_string(),
            "6283c1668260f903d1a895c0cd6b822fa4b68762bb0b17cedef2d39d97e26554"
        );
        assert_eq!(
            summarise(&root.path().join("Zero"))
                .unwrap()
                .sha256
                .to_string(),
            "77ac62e2629d8e45f624589c0c8bf99e24b3a722349bf1e79bc186008534e246"
        );
        assert_eq!(
            summarise(&root.path().join("link"))
                .unwrap()
                .sha256
                .to_string(),
            "7d4a9270ab9f14d354a73dedf14670dbdf47143d0262ca8833ee1d132cd4fbcc"
        );
    }

    #[test]
    fn counts_what_it_hashes() {
        let root = tree();
        let summary = summarise(root.path()).unwrap();
        assert_eq!(summary.entries, 7);
        // `nix-store --dump` of Nix 2.8, counted.
        assert_eq!(summary.nar_bytes, 1240);
    }

    #[test]
    fn only_the_owners_executable_bit_counts() {
        let root = tree();
        let before = summarise(root.path()).unwrap();
        let path = root.path().join("run");
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(summarise(root.path()).unwrap(), before);
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o655)).unwrap();
        assert_ne!(summarise(root.path()).unwrap(), before);
    }

    #[test]
    fn files_in_memory_hash_as_on_disk() {
        // `a-b` sorts between `a` and what is below `a/` when whole paths are compared.
        let files = [
            ("a-b", "1"),
            ("a/x", ""),
            ("a/b/c", "12345678"),
            ("a.py", "2"),
        ];
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, content).unwrap();
        }
        let in_memory = summarise_files(files.map(|(path, content)| (path, content.as_bytes())));
        assert_eq!(in_memory, summarise(root.path()).unwrap());
    }

    #[test]
    fn a_socket_is_refused() {
        let root = tree();
        let _socket = std::os::unix::net::UnixListener::bind(root.path().join("socket")).unwrap();
        assert_eq!(
            summarise(root.path()).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
    }
}
