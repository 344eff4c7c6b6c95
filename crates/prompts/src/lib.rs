//! What models are told: templates with typed inputs, fences around untrusted text, digests of what was rendered.
//!
//! It asks no model, and decides nothing: who is told what is the business of `agents` and `review`.

#![forbid(unsafe_code)]

mod checks;
mod environment;
mod feedback;
mod fence;
mod inputs;
mod render;

pub use checks::{CheckGroup, CheckRule, Checks, Written};
pub use environment::PythonEnvironment;
pub use feedback::{Feedback, findings_text, issues_text};
pub use fence::{fence, fence_ends};
pub use inputs::{
    BrainstormerSystem, BrainstormerTask, DesignerSystem, DesignerTask, Header, ReactSystem,
    ReactTask, RefactorSystem, RefactorTask, ReviewerInput, ReviewerSystem, SingleSystem,
    SingleTask,
};
pub use render::{Prompt, Rendered, digest, digest_of, render};

#[cfg(test)]
mod tests;
