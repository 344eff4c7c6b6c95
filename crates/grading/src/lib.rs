//! Reads a submission and the answers, aligns rows by id, and scores or names why it is invalid.
