//! What a check is given: the subject, its rule, and shorthands that end a check early when something is not there.

use facts::{
    AgentFacts, ControlFacts, FitFacts, LadderFacts, MetricFacts, PackageFacts, PrepareFacts,
    ReviewFacts, SplitFacts,
};
use findings::{CheckId, Finding, Policy, Rule};
use task_format::{Manifest, SplitPolicy};

use crate::{Subject, verified_policy};

/// A finding, or the finding that says why there is none; boxed because it is large and rare.
pub(crate) type Judgement = Result<Finding, Box<Finding>>;

/// What a check is given.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) subject: &'a Subject<'a>,
    pub(crate) policy: &'a Policy,
    pub(crate) rule: &'a Rule,
}

impl<'a> Context<'a> {
    /// The rule of another check, for a check that rests on what the other measures.
    pub(crate) fn rule_of(&self, check: CheckId) -> &'a Rule {
        self.policy
            .rule(check)
            .expect("the policy has a rule for every check")
    }

    pub(crate) fn threshold(&self, name: &str) -> f64 {
        self.rule.threshold(name)
    }

    pub(crate) fn skip(&self, reason: &str) -> Box<Finding> {
        Box::new(self.rule.skip(reason))
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> Box<Finding> {
        Box::new(self.rule.error(message))
    }

    pub(crate) fn manifest(&self) -> Result<&'a Manifest, Box<Finding>> {
        match self.subject.manifest {
            Some(Ok(manifest)) => Ok(manifest),
            Some(Err(_)) => Err(self.skip("task.toml can't be read, see A02")),
            None => Err(self.skip("there is no manifest yet")),
        }
    }

    /// The policy of the split, as far as the files bear out what the manifest says.
    pub(crate) fn policy_of_split(&self) -> Result<SplitPolicy, Box<Finding>> {
        Ok(verified_policy(self.manifest()?, self.subject.split))
    }

    /// The column whose groups lie on one side of the split as a whole.
    pub(crate) fn group_column(&self) -> Option<&'a str> {
        let manifest = self.subject.manifest?.ok()?;
        (verified_policy(manifest, self.subject.split) == SplitPolicy::Group)
            .then_some(manifest.split.column.as_deref())
            .flatten()
    }

    pub(crate) fn package(&self) -> Result<&'a PackageFacts, Box<Finding>> {
        self.subject
            .package
            .ok_or_else(|| self.skip("there is no package yet"))
    }

    pub(crate) fn prepared(&self) -> Result<&'a PrepareFacts, Box<Finding>> {
        self.subject
            .prepared
            .ok_or_else(|| self.skip("prepare.py has not run: there are no raw data, or not yet"))
    }

    pub(crate) fn split(&self) -> Result<&'a SplitFacts, Box<Finding>> {
        self.subject
            .split
            .ok_or_else(|| self.skip("the prepared files have not been measured yet"))
    }

    /// The facts about the split, unless it could not be measured: that counts as an error.
    pub(crate) fn measured_split(&self) -> Result<&'a SplitFacts, Box<Finding>> {
        let split = self.split()?;
        match &split.incomplete {
            None => Ok(split),
            Some(why) => Err(self.error(format!("the split could not be measured: {why}"))),
        }
    }

    /// The facts about the metric, unless the probe itself broke: that counts as an error.
    pub(crate) fn probe(&self) -> Result<&'a MetricFacts, Box<Finding>> {
        let probe = self
            .subject
            .probe
            .ok_or_else(|| self.skip("the metric has not been tried yet"))?;
        match &probe.failure {
            None => Ok(probe),
            Some(failure) => Err(Box::new(
                self.rule
                    .error(format!(
                        "metric.py could not be tried: {}",
                        crate::format::failure(failure)
                    ))
                    .seen_in(task_format::METRIC)
                    .with_hint(self.rule.hint.clone()),
            )),
        }
    }

    pub(crate) fn ladder(&self) -> Result<&'a LadderFacts, Box<Finding>> {
        self.subject
            .ladder
            .ok_or_else(|| self.skip("the baselines have not run yet"))
    }

    pub(crate) fn controls(&self) -> Result<&'a ControlFacts, Box<Finding>> {
        self.subject
            .controls
            .ok_or_else(|| self.skip("the controls have not run yet"))
    }

    pub(crate) fn agent(&self) -> Result<&'a AgentFacts, Box<Finding>> {
        self.subject
            .agent
            .ok_or_else(|| self.skip("no agent has played an episode yet"))
    }

    /// The facts from model fits, unless the run broke or could not measure: that counts as an error.
    pub(crate) fn fits(&self) -> Result<&'a FitFacts, Box<Finding>> {
        let fits = self
            .subject
            .fits
            .ok_or_else(|| self.skip("no models have been fitted to the rows yet"))?;
        if let Some(failure) = &fits.failure {
            let why = crate::format::failure(failure);
            return Err(self.error(format!("models could not be fitted to the rows: {why}")));
        }
        match &fits.incomplete {
            None => Ok(fits),
            Some(why) => Err(self.error(format!("models could not be fitted to the rows: {why}"))),
        }
    }

    /// Whether the split takes rows for independent of each other.
    pub(crate) fn independent(&self) -> bool {
        matches!(
            self.policy_of_split(),
            Ok(SplitPolicy::Random | SplitPolicy::Stratified)
        )
    }

    pub(crate) fn review(&self) -> Result<&'a ReviewFacts, Box<Finding>> {
        self.subject
            .review
            .ok_or_else(|| self.skip("nobody has reviewed the package yet"))
    }
}
