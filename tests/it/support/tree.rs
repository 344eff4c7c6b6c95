//! Folders as values: every file below one, with its bytes.

use std::collections::BTreeMap;

use camino::Utf8Path;

/// Relative path → content, sorted.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// Reads every file below `folder`; links are not expected and fail.
pub(crate) fn read(folder: &Utf8Path) -> Tree {
    let mut tree = Tree::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs_err::read_dir(&next).unwrap() {
            let path = camino::Utf8PathBuf::from_path_buf(entry.unwrap().path()).unwrap();
            let kind = path.symlink_metadata().unwrap();
            assert!(!kind.is_symlink(), "`{path}` is a link");
            if kind.is_dir() {
                open.push(path);
            } else {
                tree.insert(
                    path.strip_prefix(folder).unwrap().to_string(),
                    fs_err::read(&path).unwrap(),
                );
            }
        }
    }
    tree
}

/// Copies every file below `from`.
pub(crate) fn copy(from: &Utf8Path, to: &Utf8Path) {
    for (path, content) in read(from) {
        let target = to.join(path);
        fs_err::create_dir_all(target.parent().unwrap()).unwrap();
        fs_err::write(target, content).unwrap();
    }
}

/// The first path at which two folders differ, with both texts; `None` when they are the same.
pub(crate) fn first_difference(left: &Tree, right: &Tree) -> Option<String> {
    let paths: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let path = paths
        .into_iter()
        .find(|path| left.get(*path) != right.get(*path))?;
    let show = |tree: &Tree| {
        tree.get(path).map_or_else(
            || "(no such file)".to_owned(),
            |it| String::from_utf8_lossy(it).chars().take(4000).collect(),
        )
    };
    Some(format!(
        "`{path}` differs\n--- left\n{}\n--- right\n{}",
        show(left),
        show(right)
    ))
}
