//! Small scripts that look at the interpreter they run in, or end it in every way there is, cold and warm.
//!
//! Each stands in `probes/`. A first line `#: wall_seconds N` sets its time limit. What can't be the same either way is
//! listed in [`DIFFERENT`] with its reason, and must in fact differ: the list can't outlive its reasons.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use sandbox::roles::{self, CODE};
use sandbox::{Captured, Outcome};

use crate::ground::{Ground, Seen, Way, differences, small_limits};

/// A script, the beginning of a line that it prints, and why that line can't be the same warm.
const DIFFERENT: &[(&str, &str, &str)] = &[
    (
        "modules",
        "loaded ",
        "what the server has imported is in `sys.modules`: that is its use",
    ),
    (
        "gc",
        "frozen ",
        "what the server has imported is not collected again, so that its memory stays shared",
    ),
    (
        "warnings_filters",
        "[(",
        "libraries add filters for their own warnings when they are imported, and the server has imported them",
    ),
    (
        "faulthandler_dump",
        "Extension modules: ",
        "those of the server's libraries are loaded",
    ),
    ("faulthandler_dump", "\n", "an empty line comes before them"),
    (
        "resource_warning",
        "ResourceWarning: Enable tracemalloc",
        "the module that gives this hint is let go a moment earlier at the very end",
    ),
    (
        "import_at_exit",
        "import ",
        "what the server has imported is not let go: to touch all of it would copy the memory that runs share",
    ),
    (
        "closed_stderr",
        "object refcount : ",
        "the exception is held once more on its way out",
    ),
    (
        "process_facts",
        "ppid ",
        "the parent is the server, which can't be seen inside",
    ),
    (
        "process_facts",
        "session ",
        "a cold run is in the session of the first process inside, a warm one leads its own",
    ),
    (
        "status",
        "PPid:",
        "the parent is the server, which can't be seen inside",
    ),
    ("status", "NSpgid:", "a warm run leads a session of its own"),
    ("status", "NSsid:", "a warm run leads a session of its own"),
    (
        "status",
        "SigCgt:",
        "the C library handles a signal of its own once it has started a thread, which the server has",
    ),
    (
        "status",
        "cmdline ",
        "the kernel tells how the server was started",
    ),
    (
        "status",
        "auxiliary ",
        "the kernel tells what the server was started with; `os.environ` is the run's",
    ),
];

/// What every script is given.
const ARGUMENTS: [&str; 3] = ["one", "two words", "-P"];

/// Fewest scripts, so that a folder that is not found is noticed.
const FEWEST: usize = 40;

fn probes() -> BTreeMap<String, Utf8PathBuf> {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("warm/probes");
    let scripts = folder.read_dir_utf8().unwrap().map(|entry| {
        let path = entry.unwrap().into_path();
        (path.file_stem().unwrap().to_owned(), path)
    });
    scripts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_sees_and_how_it_ends_is_the_same_warm_and_cold() {
    let ground = Ground::new().await;
    let probes = probes();
    assert!(probes.len() >= FEWEST, "only {} scripts", probes.len());
    let mut complaints = Vec::new();
    for (name, path) in &probes {
        let mut cold = probe(&ground, Way::Cold, path).await;
        let mut warm = probe(&ground, Way::Warm, path).await;
        let mut bare = probe(&ground, Way::Bare, path).await;
        if cold.outcome == Outcome::Exited(0) && cold.stdout.bytes.is_empty() {
            complaints.push(format!("{name}: nothing can be seen of it"));
        }
        for seen in [&mut cold, &mut warm, &mut bare] {
            hide_addresses(&mut seen.stdout);
            hide_addresses(&mut seen.stderr);
        }
        for (_, start, reason) in DIFFERENT.iter().filter(|(script, ..)| script == name) {
            // With fewer modules loaded some of it is the same.
            take_lines(&mut bare, start);
            if take_lines(&mut cold, start) == take_lines(&mut warm, start) {
                complaints.push(format!("{name}: `{start}` is the same, though {reason}"));
            }
        }
        complaints.extend(differences(name, &cold, &warm));
        complaints.extend(differences(&format!("{name}, bare"), &cold, &bare));
    }
    for (script, ..) in DIFFERENT {
        assert!(probes.contains_key(*script), "no script is called {script}");
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    assert!(ground.server.is_alive());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_without_a_seed_is_never_the_same() {
    let ground = Ground::new().await;
    let path = ground.path("random.py");
    fs_err::write(&path, DRAW).unwrap();
    let mut drawn = BTreeMap::new();
    for way in [Way::Cold, Way::Warm, Way::Cold, Way::Warm] {
        let seen = probe(&ground, way, &path).await;
        assert!(seen.outcome.is_success(), "{}", seen.stderr.text());
        for line in seen.stdout.text().lines() {
            let (source, number) = line.split_once(' ').unwrap();
            let numbers: &mut Vec<String> = drawn.entry(source.to_owned()).or_default();
            assert!(
                !numbers.iter().any(|one| one == number),
                "{way:?}: {line} again"
            );
            numbers.push(number.to_owned());
        }
    }
    assert!(drawn.len() >= 8 && drawn.values().all(|numbers| numbers.len() == 4));
}

/// One number from each source there is.
const DRAW: &str = "\
import multiprocessing, os, random, secrets, tempfile, uuid
import numpy, scipy.stats
from sklearn.utils import check_random_state
print('random', random.random())
print('numpy.random', numpy.random.rand())
print('default_rng', numpy.random.default_rng().random())
print('SystemRandom', random.SystemRandom().random())
print('secrets', secrets.token_hex(8))
print('uuid4', uuid.uuid4())
print('uuid1', uuid.uuid1())
print('urandom', os.urandom(8).hex())
print('tempfile', tempfile.mktemp())
print('scipy', scipy.stats.norm.rvs())
print('sklearn', check_random_state(None).rand())
print('authkey', bytes(multiprocessing.current_process().authkey).hex())
";

/// Runs a script of `probes/` in a folder of its own.
async fn probe(ground: &Ground, way: Way, path: &Utf8Path) -> Seen {
    // Not every one of them is text.
    let script = fs_err::read(path).unwrap();
    let wall_seconds = String::from_utf8_lossy(&script)
        .strip_prefix("#: wall_seconds ")
        .map_or(30, |rest| rest.lines().next().unwrap().parse().unwrap());
    let code = ground.path("code");
    fs_err::create_dir_all(&code).unwrap();
    fs_err::write(code.join("probe.py"), script).unwrap();
    fs_err::write(code.join("beside.py"), "NAME = __name__\n").unwrap();
    let public = ground.path("public");
    fs_err::create_dir_all(&public).unwrap();
    let limits = small_limits(wall_seconds);
    let policy = roles::solver(&ground.closure(), &public, &code, limits);
    let script = format!("{CODE}/probe.py");
    let arguments: Vec<&str> = std::iter::once(script.as_str()).chain(ARGUMENTS).collect();
    ground.run(way, &policy, &arguments).await
}

/// Takes the lines that begin so out of what was printed.
fn take_lines(seen: &mut Seen, start: &str) -> Vec<String> {
    let mut all = Vec::new();
    for stream in [&mut seen.stdout, &mut seen.stderr] {
        let text = stream.text().into_owned();
        let (taken, left): (Vec<&str>, Vec<&str>) = text
            .split_inclusive('\n')
            .partition(|line| line.starts_with(start));
        all.extend(taken.into_iter().map(str::to_owned));
        replace(stream, left.concat());
    }
    all
}

/// Writes every address alike: two cold runs differ in them, too.
fn hide_addresses(stream: &mut Captured) {
    let text = stream.text().into_owned();
    let mut parts = text.split("0x");
    let mut hidden = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        hidden += "0x";
        hidden += part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    if hidden != text {
        replace(stream, hidden);
    }
}

fn replace(stream: &mut Captured, text: String) {
    *stream = Captured {
        total_bytes: text.len() as u64,
        digest: String::new(),
        bytes: text.into_bytes(),
        truncated: stream.truncated,
    };
}
