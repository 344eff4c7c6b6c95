//! From a [`DatasetSpec`] to a folder of raw files with what is known about them; no table is read.

use camino::{Utf8Path, Utf8PathBuf};
use facts::{DatasetFacts, Declared, RawFile, RefusalReason};

use crate::archive::{Limits, unpack};
use crate::error::{NotOpened, OpenError};
use crate::inventory::{STATEMENT, Skipped, copy_files, describe, make_empty, take_inventory};
use crate::sklearn::{self, SklearnName};
use crate::slug::slug;
use crate::spec::DatasetSpec;
use crate::statement::{Statement, text};

/// Archives that are recognised by name, only to say that they are not unpacked.
const FOREIGN_ARCHIVES: [&str; 7] = [
    ".7z", ".rar", ".tar.bz2", ".tar.xz", ".tar.zst", ".tbz2", ".txz",
];

/// A dataset that is ready to be read.
#[derive(Clone, Debug)]
pub struct RawDataset {
    /// The folder that `prepare.py` sees as raw data. It holds exactly `facts.files`.
    ///
    /// This is the user's own folder when that holds nothing else, and must then only be mounted
    /// read-only; otherwise it lies in the staging folder.
    pub folder: Utf8PathBuf,
    /// What is known without reading tables.
    pub facts: DatasetFacts,
    /// What is stated about tables and columns.
    pub declared: Declared,
    /// What the user's folder holds besides, and may surprise: links, devices, names that are not UTF-8.
    pub skipped: Vec<Skipped>,
}

/// Opens a dataset.
///
/// `staging` is a folder that belongs to this call: its subfolders `raw` and `unpacked` are emptied and
/// filled. `site_packages` is that of the Python environment, from which `sklearn:NAME` is read.
///
/// - Of a folder, everything counts but hidden files, junk of operating systems, links and `dataset.json`.
/// - Of a single file, it and the `.names` file of the same stem count. A `dataset.json` beside it is heeded
///   when it names the file.
/// - An archive is unpacked as if it were a folder; folders that hold all else are stripped.
///
/// # Errors
///
/// [`NotOpened::Refused`] when the data are unfit (nothing there, an archive damaged or unsafe),
/// [`NotOpened::Failed`] when something can't be read or written or is not what it was stated to be.
pub fn open(
    spec: &DatasetSpec,
    staging: &Utf8Path,
    site_packages: Option<&Utf8Path>,
) -> Result<RawDataset, NotOpened> {
    match spec {
        DatasetSpec::Folder(folder) => open_folder(folder, staging),
        DatasetSpec::File(file) => open_file(file, staging),
        DatasetSpec::Archive(archive) => open_archive(archive, staging),
        DatasetSpec::Sklearn(name) => open_sklearn(*name, staging, site_packages),
    }
}

fn open_folder(folder: &Utf8Path, staging: &Utf8Path) -> Result<RawDataset, NotOpened> {
    let (folder, staging) = (absolute(folder)?, absolute(staging)?);
    if staging.starts_with(&folder) {
        return Err(OpenError::StagingInside { folder, staging }.into());
    }
    let inventory = take_inventory(&folder)?;
    let statement = if inventory.has_statement {
        Statement::read(&folder)?
    } else {
        Statement::default()
    };
    let name = folder.file_name().unwrap_or("dataset").to_owned();
    let raw = if inventory.plain {
        folder
    } else {
        let raw = staging.join("raw");
        make_empty(&raw)?;
        copy_files(&folder, &inventory.paths, &raw)?;
        raw
    };
    finish(raw, &inventory.paths, inventory.skipped, &statement, &name)
}

fn open_file(file: &Utf8Path, staging: &Utf8Path) -> Result<RawDataset, NotOpened> {
    let (file, raw) = (absolute(file)?, absolute(staging)?.join("raw"));
    let folder = file
        .parent()
        .expect("an absolute path of a file has a parent");
    let name = file.file_name().expect("a file has a name");
    if FOREIGN_ARCHIVES
        .iter()
        .any(|ending| name.to_ascii_lowercase().ends_with(ending))
    {
        let detail = format!(
            "`{name}` is an archive of a kind that is not read; unpack it and give the folder"
        );
        return Err(NotOpened::refused(RefusalReason::Unreadable, detail));
    }
    let stem = name
        .split('.')
        .find(|part| !part.is_empty())
        .unwrap_or(name);
    let names = format!("{stem}.names");
    let mut paths = vec![name.to_owned()];
    if names != name && folder.join(&names).is_file() {
        paths.push(names);
    }
    let stated = folder.join(STATEMENT).is_file() && name != STATEMENT;
    let statement = if stated {
        Statement::read(folder)?.about(name)
    } else {
        None
    };
    make_empty(&raw)?;
    copy_files(folder, &paths, &raw)?;
    finish(
        raw,
        &paths,
        Vec::new(),
        &statement.unwrap_or_default(),
        stem,
    )
}

fn open_archive(archive: &Utf8Path, staging: &Utf8Path) -> Result<RawDataset, NotOpened> {
    let (archive, unpacked) = (absolute(archive)?, absolute(staging)?.join("unpacked"));
    make_empty(&unpacked)?;
    let root = match unpack(&archive, &unpacked, &Limits::default()) {
        Ok(root) => root,
        Err(error) => {
            // Nothing of a refused archive stays; the reason for the refusal is worth more than one for this.
            let _kept = make_empty(&unpacked).is_err();
            return Err(error);
        }
    };
    let inventory = take_inventory(&root)?;
    let statement = if inventory.has_statement {
        let statement = Statement::read(&root)?;
        let path = root.join(STATEMENT);
        fs_err::remove_file(&path).map_err(|source| OpenError::Write { path, source })?;
        statement
    } else {
        Statement::default()
    };
    let name = archive.file_name().expect("a file has a name");
    let stem = name
        .split('.')
        .find(|part| !part.is_empty())
        .unwrap_or(name);
    finish(root, &inventory.paths, inventory.skipped, &statement, stem)
}

fn open_sklearn(
    name: SklearnName,
    staging: &Utf8Path,
    site_packages: Option<&Utf8Path>,
) -> Result<RawDataset, NotOpened> {
    let raw = absolute(staging)?.join("raw");
    sklearn::stage(name, site_packages, &raw)?;
    let inventory = take_inventory(&raw)?;
    let known = sklearn::description(name);
    let statement = Statement {
        name: Some(name.to_string()),
        title: Some(known.title.clone()),
        description: Some(known.description.clone()),
        source: Some(format!("sklearn:{name}")),
        licence: Some(known.licence.clone()),
        modality: Some("tabular".to_owned()),
        ..Statement::default()
    };
    let dataset = finish(raw, &inventory.paths, Vec::new(), &statement, name.as_str())?;
    Ok(RawDataset {
        declared: known.declared(),
        ..dataset
    })
}

/// Describes every file and puts what is known together. `name` stands in for a missing one.
fn finish(
    folder: Utf8PathBuf,
    paths: &[String],
    skipped: Vec<Skipped>,
    statement: &Statement,
    name: &str,
) -> Result<RawDataset, NotOpened> {
    let files = paths
        .iter()
        .map(|path| describe(&folder, path))
        .collect::<Result<Vec<RawFile>, _>>()?;
    statement.check(&files)?;
    if files.is_empty() {
        let besides = match skipped.len() {
            0 => String::new(),
            count => format!(" ({count} entries that are no plain files were left out)"),
        };
        return Err(NotOpened::refused(
            RefusalReason::Unreadable,
            format!("there is no data file{besides}"),
        ));
    }
    if files.iter().all(|file| file.bytes == 0) {
        let what = match &files[..] {
            [file] => format!("`{}` is empty", file.path),
            _ => format!("all {} files are empty", files.len()),
        };
        return Err(NotOpened::refused(RefusalReason::Unreadable, what));
    }
    let name = text(&statement.name).unwrap_or_else(|| name.to_owned());
    let facts = DatasetFacts {
        slug: slug(&name),
        title: text(&statement.title).unwrap_or_else(|| title(&name)),
        description: text(&statement.description),
        source: text(&statement.source),
        licence: statement.stated_licence(),
        modality: text(&statement.modality),
        files,
    };
    Ok(RawDataset {
        folder,
        facts,
        declared: statement.declared()?,
        skipped,
    })
}

/// A name for people: `breast_cancer` → `Breast cancer`.
fn title(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut characters = spaced.trim().chars();
    characters.next().map_or(spaced.clone(), |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, OpenError> {
    camino::absolute_utf8(path).map_err(|source| OpenError::Read {
        path: path.to_owned(),
        source,
    })
}
