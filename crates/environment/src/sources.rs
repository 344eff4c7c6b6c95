//! The files of `sandboxes/`: those compiled into this binary, or those of a checkout that is being edited.
//!
//! It finds texts by name; what they mean is for `spec`, `lockfile` and `plan`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;
use digest::Sha256;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/files.rs"));
}

/// The folder of the task kit's Python package.
const KIT: &str = "kit/taskkit/";

/// The files of `sandboxes/`, by their path below it.
#[derive(Clone, Debug)]
pub(crate) struct Sources(BTreeMap<String, Cow<'static, str>>);

impl Sources {
    /// The files compiled into this binary.
    pub(crate) fn embedded() -> Self {
        let files = embedded::FILES.iter();
        Self(
            files
                .map(|(path, text)| ((*path).to_owned(), Cow::Borrowed(*text)))
                .collect(),
        )
    }

    /// The files of the folder `sandboxes` in a checkout.
    pub(crate) fn read(sandboxes: &Utf8Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        read_folder(sandboxes, "", &mut files)?;
        Ok(Self(files))
    }

    /// The names of the environments, sorted.
    pub(crate) fn environments(&self) -> Vec<&str> {
        self.0
            .keys()
            .filter_map(|path| path.strip_suffix("/environment.toml"))
            .collect()
    }

    /// The `environment.toml` of the environment `name`.
    pub(crate) fn spec(&self, name: &str) -> Option<&str> {
        self.text(&format!("{name}/environment.toml"))
    }

    /// The `lock.json` of the environment `name`.
    pub(crate) fn lock(&self, name: &str) -> Option<&str> {
        self.text(&format!("{name}/lock.json"))
    }

    /// A builder script or list of `lib/`.
    pub(crate) fn lib(&self, file: &str) -> &str {
        self.text(&format!("lib/{file}")).unwrap_or_else(|| {
            panic!("`sandboxes/lib/{file}` is part of every checkout and binary")
        })
    }

    /// Writes the task kit's package into the new folder `target`, as the builder gets it.
    pub(crate) fn write_kit(&self, target: &Utf8Path) -> io::Result<()> {
        fs_err::create_dir_all(target)?;
        for (below, text) in self.kit() {
            write_file(&target.join(below), text)?;
        }
        Ok(())
    }

    /// Writes all files into the folder `target`, for Nix to evaluate.
    pub(crate) fn write_all(&self, target: &Utf8Path) -> io::Result<()> {
        fs_err::create_dir_all(target.join(KIT))?;
        self.0
            .iter()
            .try_for_each(|(path, text)| write_file(&target.join(path), text))
    }

    /// The NAR hash of the task kit's package.
    pub(crate) fn kit_nar_sha256(&self) -> Sha256 {
        digest::nar::summarise_files(self.kit().map(|(path, text)| (path, text.as_bytes()))).sha256
    }

    /// The files of the task kit's package, by their path below it: what `default.nix` filters too.
    fn kit(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(path, text)| {
            let below = path
                .strip_prefix(KIT)
                .filter(|path| path.ends_with(".py"))?;
            Some((below, text.as_ref()))
        })
    }

    /// The same files but one.
    #[cfg(test)]
    pub(crate) fn with(mut self, path: &str, text: &'static str) -> Self {
        self.0.insert(path.to_owned(), Cow::Borrowed(text));
        self
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(AsRef::as_ref)
    }
}

fn write_file(path: &Utf8Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs_err::create_dir_all(parent)?;
    }
    fs_err::write(path, text)
}

fn read_folder(
    sandboxes: &Utf8Path,
    below: &str,
    files: &mut BTreeMap<String, Cow<'static, str>>,
) -> io::Result<()> {
    for entry in fs_err::read_dir(sandboxes.join(below))? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = if below.is_empty() {
            name.clone()
        } else {
            format!("{below}/{name}")
        };
        let known = || {
            Utf8Path::new(&name)
                .extension()
                .is_some_and(|e| ["nix", "sh", "py", "toml", "json", "txt"].contains(&e))
        };
        if entry.file_type()?.is_dir() {
            if name != "__pycache__" {
                read_folder(sandboxes, &path, files)?;
            }
        } else if known() {
            let text = fs_err::read_to_string(sandboxes.join(&path))?;
            files.insert(path, Cow::Owned(text));
        }
    }
    Ok(())
}
