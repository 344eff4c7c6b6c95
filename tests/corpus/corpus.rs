//! The corpus on disk: datasets written, tasks generated, copies broken, everything verified.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::broken::{Base, How, Mutation};
use crate::good::{INVENTED, OF_SKLEARN};
use crate::kitchen::Kitchen;
use crate::matrix::Outcome;
use crate::other_forms::OtherForm;
use crate::package::Package;
use crate::support::{Ran, TestEnv, exit, read_tree};
use crate::verdicts::Verdict;

/// A proposal that was rejected, with its failed checks and what they say.
#[derive(Debug)]
pub(crate) struct Rejected {
    pub(crate) task: String,
    pub(crate) checks: BTreeSet<String>,
    pub(crate) messages: Vec<String>,
}

/// The good datasets and their tasks.
pub(crate) struct Corpus {
    env: TestEnv,
    folder: Utf8PathBuf,
    /// Names of datasets as given, and ids of their accepted tasks.
    pub(crate) accepted: BTreeMap<String, Vec<String>>,
    pub(crate) rejected: Vec<Rejected>,
    /// What became of datasets that gave no verdict at all.
    pub(crate) lost: Vec<String>,
}

impl Corpus {
    /// A corpus without tasks yet. Its folder stays: a second run of the same program takes over what its ledger has
    /// recorded.
    pub(crate) fn new() -> Self {
        Self {
            env: TestEnv::new(),
            folder: Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus"),
            accepted: BTreeMap::new(),
            rejected: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Writes the datasets and generates tasks from all of them.
    pub(crate) fn generate(&mut self) {
        for (name, make) in INVENTED {
            make().write(&self.folder.join("data").join(name));
        }
        let out = self.folder.join("good");
        let data = INVENTED.map(|(name, _)| self.folder.join("data").join(name));
        let mut arguments = vec!["generate", "--json", "--out", out.as_str()];
        arguments.extend(data.iter().map(|folder| folder.as_str()));
        arguments.extend(OF_SKLEARN);
        let ran = self.env.smith(&arguments).expect(exit::OK);
        self.read(&ran);
    }

    /// The same, unless the packages that mutations start from are there already.
    pub(crate) fn generate_if_absent(&mut self) {
        if !Base::ALL.iter().all(|base| self.good(*base).is_dir()) {
            self.generate();
        }
    }

    fn read(&mut self, ran: &Ran) {
        for notice in ran.json_lines() {
            let text = |name: &str| notice[name].as_str().unwrap_or_default().to_owned();
            match notice["event"].as_str() {
                Some("dataset_started") => drop(self.accepted.entry(text("dataset")).or_default()),
                Some("dataset_refused" | "dataset_failed") => self.lost.push(notice.to_string()),
                Some("task_verified") => self
                    .accepted
                    .entry(text("dataset"))
                    .or_default()
                    .push(text("task")),
                Some("task_rejected") => {
                    let failures: Vec<(String, String)> =
                        serde_json::from_value(notice["failures"].clone()).unwrap();
                    self.rejected.push(Rejected {
                        task: text("task"),
                        checks: failures.iter().map(|(id, _)| id.clone()).collect(),
                        messages: failures
                            .into_iter()
                            .map(|(id, message)| format!("{id}: {message}"))
                            .collect(),
                    });
                }
                _ => {}
            }
        }
        self.rejected.sort_by(|a, b| a.task.cmp(&b.task));
    }

    fn good(&self, base: Base) -> Utf8PathBuf {
        self.folder.join("good").join(base.task())
    }

    fn data(&self, base: Base) -> Utf8PathBuf {
        match base.dataset() {
            bundled if bundled.starts_with("sklearn:") => Utf8PathBuf::from(bundled),
            invented => self.folder.join("data").join(invented),
        }
    }

    /// Verifies the good packages that mutations start from a second time, with their raw data.
    pub(crate) fn verify_again(&self) -> Vec<(&'static str, Verdict)> {
        let verified = Base::ALL.map(|base| {
            let verdicts = self.verify(&[self.good(base)], How::WithRaw, Some(&self.data(base)));
            verdicts
                .into_iter()
                .map(move |verdict| (base.task(), verdict))
        });
        verified.into_iter().flatten().collect()
    }

    /// The verdict that a good package was published with.
    fn published(&self, base: Base) -> Verdict {
        let text = fs_err::read_to_string(self.good(base).join("evidence/verdict.json")).unwrap();
        Verdict::of(&serde_json::from_str(&text).unwrap())
    }

    /// Breaks a copy for each mutation, and verifies all of them.
    pub(crate) fn verify_mutations(&self, mutations: &[&'static Mutation]) -> Vec<Outcome> {
        let kitchen = Kitchen::new();
        let mut groups: BTreeMap<_, Vec<(usize, Utf8PathBuf)>> = BTreeMap::new();
        for (place, mutation) in mutations.iter().enumerate() {
            let root = self.env.path("broken").join(mutation.folder());
            copy(&self.good(mutation.base), &root);
            let mut package = Package::open(root.clone());
            (mutation.change)(&mut package);
            package.finish(&kitchen, &self.data(mutation.base));
            let raw = (mutation.how == How::WithRaw).then_some(mutation.base);
            groups
                .entry((mutation.how, raw))
                .or_default()
                .push((place, root));
        }
        let mut outcomes: BTreeMap<usize, Outcome> = BTreeMap::new();
        for ((how, raw), packages) in groups {
            let (places, roots): (Vec<usize>, Vec<Utf8PathBuf>) = packages.into_iter().unzip();
            let verdicts = self.verify(&roots, how, raw.map(|base| self.data(base)).as_deref());
            for (place, after) in places.into_iter().zip(verdicts) {
                let mutation = mutations[place];
                let before = self.published(mutation.base);
                outcomes.insert(
                    place,
                    Outcome {
                        mutation,
                        before,
                        after,
                    },
                );
            }
        }
        outcomes.into_values().collect()
    }

    /// Makes good packages of other forms, and verifies them.
    pub(crate) fn verify_other_forms(
        &self,
        forms: &[&'static OtherForm],
    ) -> Vec<(&'static str, Verdict)> {
        let kitchen = Kitchen::new();
        let roots: Vec<Utf8PathBuf> = forms
            .iter()
            .map(|form| {
                let root = self.env.path("other").join(form.folder());
                copy(&self.good(form.base), &root);
                let mut package = Package::open(root.clone());
                (form.change)(&mut package);
                package.finish(&kitchen, &self.data(form.base));
                root
            })
            .collect();
        if roots.is_empty() {
            return Vec::new();
        }
        let names = forms.iter().map(|form| form.name);
        names.zip(self.verify(&roots, How::Run, None)).collect()
    }

    /// Runs `smith verify` on these packages, and gives the verdicts in their order.
    fn verify(&self, packages: &[Utf8PathBuf], how: How, raw: Option<&Utf8Path>) -> Vec<Verdict> {
        // Two side by side: while one waits for a solver, the other computes.
        let mut arguments = vec!["verify", "--json", "--jobs", "2"];
        if how == How::OnPaper {
            arguments.push("--on-paper");
        }
        if let Some(raw) = raw {
            arguments.extend(["--raw", raw.as_str()]);
        }
        arguments.extend(packages.iter().map(|package| package.as_str()));
        let ran = self.env.smith(&arguments);
        let ran = match ran.code {
            Some(exit::REJECTED) => ran.expect(exit::REJECTED),
            _ => ran.expect(exit::OK),
        };
        let verdicts: Vec<Verdict> = ran
            .json_lines()
            .iter()
            .map(|line| Verdict::of(&line["verdict"]))
            .collect();
        assert_eq!(verdicts.len(), packages.len(), "{}", ran.document());
        verdicts
    }
}

fn copy(from: &Utf8Path, to: &Utf8Path) {
    for (path, content) in read_tree(from) {
        let target = to.join(path);
        fs_err::create_dir_all(target.parent().unwrap()).unwrap();
        fs_err::write(target, content).unwrap();
    }
}
