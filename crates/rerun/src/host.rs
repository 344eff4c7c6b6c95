//! What several tasks share: realised environments and opened raw data.

use std::{collections::BTreeMap, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use datasets::{DatasetSpec, NotOpened, OpenError, RawDataset};
use environment::Settings;
use executor::Executor;
use tempfile::TempDir;

use crate::{
    console::{self, Stages},
    failure::{self, Failure, USAGE},
};

/// Environments and raw data that were needed so far.
pub(crate) struct Host {
    settings: Settings,
    executors: BTreeMap<String, Executor>,
    staging: Folder,
    raw: BTreeMap<DatasetSpec, Raw>,
}

/// Raw data, as far as they are what they are stated to be.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    /// Opened.
    Opened(Arc<RawDataset>),
    /// A file is not the one that stands beside it in `dataset.json`, or was hashed when this program was made.
    Altered {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Host {
    pub(crate) fn new(settings: Settings) -> Result<Self, Failure> {
        Ok(Self {
            settings,
            executors: BTreeMap::new(),
            staging: Folder::new()?,
            raw: BTreeMap::new(),
        })
    }

    /// An executor in the environment `name`, which is realised first where needed.
    pub(crate) async fn executor(&mut self, name: &str) -> Result<Executor, Failure> {
        if let Some(executor) = self.executors.get(name) {
            return Ok(executor.clone());
        }
        let realised = environment::realise(name, &self.settings, &Stages).await?;
        let parallel = std::thread::available_parallelism().map_or(1, usize::from);
        let executor = Executor::new(Arc::new(realised), parallel);
        self.executors.insert(name.to_owned(), executor.clone());
        Ok(executor)
    }

    /// The raw data `spec`, with `executor`'s environment at hand.
    pub(crate) fn raw(&mut self, spec: &DatasetSpec, executor: &Executor) -> Result<Raw, Failure> {
        if let Some(raw) = self.raw.get(spec) {
            return Ok(raw.clone());
        }
        let staging = self.staging.path().join(self.raw.len().to_string());
        let site_packages = executor.environment().site_packages();
        let raw = open(spec, &staging, &site_packages)?;
        self.raw.insert(spec.clone(), raw.clone());
        Ok(raw)
    }
}

fn open(spec: &DatasetSpec, staging: &Utf8Path, site_packages: &Utf8Path) -> Result<Raw, Failure> {
    match datasets::open(spec, staging, Some(site_packages)) {
        Ok(raw) => {
            for skipped in &raw.skipped {
                console::progress(
                    &spec.to_string(),
                    &format!("`{}` is left out: {}", skipped.path, skipped.reason),
                );
            }
            Ok(Raw::Opened(Arc::new(raw)))
        }
        Err(NotOpened::Refused(refusal)) => Err(Failure {
            chain: vec![format!("`{spec}` can't be used: {}", refusal.detail)],
            hint: None,
            code: USAGE,
        }),
        Err(NotOpened::Failed(error)) => match &error {
            OpenError::Mismatch { file, .. } => Ok(altered(file.as_str(), &error)),
            OpenError::StatedFileMissing { file, .. } => Ok(altered(file, &error)),
            _ => Err(Failure::usage(&error, error.hint())),
        },
    }
}

fn altered(file: &str, error: &OpenError) -> Raw {
    Raw::Altered {
        file: file.to_owned(),
        reason: failure::chain(error).join(": "),
    }
}

/// A folder for working files, gone when dropped.
pub(crate) struct Folder {
    path: Utf8PathBuf,
    _keep: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Result<Self, Failure> {
        let keep = tempfile::Builder::new()
            .prefix("rerun-")
            .tempdir()
            .map_err(Failure::files)?;
        let path = Utf8PathBuf::from_path_buf(keep.path().to_owned()).map_err(|path| {
            Failure::files(std::io::Error::other(format!(
                "`{}` is not UTF-8",
                path.display()
            )))
        })?;
        Ok(Self { path, _keep: keep })
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }
}
