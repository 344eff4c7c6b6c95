//! The derivations of an environment, from its lock: the same values as `sandboxes/lib/default.nix`.
//!
//! A change there needs the same change here. It builds nothing, and does not compare with what the lock
//! recorded; [`Plan::check`] does when asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::derivation::{Derivation, Mode, Recipe};
use crate::lockfile::{Artefact, Lock, Output};
use crate::sources::Sources;
use crate::store_path::{source_tree, store_name};

/// The builder of artefacts: it can't run, and its name says what to do.
const NO_BUILDER: &str = "/artefact-is-not-in-the-store/run-sandbox-build";

/// The derivations of an environment.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) busybox: Arc<Derivation>,
    pub(crate) root: Arc<Derivation>,
    pub(crate) environment: Arc<Derivation>,
    pub(crate) kit: Arc<Derivation>,
}

/// Which part of a lock no longer follows from the files beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    Root,
    Environment,
    Kit,
}

impl Plan {
    /// Computes the derivations of `lock` with the builder scripts and the task kit of `sources`.
    pub(crate) fn new(lock: &Lock, sources: &Sources) -> Self {
        let busybox = Derivation::artefact(
            "busybox",
            NO_BUILDER,
            Mode::Recursive,
            lock.busybox.nar_sha256,
        );
        let debs: Vec<_> = lock.debs.iter().map(flat).collect();
        let root = Derivation::built(
            builder(&busybox, lock, "debian-root", sources.lib("root.sh"))
                .with("debs", &outputs(&debs))
                .needs(debs),
        );

        let wheels: Vec<_> = lock.wheels.iter().map(flat).collect();
        let installer = flat(&lock.installer);
        let environment = Derivation::built(
            builder(&busybox, lock, &lock.name, sources.lib("environment.sh"))
                .with("root", &root.output)
                .with("wheels", &outputs(&wheels))
                .with("installer", &installer.output)
                .with("install", sources.lib("install.py"))
                .with("modules", sources.lib("modules.py"))
                .with("imports", &lock.imports.join(" "))
                .needs([Arc::clone(&root), installer])
                .needs(wheels),
        );

        let kit_source = source_tree("taskkit", sources.kit_nar_sha256());
        let mut kit = builder(&busybox, lock, "kit", sources.lib("kit.sh"))
            .with("root", &root.output)
            .with("taskkit", &kit_source)
            .needs([Arc::clone(&root)]);
        kit.sources.insert(kit_source);
        Self {
            kit: Derivation::built(kit),
            busybox,
            root,
            environment,
        }
    }

    /// Names the first part of `lock` that was recorded for other derivations than these.
    pub(crate) fn check(&self, lock: &Lock) -> Result<(), Stale> {
        let outputs = &lock.outputs;
        let same = |built: &Derivation, recorded: &Output| {
            built.path == recorded.derivation && built.output == recorded.path
        };
        match () {
            () if !same(&self.root, &outputs.root) => Err(Stale::Root),
            () if !same(&self.environment, &outputs.environment) => Err(Stale::Environment),
            () if !same(&self.kit, &outputs.kit) => Err(Stale::Kit),
            () => Ok(()),
        }
    }

    /// The store paths that a running Python needs: all of its inputs that are no downloads, then the kit.
    pub(crate) fn closure(&self) -> [&str; 4] {
        [&self.busybox, &self.root, &self.environment, &self.kit].map(|built| built.output.as_str())
    }
}

fn flat(artefact: &Artefact) -> Arc<Derivation> {
    Derivation::artefact(
        &store_name(&artefact.file),
        NO_BUILDER,
        Mode::Flat,
        artefact.sha256,
    )
}

fn outputs(derivations: &[Arc<Derivation>]) -> String {
    derivations
        .iter()
        .map(|built| built.output.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What all our derivations share: busybox runs a script.
fn builder(busybox: &Arc<Derivation>, lock: &Lock, name: &str, script: &str) -> Recipe {
    Recipe {
        name: name.to_owned(),
        builder: format!("{}/bin/busybox", busybox.output),
        arguments: ["ash", "-e", "-u", "-c", script].map(str::to_owned).into(),
        variables: BTreeMap::from([
            ("busybox".to_owned(), busybox.output.clone()),
            ("python".to_owned(), lock.python.clone()),
        ]),
        inputs: vec![Arc::clone(busybox)],
        ..Recipe::default()
    }
}

impl Recipe {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn needs(mut self, inputs: impl IntoIterator<Item = Arc<Derivation>>) -> Self {
        self.inputs.extend(inputs);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realise::Part;

    /// The lock of `tabular` as it would be recorded now.
    fn fresh(sources: &Sources) -> Lock {
        let mut lock = crate::read_lock("tabular", sources).unwrap();
        let plan = Plan::new(&lock, sources);
        for part in Part::ALL {
            let output = part.recorded_mut(&mut lock.outputs);
            output.derivation = part.of(&plan).path.clone();
            output.path = part.of(&plan).output.clone();
        }
        lock
    }

    /// Whoever edits a builder script, an `environment.toml` or the task kit has to refresh the locks.
    #[test]
    fn the_locks_follow_from_the_files_beside_them() {
        let sources = Sources::embedded();
        let names = sources.environments();
        assert!(names.contains(&"tabular"), "{names:?}");
        for name in names {
            if let Err(error) = crate::load(name, &sources) {
                panic!("{error}; {}", error.hint().unwrap_or_default());
            }
        }
    }

    #[test]
    fn a_change_is_noticed_and_named() {
        let sources = Sources::embedded();
        let lock = fresh(&sources);
        let check = |lock: &Lock, sources: &Sources| Plan::new(lock, sources).check(lock);
        assert_eq!(check(&lock, &sources), Ok(()));

        let mut changed = lock.clone();
        changed.debs[0].sha256 = digest::sha256_bytes("other");
        assert_eq!(check(&changed, &sources), Err(Stale::Root));
        let mut changed = lock.clone();
        changed.imports.push("this".into());
        assert_eq!(check(&changed, &sources), Err(Stale::Environment));
        for (file, stale) in [
            ("lib/root.sh", Stale::Root),
            ("lib/modules.py", Stale::Environment),
            ("lib/kit.sh", Stale::Kit),
            ("kit/taskkit/new.py", Stale::Kit),
        ] {
            let sources = sources.clone().with(file, "# changed");
            assert_eq!(check(&lock, &sources), Err(stale), "{file}");
        }
        let sources = sources.with("kit/taskkit/notes.txt", "no part of the package");
        assert_eq!(check(&lock, &sources), Ok(()));
    }

    #[test]
    fn the_closure_holds_no_download() {
        let sources = Sources::embedded();
        let plan = Plan::new(&fresh(&sources), &sources);
        let names: Vec<&str> = plan
            .closure()
            .iter()
            .map(|path| &path["/nix/store/".len() + 33..])
            .collect();
        assert_eq!(names, ["busybox", "debian-root", "tabular", "kit"]);
    }
}
