//! How long work is told to whoever waits: stages, bytes and remarks, with no idea of how they are shown.

/// Listens to a realisation. All methods do nothing unless implemented.
pub trait Progress: Send + Sync {
    /// A stage begins: one short sentence without a period, such as ``build `tabular` ``.
    fn stage(&self, _stage: &str) {}

    /// Of the current stage, `done` bytes out of `total` are there.
    fn bytes(&self, _done: u64, _total: u64) {}

    /// Something the user may want to know, and that is not an error.
    fn remark(&self, _remark: &str) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
