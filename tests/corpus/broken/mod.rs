//! The mutations: each breaks a good package in one way, and names the checks that must catch it.

mod execution;
mod leakage;
mod quality;
mod review;
mod solvability;
mod structure;

use crate::package::Package;

/// The good package that a mutation starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    /// Labels of several classes, scored by accuracy.
    Labels,
    /// Numbers, scored by RMSE.
    Numbers,
    /// Probabilities of one of two classes, scored by ROC AUC.
    Probabilities,
    /// Numbers in 5,000 rows, scored by RMSE.
    Long,
    /// Numbers of later hours, scored by RMSE.
    Series,
    /// Two classes that hardly overlap, scored by log loss.
    Apart,
}

impl Base {
    pub(crate) const ALL: [Self; 6] = [
        Self::Labels,
        Self::Numbers,
        Self::Probabilities,
        Self::Long,
        Self::Series,
        Self::Apart,
    ];

    /// The dataset.
    pub(crate) fn dataset(self) -> &'static str {
        match self {
            Self::Labels => "herbarium",
            Self::Numbers => "hikes",
            Self::Probabilities => "subscribers",
            Self::Long => "meters",
            Self::Series => "turbine",
            Self::Apart => "sklearn:breast_cancer",
        }
    }

    /// The task.
    pub(crate) fn task(self) -> &'static str {
        match self {
            Self::Labels => "herbarium--species-multiclass",
            Self::Numbers => "hikes--duration-hours-regression",
            Self::Probabilities => "subscribers--churn-binary",
            Self::Long => "meters--heating-cost-regression",
            Self::Series => "turbine--output-kw-regression",
            Self::Apart => "breast-cancer--diagnosis-binary",
        }
    }
}

/// What must happen to a broken package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Must {
    /// The check rejects it.
    Fail,
    /// The check can't be made, and that rejects it too.
    Error,
    /// The check reports it; whether it rejects is the policy's matter.
    Warn,
}

/// How a broken package is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// Nothing is run: what is wrong stands in the files, and their tables tell.
    OnPaper,
    /// Everything but `prepare.py` is run.
    Run,
    /// Everything is run: the raw data are at hand.
    WithRaw,
}

/// One way to break a package.
pub(crate) struct Mutation {
    pub(crate) name: &'static str,
    pub(crate) base: Base,
    /// Ids of the checks that must catch it, every one of them.
    pub(crate) checks: &'static [&'static str],
    pub(crate) must: Must,
    pub(crate) how: How,
    pub(crate) change: fn(&mut Package),
}

impl Mutation {
    /// A mutation that must be rejected by these checks.
    const fn fails(
        name: &'static str,
        base: Base,
        checks: &'static [&'static str],
        change: fn(&mut Package),
    ) -> Self {
        Self {
            name,
            base,
            checks,
            must: Must::Fail,
            how: How::Run,
            change,
        }
    }

    /// A mutation that must leave these checks without an answer.
    const fn errs(
        name: &'static str,
        base: Base,
        checks: &'static [&'static str],
        change: fn(&mut Package),
    ) -> Self {
        Self {
            must: Must::Error,
            ..Self::fails(name, base, checks, change)
        }
    }

    /// A mutation that these checks must report.
    const fn warns(
        name: &'static str,
        base: Base,
        checks: &'static [&'static str],
        change: fn(&mut Package),
    ) -> Self {
        Self {
            must: Must::Warn,
            ..Self::fails(name, base, checks, change)
        }
    }

    /// The same, verified without running anything.
    const fn on_paper(self) -> Self {
        Self {
            how: How::OnPaper,
            ..self
        }
    }

    /// The same, verified with the raw data.
    const fn with_raw(self) -> Self {
        Self {
            how: How::WithRaw,
            ..self
        }
    }

    /// Name of its folder.
    pub(crate) fn folder(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        self.name.chars().map(plain).collect()
    }
}

/// Every mutation.
pub(crate) fn all() -> Vec<&'static Mutation> {
    [
        structure::MUTATIONS,
        execution::MUTATIONS,
        solvability::MUTATIONS,
        leakage::MUTATIONS,
        quality::MUTATIONS,
        review::MUTATIONS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
