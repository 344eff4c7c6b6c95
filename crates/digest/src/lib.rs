//! Canonical JSON, file and tree digests, NAR hashes.
