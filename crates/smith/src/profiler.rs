//! Plugs the crate `tabular` into the pipeline.

use camino::Utf8Path;
use facts::{DatasetFacts, Declared, Profile, Refusal, SplitFacts, SplitQuestion};
use pipeline::{Profiler, ProfilerError};

/// Measures tables with the crate `tabular`.
pub(crate) struct Tables;

impl Profiler for Tables {
    fn profile(
        &self,
        folder: &Utf8Path,
        dataset: DatasetFacts,
        declared: &Declared,
    ) -> Result<Result<Profile, Refusal>, ProfilerError> {
        answered(tabular::profile(folder, dataset, declared))
    }

    fn profile_prepared(
        &self,
        folder: &Utf8Path,
        dataset: DatasetFacts,
    ) -> Result<Result<Profile, Refusal>, ProfilerError> {
        answered(tabular::profile_prepared(folder, dataset))
    }

    fn split_facts(
        &self,
        public: &Utf8Path,
        private: &Utf8Path,
        question: &SplitQuestion,
    ) -> Result<SplitFacts, ProfilerError> {
        tabular::split_facts(public, private, question).map_err(|error| ProfilerError {
            hint: error.hint(),
            source: Box::new(error),
        })
    }
}

fn answered(
    profiled: Result<Profile, tabular::ProfileOutcome>,
) -> Result<Result<Profile, Refusal>, ProfilerError> {
    match profiled {
        Ok(profile) => Ok(Ok(profile)),
        Err(tabular::ProfileOutcome::Refused(refusal)) => Ok(Err(refusal)),
        Err(tabular::ProfileOutcome::Failed(error)) => Err(ProfilerError {
            hint: error.hint(),
            source: Box::new(error),
        }),
    }
}
