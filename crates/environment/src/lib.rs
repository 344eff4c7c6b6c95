//! A task's Python environment: lock file to realised store path, with Nix or the embedded realiser.
