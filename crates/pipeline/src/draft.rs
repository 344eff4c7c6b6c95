//! What is asked of a draft before it is brought into the unified format: its scripts are clean, and its `prepare.py` runs.
//!
//! Its layout is its own matter until then.

use std::collections::{BTreeMap, BTreeSet};

use agents::llm::{Files, TEST_SCRIPT};
use assertions::Subject;
use facts::{PrepareFacts, PrepareRun, RunFailure, SourceFacts};
use findings::Verdict;
use task_format::{LimitsTable, PREPARE};

use crate::verdict;

/// Limits of a run of `prepare.py` before there is a manifest that could state them.
pub(crate) const DRAFT_LIMITS: LimitsTable = LimitsTable {
    wall_seconds: 600,
    memory_bytes: 4 << 30,
    disk_bytes: 1 << 30,
    output_bytes: 1 << 20,
};

/// The verdict on a draft of any layout.
pub(crate) fn verdict(files: &Files, run: &PrepareRun, modules: &BTreeSet<String>) -> Verdict {
    // The test script is never published, and its own modules are the other scripts.
    let mut known = modules.clone();
    // A module is asked for by its own name, or by that of the folder it lies in.
    known.extend(files.keys().filter_map(|path| {
        let module = path.strip_suffix(".py")?;
        Some(module.split('/').next().unwrap_or(module).to_owned())
    }));
    let parse = |path: &str| files.get(path).map(|text| pysource::parse(path, text));
    let prepare = parse(PREPARE);
    let others: Vec<SourceFacts> = files
        .keys()
        .filter(|path| path.ends_with(".py") && ![PREPARE, TEST_SCRIPT].contains(&path.as_str()))
        .filter_map(|path| parse(path))
        .collect();
    let prepared = PrepareFacts {
        runs: vec![run.clone()],
        raw_untouched: true,
    };
    verdict::judge(&Subject {
        prepare: prepare.as_ref(),
        baselines: &others,
        modules: Some(&known),
        prepared: Some(&prepared),
        ..Subject::default()
    })
}

/// The run of a `prepare.py` that is not there.
pub(crate) fn no_prepare() -> PrepareRun {
    not_started("there is no `prepare.py`")
}

/// The run of a `prepare.py` that nobody asked for.
pub(crate) fn not_run() -> PrepareRun {
    not_started("it was not run")
}

/// The run of a `prepare.py` that could not be begun, for this reason.
pub(crate) fn not_started(reason: &str) -> PrepareRun {
    PrepareRun {
        variant: "reference".to_owned(),
        failure: Some(RunFailure::NotStarted {
            reason: reason.to_owned(),
        }),
        files: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(files: &[(&str, &str)]) -> Vec<String> {
        let files: Files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let run = PrepareRun {
            variant: "reference".to_owned(),
            failure: None,
            files: [("public/rows.csv".to_owned(), "0".repeat(64))].into(),
        };
        let modules = ["pandas", "pathlib"].map(str::to_owned).into();
        let verdict = verdict(&files, &run, &modules);
        verdict::ids(verdict.rejecting())
    }

    const PREPARE_PY: &str = "import pandas as pd\n\n\ndef prepare(raw, public, private):\n    pd.read_csv(raw / 'a.csv').to_csv(public / 'rows.csv')\n";

    #[test]
    fn any_layout_will_do_for_a_draft() {
        let scoring = "import pandas\n\n\ndef score(a, b):\n    return (a == b).mean()\n";
        let files = [
            (PREPARE, PREPARE_PY),
            ("scoring.py", scoring),
            (TEST_SCRIPT, "import time\nimport prepare, scoring\n"),
        ];
        assert_eq!(ids(&files), [""; 0]);
    }

    #[test]
    fn modules_may_lie_in_folders() {
        let score = "def score(a, b):\n    return (a == b).mean()\n";
        let files = [
            (PREPARE, PREPARE_PY),
            ("helpers/__init__.py", ""),
            ("helpers/scoring.py", score),
            (
                "metric.py",
                "from helpers.scoring import score\nimport helpers\n",
            ),
        ];
        assert_eq!(ids(&files), [""; 0]);
    }

    #[test]
    fn what_the_scripts_must_not_do_is_found_before_the_refactor() {
        let files = [
            (PREPARE, PREPARE_PY),
            (
                "scoring.py",
                "import torch\nimport time\n\nNOW = time.time()\n",
            ),
        ];
        assert_eq!(ids(&files), ["A04", "A05"]);
    }
}
