//! Parses generated Python into facts; never runs it.
