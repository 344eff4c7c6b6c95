//! No file names a package registry's host or a folder of somebody's machine: both break elsewhere, behind a
//! mirror first of all. Lock files name what cargo and Nix resolved, and are left alone.

use super::{Repository, Violation};

/// Hosts of registries; each in parts, so that this file does not break its own rule.
const HOSTS: [&str; 9] = [
    concat!("pypi", ".org"),
    concat!("python", "hosted", ".org"),
    concat!("deb", ".debian", ".org"),
    concat!("security", ".debian", ".org"),
    concat!("snapshot", ".debian", ".org"),
    concat!("static", ".crates.io"),
    concat!("index", ".crates.io"),
    concat!("registry", ".npmjs"),
    concat!("archive", ".ubuntu", ".com"),
];

/// Starts of absolute paths that exist on one machine only.
const FOLDERS: [&str; 6] = [
    concat!("/work", "/main"),
    concat!("/work", "/shared"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/far", "m/"),
    concat!("/tmp/", "bash"),
];

/// Written by tools.
const EXEMPT: [&str; 2] = ["Cargo.lock", "flake.lock"];

pub(super) fn check(repository: &Repository) -> Vec<Violation> {
    let files = repository
        .files
        .iter()
        .filter(|file| !EXEMPT.contains(&file.path.as_str()));
    files
        .flat_map(|file| {
            file.text.lines().enumerate().filter_map(|(index, line)| {
                judge(line).map(|what| {
                    Violation::new(
                        format!("{}:{}", file.path, index + 1),
                        format!("names {what}"),
                    )
                })
            })
        })
        .collect()
}

fn judge(line: &str) -> Option<String> {
    if let Some(host) = HOSTS.iter().find(|host| line.contains(*host)) {
        return Some(format!("a package registry's host, `{host}`"));
    }
    let folder = FOLDERS.iter().find(|folder| {
        line.match_indices(*folder)
            .any(|(at, _)| starts_a_path(line, at))
    })?;
    Some(format!("a folder of one machine, `{folder}…`"))
}

/// Whether an absolute path begins at `at`, rather than a relative one going on there (`out/work/x`).
fn starts_a_path(line: &str, at: usize) -> bool {
    line[..at]
        .chars()
        .next_back()
        .is_none_or(|before| !(before.is_alphanumeric() || "._-~$}".contains(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_folders_are_found_relative_paths_are_not() {
        for bad in [
            concat!("https://files.python", "hosted.org/packages"),
            concat!("see \"/work", "/main\""),
            concat!("HOME=/ro", "ot/ cargo"),
            concat!("/ho", "me/ann/data"),
        ] {
            assert!(judge(bad).is_some(), "{bad}");
        }
        for good in [
            "/work/submission.csv",
            concat!("out/wo", "rk/main"),
            "$HOME/.cache",
            "/nix/store",
            "docs/root/x",
            "/tmp/x",
        ] {
            assert_eq!(judge(good), None, "{good}");
        }
    }
}
