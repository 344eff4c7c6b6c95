//! Which Debian archives to ask: the user's setting alone, else what the host's apt is configured with.
//!
//! It downloads nothing. Any Debian archive will do: the pool is shared by all suites, and bytes are pinned.

use process::HostCommand;

use super::FetchError;
use crate::Settings;
use crate::lockfile::Release;

/// Addresses of Debian archives, the best first; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mirrors(pub(crate) Vec<String>);

impl Mirrors {
    /// Finds the archives to ask for files of `release`.
    pub(crate) async fn find(settings: &Settings, release: &Release) -> Result<Self, FetchError> {
        if let Some(mirror) = &settings.debian_mirror {
            return Ok(Self(vec![mirror.trim_end_matches('/').to_owned()]));
        }
        let Ok(apt_get) = HostCommand::find("apt-get") else {
            return Err(FetchError::NoDebianSource);
        };
        let targets = apt_get
            .arg("indextargets")
            .succeed()
            .await
            .map_err(|_| FetchError::NoDebianSource)?;
        let mirrors = archives(&targets.stdout_text(), release);
        if mirrors.is_empty() {
            return Err(FetchError::NoDebianSource);
        }
        Ok(Self(mirrors))
    }
}

/// The archives in the output of `apt-get indextargets`: those of the suite first, then other Debian ones.
fn archives(targets: &str, release: &Release) -> Vec<String> {
    let mut ranked: Vec<(u8, String)> = targets
        .split("\n\n")
        .filter_map(|target| {
            let field = |name: &str| {
                target
                    .lines()
                    .find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
            };
            let address = field("Repo-URI")?.trim_end_matches('/');
            if field("Created-By") != Some("Packages")
                || field("Component") != Some(release.component.as_str())
            {
                return None;
            }
            let rank = match (field("Origin"), field("Label"), field("Codename")) {
                (_, Some("Debian-Security"), _) => return None,
                (Some("Debian"), _, Some(codename)) if codename == release.suite => 0,
                (Some("Debian"), ..) => 1,
                // Lists that were never updated name no origin; the suite stands in `Release` all the same.
                (None, ..) if field("Release") == Some(release.suite.as_str()) => 2,
                // On another Debian release only the customary name of the archive's folder tells.
                (None, ..) if address.ends_with("/debian") => 3,
                _ => return None,
            };
            Some((rank, address.to_owned()))
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut archives: Vec<String> = Vec::new();
    for (_, address) in ranked {
        if !archives.contains(&address) {
            archives.push(address);
        }
    }
    archives
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bookworm() -> Release {
        Release {
            suite: "bookworm".into(),
            version: "12.15".into(),
            component: "main".into(),
            architecture: "amd64".into(),
        }
    }

    fn target(fields: &[(&str, &str)]) -> String {
        let lines: String = fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        format!("MetaKey: main/binary-amd64/Packages\n{lines}Description: a: b\n")
    }

    #[test]
    fn archives_of_the_suite_come_first_and_foreign_ones_never() {
        let packages = ("Created-By", "Packages");
        let main = ("Component", "main");
        let debian = ("Origin", "Debian");
        let text = [
            target(&[
                packages,
                main,
                debian,
                ("Codename", "trixie"),
                ("Repo-URI", "https://mirror.example/trixie/"),
            ]),
            target(&[
                packages,
                main,
                debian,
                ("Label", "Debian-Security"),
                ("Repo-URI", "https://mirror.example/security/"),
            ]),
            target(&[
                packages,
                main,
                ("Origin", "Ubuntu"),
                ("Repo-URI", "https://mirror.example/ubuntu/"),
            ]),
            target(&[
                packages,
                ("Component", "contrib"),
                debian,
                ("Repo-URI", "https://mirror.example/contrib/"),
            ]),
            target(&[
                ("Created-By", "DEP-11"),
                main,
                debian,
                ("Repo-URI", "https://mirror.example/dep11/"),
            ]),
            target(&[
                packages,
                main,
                ("Release", "bookworm"),
                ("Repo-URI", "https://mirror.example/stale/"),
            ]),
            target(&[
                packages,
                main,
                ("Release", "trixie"),
                ("Repo-URI", "https://other.example/debian/"),
            ]),
            target(&[
                packages,
                main,
                debian,
                ("Codename", "bookworm"),
                ("Repo-URI", "https://mirror.example/debian/"),
            ]),
            target(&[
                packages,
                main,
                debian,
                ("Codename", "bookworm-updates"),
                ("Repo-URI", "https://mirror.example/debian/"),
            ]),
        ]
        .join("\n");
        insta::assert_debug_snapshot!(archives(&text, &bookworm()), @r#"
        [
            "https://mirror.example/debian",
            "https://mirror.example/trixie",
            "https://mirror.example/stale",
            "https://other.example/debian",
        ]
        "#);
        assert_eq!(archives("", &bookworm()), Vec::<String>::new());
    }
}
