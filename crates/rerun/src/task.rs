//! One task from its folder to its comparisons: in which order things are done, and what a failure of one means for the next.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use datasets::{DatasetSpec, ParseSpecError, RawDataset};
use digest::tree_entries;
use facts::{LadderFacts, PrepareRun};
use fs_err as fs;
use serde_json::json;
use task_format::{
    ANSWERS, EnvironmentTable, INVENTORY, PREPARE, Package, PackageError, SAMPLE_SUBMISSION,
};

use crate::{
    compare::{Comparison, Kind, Part, Values},
    console,
    failure::{Failure, USAGE},
    host::{Folder, Host, Raw},
    pin, published,
    remake::Workbench,
    report::{self, Report},
};

/// A task that can be executed again, as far as its folder tells.
pub(crate) struct Task {
    package: Package,
    raw: DatasetSpec,
}

impl Task {
    /// Opens the package at `root`, with the raw data that were named or else those that come with the environment.
    pub(crate) fn open(root: Utf8PathBuf, raw: Option<&str>) -> Result<Self, Failure> {
        let package = Package::open(&root)?;
        let source = &package.manifest.dataset.source;
        let named = raw.or(source.starts_with("sklearn:").then_some(source.as_str()));
        let Some(named) = named else {
            return Err(Failure {
                chain: vec![
                    format!("the raw data of `{root}` must be named"),
                    format!("its manifest says only that they come from `{source}`"),
                ],
                hint: Some(
                    "add `--raw` with the folder, file or archive that the task was made from"
                        .to_owned(),
                ),
                code: USAGE,
            });
        };
        let raw = named
            .parse()
            .map_err(|error: ParseSpecError| Failure::usage(&error, error.hint()))?;
        Ok(Self { package, raw })
    }

    /// Makes everything again and compares it.
    pub(crate) async fn rerun(&self, host: &mut Host) -> Result<Report, Failure> {
        let package = &self.package;
        let manifest = &package.manifest;
        let executor = host.executor(&manifest.environment.name).await?;
        let own = executor::pin(executor.environment());
        pin::require(package, &own)?;

        self.progress("reads its files");
        let files = files(package)?;
        let present: BTreeSet<String> = files.keys().cloned().collect();
        let shipped = Comparison::of(
            Part::Package,
            &published::shipped_files(package, &present),
            &files,
        );
        let raw = host.raw(&self.raw, &executor)?;

        let folder = Folder::new()?;
        let bench = Workbench {
            package,
            present: &present,
            executor: &executor,
            scratch: folder.path(),
        };
        let raw_files = self.compare_raw(&raw);
        let prepared = self.prepare(&bench, &raw, &raw_files).await?;
        let (prepare, remade) = match prepared {
            Ok(run) => self.compare_prepared(&bench, run)?,
            Err(reason) => (Comparison::skipped(Part::Prepare, &reason), None),
        };
        let environment = EnvironmentTable {
            name: own.name,
            nar_hash: own.nar_hash,
        };
        let identity = match (&remade, published::is_bare(package, &present)) {
            (_, false) => compare_identity(package, &environment),
            (Some(remade), true) => compare_identity(remade, &environment),
            (None, true) => Comparison::skipped(
                Part::Identity,
                "its data are neither shipped nor made again",
            ),
        };
        let ladder = match remade {
            Some(_) => self.ladder(&bench).await?,
            None => Comparison::skipped(Part::Ladder, "there are no data to run it on"),
        };
        Ok(Report {
            task: package.root.clone(),
            id: manifest.id.to_string(),
            parts: vec![raw_files, shipped, identity, prepare, ladder],
        })
    }

    fn progress(&self, message: &str) {
        console::progress(self.package.manifest.id.as_str(), message);
    }

    fn compare_raw(&self, raw: &Raw) -> Comparison {
        match raw {
            Raw::Opened(raw) => {
                let named = published::raw_files(&self.package.manifest);
                Comparison::of(Part::Raw, &named, &named_files(raw, &named))
            }
            Raw::Altered { file, reason } => Comparison::failed(Part::Raw, file, reason.clone()),
        }
    }

    /// Runs `prepare.py`; the inner error says why it can't be.
    async fn prepare(
        &self,
        bench: &Workbench<'_>,
        raw: &Raw,
        compared: &Comparison,
    ) -> Result<Result<PrepareRun, String>, Failure> {
        let Raw::Opened(raw) = raw else {
            return Ok(Err("the raw data can't be used".to_owned()));
        };
        // On changed raw files it is run nevertheless: it shows what depends on them.
        if compared
            .differences
            .iter()
            .any(|difference| matches!(difference.kind, Kind::Missing { .. }))
        {
            return Ok(Err("raw files are missing".to_owned()));
        }
        if !bench.present.contains(PREPARE) {
            return Ok(Err(format!("there is no `{PREPARE}`")));
        }
        let named = named_files(raw, &published::raw_files(&self.package.manifest));
        let folder = if named.len() < raw.facts.files.len() {
            bench.stage_raw(&raw.folder, named.keys())?
        } else {
            raw.folder.clone()
        };
        self.progress(&format!("runs {PREPARE} on {}", self.raw));
        bench.prepare(&folder).await.map(Ok)
    }

    /// Compares what `prepare.py` made; gives the package made again if there is any.
    fn compare_prepared(
        &self,
        bench: &Workbench<'_>,
        run: PrepareRun,
    ) -> Result<(Comparison, Option<Package>), Failure> {
        if let Some(failure) = run.failure {
            return Ok((
                Comparison::failed(Part::Prepare, PREPARE, report::sentence(&failure)),
                None,
            ));
        }
        let made: Values = run
            .files
            .into_iter()
            .map(|(path, digest)| (path, json!(digest)))
            .collect();
        let complete = [ANSWERS, SAMPLE_SUBMISSION]
            .iter()
            .all(|path| made.contains_key(*path));
        let comparison = Comparison::of(
            Part::Prepare,
            &published::prepared_files(&self.package),
            &made,
        );
        let remade = if complete {
            Some(bench.complete()?)
        } else {
            None
        };
        Ok((comparison, remade))
    }

    /// Climbs the ladder on the data made again and compares its scores.
    async fn ladder(&self, bench: &Workbench<'_>) -> Result<Comparison, Failure> {
        self.progress("runs the ladder");
        let facts = match bench.climb().await? {
            Ok(facts) => facts,
            Err(reason) => return Ok(Comparison::failed(Part::Ladder, "the ladder", reason)),
        };
        let manifest = &self.package.manifest;
        let scores = Comparison::of(
            Part::Ladder,
            &published::manifest_scores(manifest),
            &published::scores(&facts),
        );
        // Without the file there is less to compare; that it is missing is found where files are compared.
        if !bench.present.contains(published::LADDER) {
            return Ok(scores);
        }
        let bytes = fs::read(self.package.root.join(published::LADDER)).map_err(Failure::files)?;
        let evidence = match serde_json::from_slice::<LadderFacts>(&bytes) {
            Ok(stated) => Comparison::of(
                Part::Ladder,
                &published::ladder(&stated),
                &published::ladder(&facts),
            ),
            Err(error) => Comparison::failed(
                Part::Ladder,
                published::LADDER,
                format!("is no ladder: {error}"),
            ),
        };
        Ok(scores.and(evidence))
    }
}

/// Digests of the files that the package has on disk.
fn files(package: &Package) -> Result<Values, Failure> {
    let entries = tree_entries(&package.root).map_err(|source| PackageError::Tree {
        root: package.root.clone(),
        source,
    })?;
    let listed = entries.into_iter().filter(|entry| entry.path != INVENTORY);
    Ok(listed
        .map(|entry| (entry.path, json!(entry.sha256)))
        .collect())
}

/// Digests of those raw files that the task names.
fn named_files(raw: &RawDataset, named: &Values) -> Values {
    let files = raw
        .facts
        .files
        .iter()
        .filter(|file| named.contains_key(&file.path));
    files
        .map(|file| (file.path.clone(), json!(file.sha256)))
        .collect()
}

/// Compares the identity that `package`'s files have, and the environment, with what its manifest says.
fn compare_identity(package: &Package, environment: &EnvironmentTable) -> Comparison {
    match package.identity() {
        Ok(identity) => Comparison::of(
            Part::Identity,
            &published::identity(&package.manifest),
            &published::identity_values(&identity, environment),
        ),
        Err(error) => {
            let reason = crate::failure::chain(&error).join(": ");
            Comparison::failed(Part::Identity, "digest", reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use camino::Utf8Path;
    use facts::{DatasetFacts, Declared, FileKind, RawFile};

    use super::*;
    use crate::testing::MadeUp;

    fn failure(root: &Utf8Path, raw: Option<&str>) -> Failure {
        let failure = Task::open(root.to_owned(), raw).err().unwrap();
        assert_eq!(failure.code, USAGE);
        assert!(failure.hint.is_some());
        failure
    }

    #[test]
    fn what_is_no_package_is_refused() {
        let made_up = MadeUp::new();
        let failure = failure(&made_up.path("public"), None);
        assert!(
            failure.chain[0].ends_with("is no task package"),
            "{failure:?}"
        );
    }

    #[test]
    fn raw_data_that_come_from_elsewhere_must_be_named() {
        let made_up = MadeUp::with(|manifest| manifest.dataset.source = "a cupboard".to_owned());
        let unnamed = failure(&made_up.package.root, None);
        assert!(
            unnamed.chain[1].ends_with("they come from `a cupboard`")
                && unnamed.hint.unwrap().contains("--raw")
        );
        let missing = failure(&made_up.package.root, Some("no/such/folder"));
        assert_eq!(
            missing.chain,
            ["there is no file or folder `no/such/folder`"]
        );
        assert!(Task::open(made_up.package.root.clone(), Some("sklearn:wine")).is_ok());
    }

    #[test]
    fn raw_data_of_the_environment_need_no_name() {
        let made_up = MadeUp::new();
        let task = Task::open(made_up.package.root.clone(), None).unwrap();
        assert_eq!(task.raw.to_string(), "sklearn:iris");
    }

    /// Raw data of these files (path, digest).
    fn raw(files: &[(&str, &str)]) -> Raw {
        let file = |&(path, sha256): &(&str, &str)| RawFile {
            path: path.to_owned(),
            bytes: 1,
            sha256: sha256.to_owned(),
            kind: FileKind::Delimited,
        };
        Raw::Opened(Arc::new(RawDataset {
            folder: Utf8PathBuf::new(),
            facts: DatasetFacts {
                slug: String::new(),
                title: String::new(),
                description: None,
                source: None,
                licence: None,
                modality: None,
                files: files.iter().map(file).collect(),
            },
            declared: Declared::default(),
            skipped: Vec::new(),
        }))
    }

    #[test]
    fn raw_files_are_compared_and_others_beside_them_do_not_matter() {
        let made_up = MadeUp::new();
        let task = Task::open(made_up.package.root.clone(), None).unwrap();
        let same = task.compare_raw(&raw(&[
            ("a.csv", "aaaa"),
            ("b.csv", "bbbb"),
            ("more.csv", "cccc"),
        ]));
        assert!(same.identical(), "{same:?}");
        assert_eq!(same.compared, 2);

        let other = task.compare_raw(&raw(&[("a.csv", "0000")]));
        let [changed, missing] = &other.differences[..] else {
            panic!("{other:?}")
        };
        assert_eq!(changed.name, "a.csv");
        assert_eq!(
            changed.kind,
            Kind::Changed {
                expected: json!("aaaa"),
                found: json!("0000")
            }
        );
        assert_eq!(missing.name, "b.csv");
        assert_eq!(
            missing.kind,
            Kind::Missing {
                expected: json!("bbbb")
            }
        );
    }

    /// Names of what differs in a package after `change`.
    fn changed(change: impl FnOnce(&MadeUp)) -> Vec<String> {
        let made_up = MadeUp::new();
        change(&made_up);
        let package = made_up.opened();
        let files = files(&package).unwrap();
        let present = files.keys().cloned().collect();
        let shipped = Comparison::of(
            Part::Package,
            &published::shipped_files(&package, &present),
            &files,
        );
        let identity = compare_identity(&package, &package.manifest.environment);
        let differences = shipped.differences.into_iter().chain(identity.differences);
        differences.map(|difference| difference.name).collect()
    }

    #[test]
    fn every_changed_file_is_named_and_the_task_is_another() {
        assert!(changed(|_| ()).is_empty());
        let names = changed(|made_up| {
            fs::write(made_up.path("public/train.csv"), "id,x,y\n1,2,b\n").unwrap();
            fs::write(made_up.path("public/new.csv"), "").unwrap();
            fs::remove_file(made_up.path("prepare.py")).unwrap();
        });
        assert_eq!(
            names,
            [
                "prepare.py",
                "public/new.csv",
                "public/train.csv",
                "canary",
                "digest"
            ]
        );
    }

    #[test]
    fn changed_evidence_leaves_the_task_what_it_is() {
        let names =
            changed(|made_up| fs::write(made_up.path("evidence/verdict.json"), "{ }\n").unwrap());
        assert_eq!(names, ["evidence/verdict.json"]);
    }

    #[test]
    fn a_description_that_is_no_text_has_no_identity() {
        let names = changed(|made_up| fs::write(made_up.path("description.md"), [0xff]).unwrap());
        assert_eq!(names, ["description.md", "digest"]);
    }

    #[test]
    fn an_edited_manifest_is_another_task() {
        let names = changed(|made_up| {
            let text = fs::read_to_string(made_up.path("task.toml")).unwrap();
            fs::write(made_up.path("task.toml"), text.replace("botany", "zoology")).unwrap();
        });
        assert_eq!(names, ["task.toml", "canary", "digest"]);
    }
}
