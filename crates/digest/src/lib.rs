//! Digests of bytes, files, folders and values, and the canonical JSON that makes the last possible.
//!
//! It deliberately knows nothing of tasks, stages or datasets: whoever digests something decides
//! what belongs to it.

#![forbid(unsafe_code)]

mod canonical;
mod hash;
mod node;
mod tree;

pub use canonical::{CanonicalError, canonical_json, digest_of};
pub use hash::{
    Blake3, ParseDigestError, Sha256, blake3_bytes, blake3_file, sha256_bytes, sha256_file,
};
pub use tree::{TreeEntry, TreeError, tree_digest, tree_entries};

pub mod nar;
