//! Pure arithmetic: metrics, ranks and bootstrap intervals.
