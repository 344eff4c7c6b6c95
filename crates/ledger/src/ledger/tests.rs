//! Ledgers that are cut anywhere, damaged, shared or too new.

use proptest::prelude::*;

use super::*;
use crate::event::StageOutcome;
use crate::event::tests::event;
use crate::funnel::Funnel;

fn place() -> (tempfile::TempDir, Utf8PathBuf) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(temporary.path())
        .unwrap()
        .join("tasks.ledger");
    (temporary, folder)
}

/// A pipeline of four stages over two datasets, each stage a function of the one before. Counts the work
/// that it does; `fails` says which work is found bad.
struct Pipeline {
    worked: Vec<String>,
    clock: u64,
}

impl Pipeline {
    fn run(ledger: &mut Ledger) -> (Self, Vec<String>) {
        let mut pipeline = Self {
            worked: Vec::new(),
            clock: 0,
        };
        pipeline.append(
            ledger,
            &Event::RunStarted {
                configuration: serde_json::json!({}),
                versions: [].into(),
            },
        );
        let mut results = Vec::new();
        for dataset in ["iris", "wine"] {
            let profile = pipeline.stage(ledger, "intake", dataset, "raw");
            for target in ["a", "b"] {
                let task = format!("{dataset}--{target}");
                let mut result = profile.clone();
                for stage in ["design", "refactor", "execute"] {
                    result = pipeline.stage(ledger, stage, &task, &result);
                }
                if result.ends_with("passed") {
                    let digest = digest::sha256_bytes(&result);
                    pipeline.append(
                        ledger,
                        &Event::TaskPublished {
                            task,
                            dataset: dataset.to_owned(),
                            digest,
                            warnings: vec!["D01".to_owned()],
                        },
                    );
                }
                results.push(result);
            }
        }
        pipeline.append(ledger, &Event::RunFinished { exit_code: 0 });
        (pipeline, results)
    }

    fn stage(&mut self, ledger: &mut Ledger, stage: &str, subject: &str, input: &str) -> String {
        let key = StageKey::of(stage, 1, &(subject, input));
        let (stage, subject) = (stage.to_owned(), subject.to_owned());
        if let Some(output) = ledger.completed(&key).and_then(|finished| finished.output) {
            let bytes = ledger.get_blob(&output).unwrap().unwrap();
            self.append(
                ledger,
                &Event::StageReused {
                    key,
                    stage,
                    subject,
                },
            );
            return String::from_utf8(bytes).unwrap();
        }
        self.append(
            ledger,
            &Event::StageStarted {
                key,
                stage: stage.clone(),
                subject: subject.clone(),
                attempt: 1,
            },
        );
        self.worked.push(format!("{stage} {subject}"));
        let bad = stage == "execute" && subject == "wine--b";
        let outcome = if bad {
            StageOutcome::Rejected
        } else {
            StageOutcome::Passed
        };
        let result = format!(
            "{input} > {stage} {}",
            if bad { "rejected" } else { "passed" }
        );
        let output = Some(ledger.put_blob(result.as_bytes()).unwrap());
        let findings = if bad {
            vec!["C01".to_owned()]
        } else {
            Vec::new()
        };
        let finished = StageFinished {
            key,
            stage,
            subject,
            attempt: 1,
            outcome,
            output,
            findings,
            given_up: None,
            wall_ms: 1,
            cpu_ms: 1,
            peak_memory_bytes: 1,
            tokens: 0,
            cost_usd: Some(0.0),
            prompts: std::collections::BTreeMap::new(),
        };
        self.append(ledger, &Event::StageFinished(finished));
        result
    }

    fn append(&mut self, ledger: &mut Ledger, event: &Event) {
        self.clock += 1;
        ledger.append(event, self.clock).unwrap();
    }
}

fn expected_funnel() -> Funnel {
    Funnel {
        datasets: 2,
        proposals: 4,
        drafts: 4,
        candidates: 4,
        executed: 4,
        verified: 3,
        published: 3,
        losses_by_stage: [("execute".to_owned(), 1)].into(),
        losses_by_check: [("C01".to_owned(), 1)].into(),
        warnings_by_check: [("D01".to_owned(), 3)].into(),
        ..Funnel::default()
    }
}

#[test]
fn a_run_that_is_cut_anywhere_gives_the_same() {
    let (_temporary, folder) = place();
    let (first, results) = Pipeline::run(&mut Ledger::open(&folder).unwrap());
    assert_eq!(first.worked.len(), 14);
    let whole = fs_err::read(folder.join(LOG)).unwrap();
    let ends: Vec<usize> = (1..=whole.len())
        .filter(|&end| whole[end - 1] == b'\n')
        .collect();
    let lines_before = |cut: usize| ends.iter().filter(|&&end| end <= cut).count();
    for cut in 0..=whole.len() {
        let parsed = parse(&whole[..cut], &folder).unwrap();
        assert_eq!(
            parsed.history.entries().len(),
            lines_before(cut),
            "cut at {cut}"
        );
    }
    let mut previous = usize::MAX;
    // After every event, and inside it.
    for cut in std::iter::once(0).chain(ends.iter().flat_map(|&end| [end - 20, end])) {
        fs_err::write(folder.join(LOG), &whole[..cut]).unwrap();
        let mut ledger = Ledger::open(&folder).unwrap();
        assert_eq!(
            ledger.history().entries().len(),
            lines_before(cut),
            "cut at {cut}"
        );
        let (second, again) = Pipeline::run(&mut ledger);
        assert_eq!(again, results, "cut at {cut}");
        assert_eq!(ledger.history().funnel(), expected_funnel(), "cut at {cut}");
        assert!(
            second.worked.len() <= previous,
            "a longer log must not mean more work"
        );
        previous = second.worked.len();
        drop(ledger);
        // What was written after the cut reads back as whole.
        assert_eq!(
            History::read(&folder).unwrap().funnel(),
            expected_funnel(),
            "cut at {cut}"
        );
    }
    assert_eq!(previous, 0);
}

#[test]
fn a_lost_or_damaged_result_is_worked_out_again() {
    let (_temporary, folder) = place();
    let (_, results) = Pipeline::run(&mut Ledger::open(&folder).unwrap());
    let blobs: Vec<_> = folder
        .join("blobs")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().path().to_owned())
        .collect();
    for (index, blob) in blobs.iter().enumerate() {
        if index % 2 == 0 {
            fs_err::write(blob, "?").unwrap();
        } else {
            fs_err::remove_file(blob).unwrap();
        }
        let mut ledger = Ledger::open(&folder).unwrap();
        let (again, same) = Pipeline::run(&mut ledger);
        assert_eq!(same, results);
        assert!(!again.worked.is_empty());
        assert!(
            Pipeline::run(&mut ledger).0.worked.is_empty(),
            "the result is back"
        );
    }
}

#[test]
fn a_failure_is_tried_again() {
    let (_temporary, folder) = place();
    let mut ledger = Ledger::open(&folder).unwrap();
    let key = StageKey::of("execute", 1, "input");
    let finished = |outcome| {
        Event::StageFinished(StageFinished {
            key,
            stage: "execute".into(),
            subject: "s".into(),
            attempt: 1,
            outcome,
            output: None,
            findings: vec![],
            given_up: None,
            wall_ms: 0,
            cpu_ms: 0,
            peak_memory_bytes: 0,
            tokens: 0,
            cost_usd: None,
            prompts: std::collections::BTreeMap::new(),
        })
    };
    assert!(ledger.completed(&key).is_none());
    ledger.append(&finished(StageOutcome::Failed), 1).unwrap();
    assert!(ledger.completed(&key).is_none());
    ledger.append(&finished(StageOutcome::Refused), 2).unwrap();
    assert_eq!(
        ledger.completed(&key).map(|finished| finished.outcome),
        Some(StageOutcome::Refused)
    );
}

#[test]
fn one_writer_at_a_time() {
    let (_temporary, folder) = place();
    let mut first = Ledger::open(&folder).unwrap();
    let error = Ledger::open(&folder).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the ledger `{folder}` is in use by process {}",
            std::process::id()
        )
    );
    first.append(&Event::Interrupted, 1).unwrap();
    assert_eq!(Ledger::open_read_only(&folder).unwrap().entries().len(), 1);
    drop(first);
    assert_eq!(Ledger::open(&folder).unwrap().history().entries().len(), 1);
}

#[test]
fn a_later_format_is_only_read() {
    let (_temporary, folder) = place();
    Ledger::open(&folder)
        .unwrap()
        .append(&Event::Interrupted, 1)
        .unwrap();
    let mut log = fs_err::read_to_string(folder.join(LOG)).unwrap();
    log.push_str("{\"schema\":3,\"at_unix_ms\":2,\"happened\":\"something\"}\n");
    fs_err::write(folder.join(LOG), &log).unwrap();
    let error = Ledger::open(&folder).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the ledger `{folder}` has format 3, and this program writes format 1")
    );
    let history = Ledger::open_read_only(&folder).unwrap();
    assert_eq!(
        (history.entries().len(), history.newer_format()),
        (1, Some(3))
    );
    assert_eq!(
        fs_err::read_to_string(folder.join(LOG)).unwrap(),
        log,
        "nothing was changed"
    );
}

#[test]
fn damage_in_the_middle_is_an_error() {
    let (_temporary, folder) = place();
    fs_err::create_dir_all(&folder).unwrap();
    let line = write_line(&Event::Interrupted, 1).unwrap();
    for (log, outcome) in [
        (format!("{line}garbage\n{line}"), Err(2)),
        (format!("{line}garbage\n"), Ok(1)),
        (format!("{line}\0\0\0\0"), Ok(1)),
        (format!("\n{line}"), Err(1)),
        (String::new(), Ok(0)),
    ] {
        fs_err::write(folder.join(LOG), &log).unwrap();
        let opened = match Ledger::open(&folder) {
            Ok(ledger) => Ok(ledger.history().entries().len()),
            Err(LedgerError::Damaged { line, .. }) => Err(line),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(opened, outcome, "{log:?}");
    }
}

#[test]
fn there_may_be_none() {
    let (_temporary, folder) = place();
    assert!(matches!(
        History::read(&folder),
        Err(LedgerError::Missing { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is written is read; whatever is cut leaves what came before, and writing goes on from there.
    #[test]
    fn every_prefix_is_a_ledger(events in prop::collection::vec((event(), any::<u64>()), 1..8), cut: prop::sample::Index, next in event()) {
        let (_temporary, folder) = place();
        let mut ledger = Ledger::open(&folder).unwrap();
        let mut ends = vec![0];
        for (event, at) in &events {
            ledger.append(event, *at).unwrap();
            ends.push(fs_err::metadata(folder.join(LOG)).unwrap().len());
        }
        let written: Vec<Entry> = events.into_iter().map(|(event, at_unix_ms)| Entry { at_unix_ms, event }).collect();
        prop_assert_eq!(ledger.history().entries(), &written);
        drop(ledger);

        let bytes = fs_err::read(folder.join(LOG)).unwrap();
        let cut = cut.index(bytes.len() + 1);
        fs_err::write(folder.join(LOG), &bytes[..cut]).unwrap();
        let whole = ends.iter().filter(|&&end| end > 0 && end <= cut as u64).count();
        let mut ledger = Ledger::open(&folder).unwrap();
        prop_assert_eq!(ledger.history().entries(), &written[..whole]);
        ledger.append(&next, 1).unwrap();
        drop(ledger);
        let read = History::read(&folder).unwrap();
        prop_assert_eq!(read.entries().len(), whole + 1);
        prop_assert_eq!(&read.entries()[whole], &Entry { at_unix_ms: 1, event: next });
    }
}
