//! Lists the files of `sandboxes/`, so that a binary carries them and works outside the checkout.
//!
//! It interprets nothing: an environment is a folder with `environment.toml` and `lock.json`.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(
        std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts"),
    );
    let sandboxes = manifest.join("../../sandboxes");
    let mut source = String::from("pub(crate) static FILES: &[(&str, &str)] = &[\n");
    let mut files = Vec::new();
    walk(&sandboxes, Path::new(""), &mut files)?;
    files.sort();
    for file in files {
        let path = sandboxes.join(&file);
        writeln!(
            source,
            "    ({:?}, include_str!({:?})),",
            file.display().to_string(),
            path.display().to_string()
        )
        .expect("a string can be written to");
    }
    source.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it for build scripts"));
    fs_err::write(out.join("files.rs"), source)
}

fn walk(sandboxes: &Path, below: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", sandboxes.join(below).display());
    for entry in fs_err::read_dir(sandboxes.join(below))? {
        let entry = entry?;
        let name = entry.file_name();
        let path = below.join(&name);
        if entry.file_type()?.is_dir() {
            if name != "__pycache__" {
                walk(sandboxes, &path, files)?;
            }
        } else if ["nix", "sh", "py", "toml", "json", "txt"]
            .iter()
            .any(|known| path.extension() == Some(known.as_ref()))
        {
            files.push(path);
        }
    }
    Ok(())
}
