//! Deterministic checks: pure functions over facts.
