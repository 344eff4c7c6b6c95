//! The only user of polars: reads tables, profiles them and probes for leaks.
