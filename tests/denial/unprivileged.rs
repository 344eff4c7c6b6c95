//! Runs a test of this binary again, as a user without any rights.
//!
//! What root has built may lie in folders that only root can enter. So that nothing need be copied or opened up, it
//! happens in a mount namespace of its own, where those folders are hidden behind empty ones with the same paths.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::ground::{Ground, HANDED_OVER};

/// `nobody`, on every Linux.
const NOBODY: &str = "65534";

/// Arguments: the folders to make reachable, `--`, the command.
const REACH: &str = r#"
set -eu
aside=$(mktemp -d)
mount -t tmpfs none "$aside"
number=0
folders=""
while [ "$1" != "--" ]; do
    number=$((number + 1))
    mkdir "$aside/$number"
    mount --rbind "$1" "$aside/$number"
    eval "folder_$number=\$1"
    shift
done
shift
for i in $(seq "$number"); do
    eval "folder=\$folder_$i"
    at=""
    IFS=/
    for part in ${folder#/}; do
        at="$at/$part"
        [ -d "$at" ] || break
        case $(stat -c %A "$at") in
            *x|*t) ;;
            *) mount -t tmpfs -o mode=755 none "$at"; break ;;
        esac
    done
    unset IFS
    mkdir -p "$folder"
    mount --rbind "$aside/$i" "$folder"
done
exec "$@"
"#;

pub(crate) fn are_we_root() -> bool {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

/// Runs the test `name` as [`NOBODY`], and fails as it does.
pub(crate) async fn run(name: &str) {
    let ground = Ground::new().await;
    let test = Utf8PathBuf::from_path_buf(std::env::current_exe().unwrap()).unwrap();
    let command = process::HostCommand::find("unshare")
        .unwrap()
        .args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            REACH,
            "reach",
        ])
        .args(folders(&ground, &test))
        .arg("--")
        .args([
            "setpriv",
            "--reuid",
            NOBODY,
            "--regid",
            NOBODY,
            "--clear-groups",
        ])
        .args(["--inh-caps=-all", "--bounding-set=-all"])
        .arg(test.as_str())
        .args(["--exact", name, "--nocapture"])
        .variable(HANDED_OVER, ground.python.to_json())
        .directory("/")
        .time_limit(std::time::Duration::from_secs(300));
    let output = command.run().await.unwrap();
    assert!(
        output.status.success(),
        "as a user without rights:\n{}{}",
        output.stdout_text(),
        output.stderr_text()
    );
    let passed = "test result: ok. 1 passed";
    assert!(
        output.stdout_text().contains(passed),
        "{}",
        output.stdout_text()
    );
}

/// The folders that the test needs: of the environment, of bubblewrap, of itself.
fn folders(ground: &Ground, test: &Utf8Path) -> BTreeSet<String> {
    let paths = ground
        .python
        .closure
        .paths
        .iter()
        .map(|(_, host)| host.clone());
    let [loader, libraries, program] = &ground.python.launcher;
    let launcher = [loader, program].map(Utf8PathBuf::from).into_iter();
    let libraries = libraries
        .split(':')
        .map(|folder| Utf8PathBuf::from(folder).join("x"));
    paths
        .chain(launcher)
        .chain(libraries)
        .chain([test.to_owned()])
        .map(|path| path.parent().unwrap().to_string())
        .collect()
}
