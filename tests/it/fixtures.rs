//! The fixture datasets are what their generator writes, and the tests know all of themselves.

use crate::support::{TestEnv, datasets, first_difference, fixtures, read_tree};

#[test]
fn make_py_writes_the_datasets_that_are_here() {
    let env = TestEnv::without_environment();
    let made = env.path("made");
    #[expect(
        clippy::disallowed_methods,
        reason = "the generator of the fixtures is a script for the developer's own Python"
    )]
    let status = std::process::Command::new("python3")
        .arg(fixtures().join("make.py"))
        .arg(&made)
        .status()
        .unwrap();
    assert!(status.success());
    let mut here = read_tree(&fixtures());
    // Without the scripts beside the datasets.
    here.retain(|path, _| path.contains('/'));
    let difference = first_difference(&here, &read_tree(&made));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    let readme = fs_err::read_to_string(fixtures().join("README.md")).unwrap();
    for dataset in datasets() {
        assert!(readme.contains(&format!("\n| `{dataset}` |")), "{dataset}");
    }
}

#[test]
fn every_file_of_tests_is_compiled() {
    let folder = camino::Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("it");
    let main = fs_err::read_to_string(folder.join("main.rs")).unwrap();
    for path in read_tree(&folder)
        .keys()
        .filter(|path| path.ends_with(".rs") && !path.contains('/') && *path != "main.rs")
    {
        let module = path.trim_end_matches(".rs");
        assert!(
            main.contains(&format!("\nmod {module};\n")),
            "main.rs does not name `{module}`"
        );
    }
}
