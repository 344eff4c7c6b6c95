//! Append-only event log, content-addressed blobs and the resume point.
