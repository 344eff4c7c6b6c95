//! Files of Debian archives, downloaded with whatever the machine has: apt, curl, wget, Python, or a plain copy.
//!
//! Packages are checked against the lock; for re-locking, indexes are checked against the archive's signature.

use std::collections::VecDeque;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use digest::{Sha256, sha256_file};
use process::HostCommand;
use tokio::task::JoinSet;

use super::{Cache, FetchError, Mirrors};
use crate::Settings;
use crate::lockfile::{Artefact, Release};

/// Downloads at a time: enough to hide latency, few enough for a small mirror.
const AT_ONCE: usize = 4;

/// How long one file may take.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// Where apt keeps its own downloader, which honours apt's proxies, credentials and certificates.
const APT_HELPER: &str = "/usr/lib/apt/apt-helper";

/// A Python program that downloads one file; honours `HTTPS_PROXY` and `SSL_CERT_FILE`.
const PYTHON: &str = "import shutil, sys, urllib.request\n\
    with urllib.request.urlopen(sys.argv[1], timeout=60) as source, open(sys.argv[2], 'wb') as target:\n    \
    shutil.copyfileobj(source, target)\n";

/// Downloads `debs` into `incoming`, and from there into the cache.
pub(super) async fn download(
    debs: &[&Artefact],
    release: &Release,
    incoming: &Utf8Path,
    cache: &Cache,
    settings: &Settings,
) -> Result<(), FetchError> {
    if debs.is_empty() {
        return Ok(());
    }
    let mirrors = Mirrors::find(settings, release).await?;
    let mut waiting: VecDeque<Artefact> = debs.iter().map(|deb| (*deb).clone()).collect();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(deb) = waiting.pop_front()
        {
            let (mirrors, incoming) = (mirrors.clone(), incoming.to_owned());
            running.spawn(async move {
                let path = deb.path.clone().unwrap_or_default();
                let file = download_file(&mirrors, &path, &incoming, Some(deb.sha256)).await?;
                Ok((file, deb))
            });
        }
        let Some(done) = running.join_next().await else {
            return Ok(());
        };
        let (file, deb) = done.expect("a download neither panics nor is cancelled")?;
        cache.adopt(&file, &deb)?;
    }
}

/// Downloads `dists/SUITE/InRelease` into `folder` and gives its text, once its signature is confirmed.
pub(crate) async fn download_signed(
    mirrors: &Mirrors,
    suite: &str,
    folder: &Utf8Path,
) -> Result<String, FetchError> {
    let file = download_file(mirrors, &format!("dists/{suite}/InRelease"), folder, None).await?;
    let signature = |source| FetchError::Signature { source };
    let confirmed = HostCommand::find("gpgv")
        .map_err(signature)?
        .args([
            "--keyring",
            "/usr/share/keyrings/debian-archive-keyring.gpg",
            "--output",
            "-",
            file.as_str(),
        ])
        .succeed()
        .await
        .map_err(signature)?;
    Ok(confirmed.stdout_text())
}

/// Downloads the index at `path` of the archive into `folder`; it has to have the hash `sha256`.
pub(crate) async fn download_index(
    mirrors: &Mirrors,
    path: &str,
    sha256: Sha256,
    folder: &Utf8Path,
) -> Result<Utf8PathBuf, FetchError> {
    download_file(mirrors, path, folder, Some(sha256)).await
}

/// Asks each archive with each downloader for `path`, until one gives it (with the hash, where one is known).
async fn download_file(
    mirrors: &Mirrors,
    path: &str,
    folder: &Utf8Path,
    sha256: Option<Sha256>,
) -> Result<Utf8PathBuf, FetchError> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let target = folder.join(crate::store_path::store_name(name));
    let mut tried = Vec::new();
    for mirror in &mirrors.0 {
        let complaint = match download_from(mirror, path, &target).await? {
            Ok(()) => match sha256_file(&target) {
                Ok(found) if sha256.is_none_or(|expected| expected == found) => return Ok(target),
                Ok(found) => format!("other bytes (SHA-256 {found})"),
                Err(error) => error.to_string(),
            },
            Err(complaint) => complaint,
        };
        tried.push(without_credentials(mirror, &complaint));
    }
    Err(FetchError::Unavailable {
        file: path.to_owned(),
        tried: tried.join("; "),
    })
}

/// What is told about a failed archive: its address without user name and password, and the complaint.
fn without_credentials(mirror: &str, complaint: &str) -> String {
    let told = format!("{mirror}: {complaint}");
    let user = mirror.split_once("://").and_then(|(_, rest)| {
        let host = rest.split('/').next().unwrap_or(rest);
        host.rsplit_once('@').map(|(user, _)| user)
    });
    match user {
        Some(user) => told.replace(&format!("{user}@"), ""),
        None => told,
    }
}

/// Downloads one file from one archive; inside, what the last downloader complained of.
async fn download_from(
    mirror: &str,
    path: &str,
    target: &Utf8Path,
) -> Result<Result<(), String>, FetchError> {
    if let Some(folder) = mirror
        .strip_prefix("file:")
        .or_else(|| mirror.starts_with('/').then_some(mirror))
    {
        let source = Utf8Path::new(folder.trim_start_matches("//")).join(path);
        let source = Utf8Path::new("/").join(source);
        return Ok(fs_err::copy(source, target)
            .map(|_| ())
            .map_err(|error| error.to_string()));
    }
    let address = format!("{mirror}/{path}");
    // Some servers take a bare plus sign for a space.
    let escaped = format!("{mirror}/{}", path.replace('+', "%2B"));
    let downloaders: [(&str, Vec<&str>); 4] = [
        // apt escapes addresses itself.
        (APT_HELPER, vec!["download-file", &address, target.as_str()]),
        (
            "curl",
            vec![
                "--fail",
                "--silent",
                "--show-error",
                "--location",
                "--output",
                target.as_str(),
                &escaped,
            ],
        ),
        (
            "wget",
            vec!["--quiet", "--output-document", target.as_str(), &escaped],
        ),
        ("python3", vec!["-c", PYTHON, &escaped, target.as_str()]),
    ];
    let mut complaint = None;
    for (program, arguments) in downloaders {
        let Ok(command) = HostCommand::find(program) else {
            continue;
        };
        match command
            .args(arguments)
            .time_limit(TIME_LIMIT)
            .succeed()
            .await
        {
            Ok(_) => return Ok(Ok(())),
            Err(error) => complaint = Some(error.to_string()),
        }
    }
    complaint.map(Err).ok_or(FetchError::NoDownloader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_told() {
        let cases = [
            (
                "https://me:secret@m.example/debian",
                "404 from https://me:secret@m.example/x",
                "https://m.example/debian: 404 from https://m.example/x",
            ),
            ("https://m.example/a@b", "404", "https://m.example/a@b: 404"),
            ("/srv/debian", "no such file", "/srv/debian: no such file"),
        ];
        for (mirror, complaint, expected) in cases {
            assert_eq!(without_credentials(mirror, complaint), expected);
        }
    }

    #[tokio::test]
    async fn a_folder_serves_as_archive_and_its_bytes_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let pool = folder.join("archive/pool/x");
        fs_err::create_dir_all(&pool).unwrap();
        fs_err::write(pool.join("x_1~2.deb"), "good").unwrap();
        let good = digest::sha256_bytes("good");
        for address in [
            folder.join("archive").into_string(),
            format!("file://{folder}/archive"),
            format!("file:{folder}/archive"),
        ] {
            let mirrors = Mirrors(vec![folder.join("nowhere").into_string(), address]);
            let file = download_file(&mirrors, "pool/x/x_1~2.deb", folder, Some(good))
                .await
                .unwrap();
            assert_eq!(file, folder.join("x_1-2.deb"));
        }
        let mirrors = Mirrors(vec![folder.join("archive").into_string()]);
        let other = digest::sha256_bytes("other");
        let error = download_file(&mirrors, "pool/x/x_1~2.deb", folder, Some(other))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("other bytes"), "{error}");
        assert!(error.hint().unwrap().contains("SMITH_DEBIAN_MIRROR"));
    }
}
