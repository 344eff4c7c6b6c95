//! Policy to confinement: bubblewrap arguments, seccomp, rlimits, supervision.
