//! End-to-end tests of the built binaries; no library code.
