//! Takes files out of a folder that hostile code wrote: regular files only, of bounded size, copied byte by byte.
//!
//! Nothing is moved or linked, no attribute is carried over, and no path is resolved through a link. The content
//! is not looked at.

use std::fs::{File, Metadata};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, SFlag, fstatat};

mod refusal;

pub use refusal::{Checked, CollectError, Refusal};

/// A folder to take files out of, held open: what happens to its path afterwards does not matter.
#[derive(Debug)]
pub struct Folder {
    handle: OwnedFd,
}

/// A file that was taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its path in the folder, with `/`.
    pub name: Utf8PathBuf,
    /// Its size.
    pub bytes: u64,
    /// BLAKE3 of its content, in hexadecimal.
    pub digest: String,
}

/// How much may be taken out of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeLimits {
    /// Files and folders.
    pub entries: u64,
    /// Bytes of all files together.
    pub bytes: u64,
    /// Folders inside folders.
    pub depth: usize,
}

const OPEN_FOLDER: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_CLOEXEC);

/// `O_NONBLOCK`: opening a pipe nobody writes to must not hang. `O_NOCTTY`: nor may a terminal become ours.
const OPEN_FILE: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_NONBLOCK)
    .union(OFlag::O_NOCTTY)
    .union(OFlag::O_CLOEXEC);

impl Folder {
    /// Opens a folder of the host. Its own path is trusted: a link there is followed.
    ///
    /// # Errors
    /// [`CollectError::Folder`].
    pub fn open(path: &Utf8Path) -> Result<Self, CollectError> {
        let flags = OPEN_FOLDER.difference(OFlag::O_NOFOLLOW);
        nix::fcntl::open(path.as_std_path(), flags, Mode::empty())
            .map(|handle| Self { handle })
            .map_err(|errno| CollectError::Folder {
                path: path.to_owned(),
                source: errno.into(),
            })
    }

    /// Copies one declared file to `target`, which must not exist.
    ///
    /// `name` is relative and may have folders. `max_bytes` bounds its size.
    ///
    /// # Errors
    /// Any [`CollectError`]; what is wrong with the file itself is a [`Refusal`].
    pub fn take_file(&self, name: &Utf8Path, max_bytes: u64, target: &Utf8Path) -> Checked<Taken> {
        let parts = match plain_parts(name) {
            Ok(parts) => parts,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (file, folders) = parts.split_last().expect("a checked name has a part");
        let mut at = None;
        for folder in folders {
            let parent = at.as_ref().unwrap_or(&self.handle);
            match open_in(parent, folder, OPEN_FOLDER, name.as_str())? {
                Ok(handle) => at = Some(handle),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        copy(
            at.as_ref().unwrap_or(&self.handle),
            file,
            name,
            max_bytes,
            target,
        )
    }

    /// Copies everything below `from` (`""` for all) into the folder `target`, which is created.
    ///
    /// Gives the files sorted by name. Stops at the first refusal; the copy is then incomplete.
    ///
    /// # Errors
    /// Any [`CollectError`]; what is wrong with the tree itself is a [`Refusal`].
    pub fn take_tree(
        &self,
        from: &Utf8Path,
        limits: TreeLimits,
        target: &Utf8Path,
    ) -> Checked<Vec<Taken>> {
        let top = if from.as_str().is_empty() {
            self.handle
                .try_clone()
                .map_err(|source| read_error(".", source))?
        } else {
            let parts = match plain_parts(from) {
                Ok(parts) => parts,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let mut at = None;
            for part in parts {
                let parent = at.as_ref().unwrap_or(&self.handle);
                match open_in(parent, part, OPEN_FOLDER, from.as_str())? {
                    Ok(handle) => at = Some(handle),
                    Err(refusal) => return Ok(Err(refusal)),
                }
            }
            at.expect("a checked name has a part")
        };
        let mut tree = Tree {
            limits,
            entries: 0,
            bytes: 0,
            taken: Vec::new(),
        };
        Ok(match tree.walk(top, Utf8Path::new(""), 0, target)? {
            Ok(()) => {
                tree.taken.sort_by(|a, b| a.name.cmp(&b.name));
                Ok(tree.taken)
            }
            Err(refusal) => Err(refusal),
        })
    }
}

impl From<OwnedFd> for Folder {
    fn from(handle: OwnedFd) -> Self {
        Self { handle }
    }
}

/// A copy of a tree under way.
struct Tree {
    limits: TreeLimits,
    entries: u64,
    bytes: u64,
    taken: Vec<Taken>,
}

impl Tree {
    fn walk(
        &mut self,
        folder: OwnedFd,
        path: &Utf8Path,
        depth: usize,
        target: &Utf8Path,
    ) -> Checked<()> {
        if depth > self.limits.depth {
            return Ok(Err(Refusal::TooDeep {
                name: path.to_string(),
                max_depth: self.limits.depth,
            }));
        }
        fs_err::create_dir_all(target).map_err(|source| write_error(path.as_str(), source))?;
        let names = match self.names(&folder, path)? {
            Ok(names) => names,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for name in names {
            let below = path.join(&name);
            let to = target.join(&name);
            let step = if kind_in(&folder, &name, below.as_str())? == FOLDER {
                match open_in(&folder, &name, OPEN_FOLDER, below.as_str())? {
                    Ok(inner) => self.walk(inner, &below, depth + 1, &to)?,
                    Err(refusal) => Err(refusal),
                }
            } else {
                let left = self.limits.bytes - self.bytes;
                copy(&folder, &name, &below, left, &to)?.map(|taken| {
                    self.bytes += taken.bytes;
                    self.taken.push(taken);
                })
            };
            if let Err(refusal) = step {
                return Ok(Err(self.name_the_whole_limit(refusal)));
            }
        }
        Ok(Ok(()))
    }

    /// Sorted names of one folder.
    fn names(&mut self, folder: &OwnedFd, path: &Utf8Path) -> Checked<Vec<String>> {
        let name = path.as_str();
        let copy = folder
            .try_clone()
            .map_err(|source| read_error(name, source))?;
        let mut list = Dir::from_fd(copy).map_err(|errno| read_error(name, errno.into()))?;
        let mut names = Vec::new();
        for entry in list.iter() {
            let entry = entry.map_err(|errno| read_error(name, errno.into()))?;
            let bytes = entry.file_name().to_bytes();
            if bytes == b"." || bytes == b".." {
                continue;
            }
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Ok(Err(Refusal::TooMany {
                    max_entries: self.limits.entries,
                }));
            }
            match std::str::from_utf8(bytes) {
                Ok(text) if plain_parts(Utf8Path::new(text)).is_ok() => names.push(text.to_owned()),
                _ => {
                    return Ok(Err(Refusal::Name {
                        name: path
                            .join(String::from_utf8_lossy(bytes).as_ref())
                            .to_string(),
                    }));
                }
            }
        }
        names.sort_unstable();
        Ok(Ok(names))
    }

    /// A file is refused by what was left of the tree's limit; the reader wants to know the limit itself.
    fn name_the_whole_limit(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::TooLarge { name, .. } => Refusal::TooLarge {
                name,
                max_bytes: self.limits.bytes,
            },
            other => other,
        }
    }
}

/// Copies one file that is named in an open folder.
fn copy(
    parent: &OwnedFd,
    file: &str,
    name: &Utf8Path,
    max_bytes: u64,
    target: &Utf8Path,
) -> Checked<Taken> {
    let handle = match open_in(parent, file, OPEN_FILE, name.as_str())? {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut source = File::from(handle);
    let status = source
        .metadata()
        .map_err(|source| read_error(name.as_str(), source))?;
    if let Err(refusal) = acceptable(&status, name, max_bytes) {
        return Ok(Err(refusal));
    }
    let mut copy = fs_err::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(target)
        .map_err(|source| write_error(name.as_str(), source))?;
    let mut hasher = blake3::Hasher::new();
    let mut bytes = 0;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let count = source
            .read(&mut buffer)
            .map_err(|source| read_error(name.as_str(), source))?;
        if count == 0 {
            break;
        }
        bytes += count as u64;
        // The size was checked, but on a folder of the host someone may still be writing.
        if bytes > max_bytes {
            return Ok(Err(too_large(name, max_bytes)));
        }
        hasher.update(&buffer[..count]);
        copy.write_all(&buffer[..count])
            .map_err(|source| write_error(name.as_str(), source))?;
    }
    Ok(Ok(Taken {
        name: name.to_owned(),
        bytes,
        digest: hasher.finalize().to_hex().to_string(),
    }))
}

fn acceptable(status: &Metadata, name: &Utf8Path, max_bytes: u64) -> Result<(), Refusal> {
    let kind = kind_of(status.mode());
    if kind != REGULAR {
        return Err(Refusal::NotRegular {
            name: name.to_string(),
            kind,
        });
    }
    let links = status.nlink();
    if links > 1 {
        return Err(Refusal::HardLinked {
            name: name.to_string(),
            links,
        });
    }
    if status.len() > max_bytes {
        return Err(too_large(name, max_bytes));
    }
    Ok(())
}

fn too_large(name: &Utf8Path, max_bytes: u64) -> Refusal {
    Refusal::TooLarge {
        name: name.to_string(),
        max_bytes,
    }
}

const REGULAR: &str = "a regular file";
const FOLDER: &str = "a folder";

fn kind_of(mode: u32) -> &'static str {
    match SFlag::from_bits_truncate(mode & SFlag::S_IFMT.bits()) {
        SFlag::S_IFREG => REGULAR,
        SFlag::S_IFDIR => FOLDER,
        SFlag::S_IFLNK => "a symbolic link",
        SFlag::S_IFIFO => "a named pipe",
        SFlag::S_IFSOCK => "a socket",
        _ => "a device",
    }
}

/// Opens one entry of an open folder. What can be the doing of whoever wrote the folder comes back as a refusal.
fn open_in(parent: &OwnedFd, entry: &str, flags: OFlag, name: &str) -> Checked<OwnedFd> {
    let errno = match openat(parent.as_fd(), entry, flags, Mode::empty()) {
        Ok(handle) => return Ok(Ok(handle)),
        Err(errno) => errno,
    };
    let name = name.to_owned();
    Ok(Err(match errno {
        Errno::ENOENT => Refusal::Missing { name },
        Errno::EACCES | Errno::EPERM => Refusal::Unreadable { name },
        // A link (ELOOP), a file where a folder is meant (ENOTDIR), a socket or a device without driver (ENXIO).
        Errno::ELOOP | Errno::ENOTDIR | Errno::ENXIO | Errno::ENODEV => {
            match kind_in(parent, entry, &name)? {
                // A folder was meant: what is asked for below this file can't exist.
                REGULAR => Refusal::Missing { name },
                kind => Refusal::NotRegular { name, kind },
            }
        }
        other => return Err(read_error(&name, other.into())),
    }))
}

/// What an entry is, without following it.
fn kind_in(parent: &OwnedFd, entry: &str, name: &str) -> Result<&'static str, CollectError> {
    fstatat(parent.as_fd(), entry, AtFlags::AT_SYMLINK_NOFOLLOW)
        .map(|status| kind_of(status.st_mode))
        .map_err(|errno| read_error(name, errno.into()))
}

/// The parts of a relative path without `.`, `..`, a root, or anything that a manifest line can't hold.
fn plain_parts(name: &Utf8Path) -> Result<Vec<&str>, Refusal> {
    let parts: Option<Vec<&str>> = name
        .components()
        .map(|part| match part {
            Utf8Component::Normal(text) if !text.chars().any(char::is_control) => Some(text),
            _ => None,
        })
        .collect();
    match parts {
        Some(parts) if !parts.is_empty() => Ok(parts),
        _ => Err(Refusal::Name {
            name: name.as_str().escape_debug().to_string(),
        }),
    }
}

fn read_error(name: &str, source: std::io::Error) -> CollectError {
    CollectError::Read {
        name: name.to_owned(),
        source,
    }
}

fn write_error(name: &str, source: std::io::Error) -> CollectError {
    CollectError::Write {
        name: name.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Case {
        _temporary: tempfile::TempDir,
        written: Utf8PathBuf,
        target: Utf8PathBuf,
        folder: Folder,
    }

    fn case() -> Case {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
        let written = root.join("written");
        fs_err::create_dir(&written).unwrap();
        Case {
            folder: Folder::open(&written).unwrap(),
            target: root.join("taken"),
            written,
            _temporary: temporary,
        }
    }

    impl Case {
        fn write(&self, name: &str, content: &str) {
            let path = self.written.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, content).unwrap();
        }

        fn take(&self, name: &str, max_bytes: u64) -> Result<Taken, Refusal> {
            self.folder
                .take_file(Utf8Path::new(name), max_bytes, &self.target)
                .unwrap()
        }

        fn refusal(&self, name: &str) -> String {
            self.take(name, 100).unwrap_err().to_string()
        }

        fn take_all(&self, entries: u64, bytes: u64) -> Result<Vec<Taken>, Refusal> {
            let limits = TreeLimits {
                entries,
                bytes,
                depth: 3,
            };
            self.folder
                .take_tree(Utf8Path::new(""), limits, &self.target)
                .unwrap()
        }
    }

    #[test]
    fn a_declared_file_is_copied_with_its_digest() {
        let case = case();
        case.write("out/submission.csv", "id,y\n1,2\n");
        let taken = case.take("out/submission.csv", 9).unwrap();
        assert_eq!(taken.bytes, 9);
        assert_eq!(
            taken.digest,
            blake3::hash(b"id,y\n1,2\n").to_hex().to_string()
        );
        assert_eq!(fs_err::read_to_string(&case.target).unwrap(), "id,y\n1,2\n");
    }

    #[test]
    fn what_is_not_a_plain_regular_file_is_refused() {
        use std::os::unix::fs::symlink;
        let case = case();
        case.write("real", "x");
        case.write("large", &"x".repeat(101));
        symlink("real", case.written.join("link")).unwrap();
        symlink("/etc", case.written.join("folder-link")).unwrap();
        fs_err::hard_link(case.written.join("real"), case.written.join("second")).unwrap();
        nix::unistd::mkfifo(case.written.join("pipe").as_std_path(), Mode::S_IRWXU).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(case.written.join("socket")).unwrap();
        fs_err::create_dir(case.written.join("folder")).unwrap();

        let cases = [
            ("absent", "`absent` was not written"),
            ("link", "`link` is a symbolic link, not a regular file"),
            (
                "folder-link/passwd",
                "`folder-link/passwd` is a symbolic link, not a regular file",
            ),
            ("pipe", "`pipe` is a named pipe, not a regular file"),
            ("socket", "`socket` is a socket, not a regular file"),
            ("folder", "`folder` is a folder, not a regular file"),
            ("real", "`real` has 2 hard links"),
            ("large", "`large` takes more than the 100 bytes allowed"),
            ("real/x", "`real/x` was not written"),
            ("../real", "`../real` is not a name that can be published"),
            (
                "/etc/passwd",
                "`/etc/passwd` is not a name that can be published",
            ),
            ("a\nb", "`a\\nb` is not a name that can be published"),
            ("", "`` is not a name that can be published"),
        ];
        for (name, expected) in cases {
            assert_eq!(case.refusal(name), expected);
            assert!(!case.target.exists(), "{name}");
        }
    }

    #[test]
    fn a_tree_is_copied_in_order() {
        let case = case();
        case.write("b.csv", "1");
        case.write("a/z.txt", "22");
        case.write("a/y.txt", "333");
        let taken = case.take_all(10, 6).unwrap();
        let names: Vec<_> = taken.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["a/y.txt", "a/z.txt", "b.csv"]);
        assert_eq!(
            fs_err::read_to_string(case.target.join("a/y.txt")).unwrap(),
            "333"
        );
    }

    #[test]
    fn a_tree_beyond_its_limits_is_refused() {
        let case = case();
        case.write("a/b/c/d/e", "x");
        case.write("f", "four");
        assert!(matches!(
            case.take_all(100, 100),
            Err(Refusal::TooDeep { .. })
        ));
        fs_err::remove_dir_all(case.written.join("a")).unwrap();
        assert!(matches!(
            case.take_all(100, 3),
            Err(Refusal::TooLarge { max_bytes: 3, .. })
        ));
        case.write("g", "");
        assert!(matches!(
            case.take_all(1, 100),
            Err(Refusal::TooMany { .. })
        ));
    }

    #[test]
    fn a_link_in_a_tree_is_refused() {
        let case = case();
        std::os::unix::fs::symlink("/etc/hostname", case.written.join("x")).unwrap();
        assert_eq!(
            case.take_all(9, 99).unwrap_err().to_string(),
            "`x` is a symbolic link, not a regular file"
        );
    }
}
