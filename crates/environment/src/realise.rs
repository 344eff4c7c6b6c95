//! Turns a plan into store paths: with Nix, or with the embedded realiser. Same builder, same bytes.
//!
//! It refuses a result whose NAR hash is not the one in the lock; it does not say where Python is (`realised`).

pub(crate) mod bootstrap;
pub(crate) mod embedded;
mod error;
mod guard;
pub(crate) mod nix;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use digest::Sha256;

pub use error::RealiseError;
pub(crate) use guard::{blocking, one_at_a_time};

use crate::derivation::Derivation;
use crate::lockfile::{Lock, Output, Outputs};
use crate::plan::Plan;
use crate::settings::RealiserChoice;
use crate::sources::Sources;
use crate::store::Store;
use crate::{Progress, Settings};

/// A derivation of a plan that is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Root,
    Environment,
    Kit,
}

impl Part {
    /// In the order of building.
    pub(crate) const ALL: [Self; 3] = [Self::Root, Self::Environment, Self::Kit];

    pub(crate) fn of(self, plan: &Plan) -> &Derivation {
        match self {
            Self::Root => &plan.root,
            Self::Environment => &plan.environment,
            Self::Kit => &plan.kit,
        }
    }

    pub(crate) fn recorded(self, outputs: &Outputs) -> &Output {
        match self {
            Self::Root => &outputs.root,
            Self::Environment => &outputs.environment,
            Self::Kit => &outputs.kit,
        }
    }

    pub(crate) fn recorded_mut(self, outputs: &mut Outputs) -> &mut Output {
        match self {
            Self::Root => &mut outputs.root,
            Self::Environment => &mut outputs.environment,
            Self::Kit => &mut outputs.kit,
        }
    }

    /// The attribute of the Nix expression.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Environment => "environment",
            Self::Kit => "kit",
        }
    }
}

/// What is to be built, and from what.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) lock: &'a Lock,
    pub(crate) plan: &'a Plan,
    pub(crate) sources: &'a Sources,
    pub(crate) settings: &'a Settings,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) expect: Expect,
}

/// What a result is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// The NAR hash in the lock.
    Locked,
    /// Nothing yet: the lock is being made.
    Nothing,
}

impl Job<'_> {
    /// Refuses the result of `part` if it is not what the lock states.
    pub(crate) fn compare(&self, part: Part, found: Sha256) -> Result<(), RealiseError> {
        let recorded = part.recorded(&self.lock.outputs);
        if self.expect == Expect::Nothing || found == recorded.nar_sha256 {
            return Ok(());
        }
        let (path, expected) = (recorded.path.clone(), recorded.nar_sha256);
        Err(RealiseError::Differs {
            path,
            expected,
            found,
        })
    }
}

/// Who realised an environment, and so where its store paths are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Realiser {
    /// Nix: store paths are where their names say.
    Nix,
    /// The embedded realiser: in this folder instead of `/nix/store`.
    Embedded(Utf8PathBuf),
}

/// NAR hash of each part, and the length of its archive in bytes.
pub(crate) type Done = BTreeMap<Part, (Sha256, u64)>;

/// What was realised, and by whom.
pub(crate) type Realisation = (Realiser, Done);

/// Realises `parts` with the realiser that the settings name.
///
/// Where the choice is ours: whichever store holds them already, else Nix if it is usable, else the embedded realiser.
pub(crate) async fn realise(job: &Job<'_>, parts: &[Part]) -> Result<Realisation, RealiseError> {
    use std::env::consts::{ARCH, OS};
    if (OS, ARCH) != ("linux", "x86_64") {
        let machine = format!("{OS} on {ARCH}");
        return Err(RealiseError::Platform { machine });
    }
    let store = Store::new(job.settings.store());
    let embedded = || Realiser::Embedded(job.settings.store());
    let choice = job.settings.realiser;
    if choice != RealiserChoice::Nix
        && let Some(done) = embedded::present(&store, job, parts)
    {
        return Ok((embedded(), done));
    }
    if choice != RealiserChoice::Embedded
        && let Some((tools, present)) = usable_nix(job, parts).await?
    {
        let done = match present {
            Some(done) => done,
            None => nix::realise(&tools, job, parts).await?,
        };
        return Ok((Realiser::Nix, done));
    }
    Ok((embedded(), embedded::realise(&store, job, parts).await?))
}

/// Nix, if it is to be used, and what its store holds: an error only where the user insists on it.
async fn usable_nix(
    job: &Job<'_>,
    parts: &[Part],
) -> Result<Option<(nix::Tools, Option<Done>)>, RealiseError> {
    let probe = async || {
        let tools = nix::Tools::find()?;
        let present = nix::present(&tools, job, parts).await?;
        if present.is_none() {
            tools.probe().await?;
        }
        Ok((tools, present))
    };
    match (probe().await, job.settings.realiser) {
        (Ok(usable), _) => Ok(Some(usable)),
        (Err(RealiseError::NoNix), RealiserChoice::Auto) => Ok(None),
        (Err(error @ RealiseError::NixUnusable { .. }), RealiserChoice::Auto) => {
            let why = std::error::Error::source(&error)
                .map_or_else(String::new, |source| format!(": {source}"));
            let instead = "the embedded realiser is used, with the same result";
            job.progress.remark(&format!("{error}{why}; {instead}"));
            Ok(None)
        }
        (Err(error), _) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_hash_than_the_locked_one_is_refused() {
        let sources = Sources::embedded();
        let lock = crate::read_lock("tabular", &sources).unwrap();
        let plan = Plan::new(&lock, &sources);
        let settings = Settings::new("/nowhere");
        let job = |expect| Job {
            lock: &lock,
            plan: &plan,
            sources: &sources,
            settings: &settings,
            progress: &crate::Silent,
            expect,
        };
        for part in Part::ALL {
            let right = part.recorded(&lock.outputs).nar_sha256;
            let wrong = digest::sha256_bytes("wrong");
            job(Expect::Locked).compare(part, right).unwrap();
            let error = job(Expect::Locked).compare(part, wrong).unwrap_err();
            assert!(
                matches!(error, RealiseError::Differs { found, .. } if found == wrong),
                "{error}"
            );
            job(Expect::Nothing).compare(part, wrong).unwrap();
        }
    }
}
