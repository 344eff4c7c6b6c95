//! Where raw data comes from: folder, file, archive or a data set inside a pinned package.
