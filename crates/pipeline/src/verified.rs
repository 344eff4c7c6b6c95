//! The type of what passed every hard check. Only this crate makes one, and only from a verdict that admits.

use findings::Verdict;

/// Something that a verdict admitted.
#[derive(Clone, Debug)]
pub struct Verified<T> {
    value: T,
    verdict: Verdict,
}

impl<T> Verified<T> {
    /// `value`, if `verdict` admits it; else the verdict.
    pub(crate) fn by(verdict: Verdict, value: T) -> Result<Self, Verdict> {
        if verdict.accepted() {
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
