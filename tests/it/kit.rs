//! The task kit's own tests, in Python, where the kit runs: in the sandbox, with the pinned environment.

use crate::support::{TestEnv, exit};

/// Runs the kit that stands in the current folder, not the one of the environment.
const UNITTEST: &str =
    "cd /tmp && PYTHONPATH=/public exec python3 -m unittest discover -s /public/tests";

/// Fewest tests that must be found: discovery of none is no error.
const FEWEST: usize = 50;

#[test]
fn the_task_kit_passes_its_own_tests() {
    let env = TestEnv::with_kit();
    let ran = env
        .smith(&["sandbox", "shell", "tabular", "--", "sh", "-c", UNITTEST])
        .expect(exit::OK);
    let count = ran
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse().ok());
    assert!(
        count.is_some_and(|count: usize| count >= FEWEST),
        "{}",
        ran.stderr
    );
}
