//! Lays a candidate out as a package folder, and reads a folder's facts back.
//!
//! It neither judges nor seals: the folder is still a candidate's.

use camino::Utf8Path;
use digest::{TreeError, tree_entries};
use environment::Realised;
use executor::pin;
use facts::{PackageFacts, PackageFile, SealFacts, SourceFacts};
use fs_err as fs;
use task_format::{
    BASELINES, DESCRIPTION, ENVIRONMENT_LOCK, INVENTORY, MANIFEST, METRIC, MOST_TEXT_BYTES,
    Manifest, Mismatch, PREPARE, PUBLIC_DESCRIPTION, Package, read_text,
};

use agents::Candidate;

use crate::PipelineError;

/// Writes the package of `candidate` into the folder `root`, which is emptied first.
///
/// `prepared` holds `public/` and `private/` as the candidate's `prepare.py` wrote them.
pub(crate) fn lay_out(
    root: &Utf8Path,
    candidate: &Candidate,
    prepared: &Utf8Path,
    environment: &Realised,
) -> Result<(), PipelineError> {
    make_empty(root)?;
    for (path, text) in &candidate.files {
        write(&root.join(path), text.as_bytes())?;
    }
    for entry in tree_entries(prepared).map_err(tree)? {
        let target = root.join(&entry.path);
        make_parent(&target)?;
        fs::copy(prepared.join(&entry.path), target).map_err(PipelineError::files)?;
    }
    if let Some(description) = candidate.files.get(DESCRIPTION) {
        write(&root.join(PUBLIC_DESCRIPTION), description.as_bytes())?;
    }
    write(
        &root.join(ENVIRONMENT_LOCK),
        pin(environment).render().as_bytes(),
    )?;
    write(&root.join(MANIFEST), candidate.manifest.render().as_bytes())
}

/// Facts about a package's files.
pub(crate) fn package_facts(root: &Utf8Path) -> Result<PackageFacts, PipelineError> {
    let inside = |path: &Utf8Path| path.strip_prefix(root).unwrap_or(path).to_string();
    let (files, irregular) = match tree_entries(root) {
        Ok(entries) => (entries, Vec::new()),
        Err(TreeError::Link { path } | TreeError::Special { path }) => {
            (Vec::new(), vec![inside(&path)])
        }
        Err(TreeError::NotUtf8 { folder, name }) => (Vec::new(), vec![inside(&folder.join(name))]),
        Err(error) => return Err(tree(error)),
    };
    // A file that can't be read counts as empty: that it is missing or no text is another check's finding.
    let text = |name: &str| read_text(root, name).unwrap_or_default();
    let is_text =
        |path: &str| path.ends_with(".py") || [MANIFEST, DESCRIPTION, INVENTORY].contains(&path);
    Ok(PackageFacts {
        scripts: files
            .iter()
            .filter(|file| file.path.ends_with(".py"))
            .map(|file| (file.path.clone(), text(&file.path)))
            .collect(),
        oversized: files
            .iter()
            .filter(|file| is_text(&file.path) && file.bytes > MOST_TEXT_BYTES)
            .map(|file| file.path.clone())
            .collect(),
        seal: seal_facts(root, &text(MANIFEST), irregular.is_empty())?,
        files: files
            .into_iter()
            .map(|file| PackageFile {
                path: file.path,
                bytes: file.bytes,
                sha256: file.sha256.to_string(),
            })
            .collect(),
        irregular,
        description: text(DESCRIPTION),
        manifest_text: text(MANIFEST),
    })
}

/// How the files compare with the package's own listing; `None` for a package that was never sealed, and for one that
/// holds links, which has no digest.
fn seal_facts(
    root: &Utf8Path,
    manifest_text: &str,
    regular: bool,
) -> Result<Option<SealFacts>, PipelineError> {
    let manifest = Manifest::parse(manifest_text).ok();
    let stated_digest = manifest.map_or(String::new(), |manifest| manifest.digest);
    let listed = fs::symlink_metadata(root.join(INVENTORY)).is_ok_and(|found| found.is_file());
    if !regular || (!listed && stated_digest.is_empty()) {
        return Ok(None);
    }
    let mut seal = SealFacts {
        stated_digest,
        ..SealFacts::default()
    };
    let package = match Package::open(root) {
        Ok(package) => package,
        Err(_) if !listed => {
            seal.unreadable = Some(format!("`{INVENTORY}` is missing"));
            return Ok(Some(seal));
        }
        Err(error) => {
            seal.unreadable = Some(crate::outcome::with_causes(&error));
            return Ok(Some(seal));
        }
    };
    for mismatch in package.mismatches().map_err(PipelineError::package)? {
        match mismatch {
            Mismatch::Changed(path) => seal.changed.push(path),
            Mismatch::Missing(path) => seal.missing.push(path),
            Mismatch::Stray(path) => seal.stray.push(path),
        }
    }
    // Without a description, or with a file that has no place in the format, there is no digest; both are listed above.
    seal.measured_digest = package.identity().ok().map(|identity| identity.digest);
    Ok(Some(seal))
}

/// Facts about a package's Python files: `prepare.py`, `metric.py`, the baselines.
pub(crate) struct Sources {
    pub(crate) prepare: SourceFacts,
    pub(crate) metric: SourceFacts,
    pub(crate) baselines: Vec<SourceFacts>,
}

pub(crate) fn sources(root: &Utf8Path, manifest_files: &PackageFacts) -> Sources {
    let parse = |path: &str| pysource::parse(path, &read_text(root, path).unwrap_or_default());
    let is_baseline = |path: &str| path.starts_with(BASELINES) && path.ends_with(".py");
    Sources {
        prepare: parse(PREPARE),
        metric: parse(METRIC),
        baselines: manifest_files
            .files
            .iter()
            .filter(|file| is_baseline(&file.path))
            .map(|file| parse(&file.path))
            .collect(),
    }
}

/// Reads the manifest of a package that need not be well formed.
pub(crate) fn manifest(facts: &PackageFacts) -> Result<Manifest, task_format::FormatError> {
    Manifest::parse(&facts.manifest_text)
}

pub(crate) fn write(path: &Utf8Path, bytes: &[u8]) -> Result<(), PipelineError> {
    make_parent(path)?;
    fs::write(path, bytes).map_err(PipelineError::files)
}

pub(crate) fn make_empty(folder: &Utf8Path) -> Result<(), PipelineError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(PipelineError::files)?;
    }
    fs::create_dir_all(folder).map_err(PipelineError::files)
}

fn make_parent(path: &Utf8Path) -> Result<(), PipelineError> {
    match path.parent() {
        Some(parent) => fs::create_dir_all(parent).map_err(PipelineError::files),
        None => Ok(()),
    }
}

fn tree(source: TreeError) -> PipelineError {
    PipelineError::files(std::io::Error::other(source))
}
