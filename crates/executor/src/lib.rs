//! Runs prepare, metric, baselines and probes in the sandbox and records what happened.
