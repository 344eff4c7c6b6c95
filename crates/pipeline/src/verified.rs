//! The type of what passed every hard check. Only this crate makes one, and only from a verdict that admits.

use findings::{Policy, Verdict};

/// Something that a verdict admitted.
#[derive(Clone, Debug)]
pub struct Verified<T> {
    value: T,
    verdict: Verdict,
}

impl<T> Verified<T> {
    /// `value`, if `verdict` accepts it and leaves no check open that `policy` wants an answer to; else the verdict.
    pub(crate) fn by(verdict: Verdict, policy: &Policy, value: T) -> Result<Self, Verdict> {
        if verdict.accepted() && verdict.gaps(policy).next().is_none() {
            Ok(Self { value, verdict })
        } else {
            Err(verdict)
        }
    }

    /// What was verified.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// Why it was admitted.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_verdict_verifies_nothing() {
        let policy = Policy::embedded();
        let nothing = Verdict::new(Vec::new(), policy.version);
        assert!(nothing.accepted());
        assert!(Verified::by(nothing, &policy, ()).is_err());
        let passed = policy.rules().map(|rule| rule.pass("fine")).collect();
        let whole = Verdict::new(passed, policy.version);
        assert!(Verified::by(whole, &policy, ()).is_ok());
    }
}
