//! Episodes: what an agent may do and see, and one test for each weakness that was measured in MLE-Dojo.
//!
//! Needs what the product itself needs: user namespaces, and the environment `tabular`, which is realised first if it is
//! not there.

#![cfg(test)]

mod forms;
mod ground;
mod rules;
mod weaknesses;
