//! The one thing that the pipeline needs of the data-frame library, so that it never links it.

use camino::Utf8Path;
use facts::{DatasetFacts, Declared, Profile, Refusal, SplitFacts, SplitQuestion};

/// Measures tables. Implemented over the crate `tabular` by the command line.
pub trait Profiler: Send + Sync {
    /// Reads and profiles the dataset in `folder`.
    ///
    /// # Errors
    ///
    /// When the files could not be read for a reason that lies with the host; unsuitable data are a refusal.
    fn profile(
        &self,
        folder: &Utf8Path,
        dataset: DatasetFacts,
        declared: &Declared,
    ) -> Result<Result<Profile, Refusal>, ProfilerError>;

    /// Reads and profiles tables that were prepared: they may have fewer rows than raw data must have.
    ///
    /// # Errors
    ///
    /// Those of [`Profiler::profile`].
    fn profile_prepared(
        &self,
        folder: &Utf8Path,
        dataset: DatasetFacts,
    ) -> Result<Result<Profile, Refusal>, ProfilerError>;

    /// Measures a prepared split.
    ///
    /// # Errors
    ///
    /// When a file could not be read for a reason that lies with the host; malformed files are part of the facts.
    fn split_facts(
        &self,
        public: &Utf8Path,
        private: &Utf8Path,
        question: &SplitQuestion,
    ) -> Result<SplitFacts, ProfilerError>;
}

/// Why tables could not be measured.
#[derive(Debug, thiserror::Error)]
#[error("the tables could not be measured")]
pub struct ProfilerError {
    /// The reader's error.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
    /// What the user can do.
    pub hint: Option<String>,
}
