//! The published task: manifest, roles of files, split, metric direction, versions, JSON Schema.
