//! The corpus: good datasets whose tasks must be accepted, and broken packages that the checks must catch, each by the id
//! it was broken for.
//!
//! Needs what the product itself needs: user namespaces, and the environment `tabular`, which is realised first if it is
//! not there. Two variables are for people: `SMITH_CORPUS_REPORT=FILE` writes the report there, and
//! `SMITH_CORPUS_ONLY=TEXT` tries only mutations and good forms with that text in their name, or mutations whose checks begin with it, on good
//! packages that an earlier run left.

#![cfg(test)]

mod broken;
mod corpus;
mod good;
mod kitchen;
mod matrix;
mod other_forms;
mod package;
#[path = "../it/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the end-to-end tests, which use all of it"
)]
mod support;
mod table;
mod verdicts;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use broken::Mutation;
use corpus::{Corpus, Rejected};
use good::RIGHTLY_REJECTED;
use matrix::Outcome;
use other_forms::{OTHER_FORMS, OtherForm};

/// Fewest datasets that must give a task: with fewer, their shapes would not be different enough to count false rejections.
const GOOD_DATASETS: usize = 20;

#[test]
fn every_check_has_a_mutation_and_every_mutation_a_check() {
    let known: BTreeSet<String> = assertions::check_ids().map(|id| id.to_string()).collect();
    let mutations = broken::all();
    let targets: BTreeSet<String> = mutations
        .iter()
        .flat_map(|mutation| mutation.checks)
        .map(|&id| id.to_owned())
        .collect();
    let without: Vec<&String> = known.difference(&targets).collect();
    assert!(
        without.is_empty(),
        "checks that no mutation tries: {without:?}"
    );
    let unknown: Vec<&String> = targets.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "mutations name checks that do not exist: {unknown:?}"
    );
    let names: BTreeSet<String> = mutations.iter().map(|mutation| mutation.folder()).collect();
    assert_eq!(
        names.len(),
        mutations.len(),
        "two mutations have the same name"
    );
}

#[test]
fn good_tasks_are_accepted_and_broken_ones_are_caught() {
    let only = std::env::var_os("SMITH_CORPUS_ONLY").map(|text| text.into_string().unwrap());
    let chosen: Vec<&'static Mutation> = broken::all()
        .into_iter()
        .filter(|mutation| {
            let matches = |text: &String| {
                mutation.name.contains(text.as_str())
                    || mutation
                        .checks
                        .iter()
                        .any(|id| id.starts_with(text.as_str()))
            };
            only.as_ref().is_none_or(matches)
        })
        .collect();

    let mut corpus = Corpus::new();
    let again = if only.is_none() {
        corpus.generate();
        corpus.verify_again()
    } else {
        corpus.generate_if_absent();
        Vec::new()
    };
    let outcomes = corpus.verify_mutations(&chosen);
    let forms: Vec<&'static OtherForm> = OTHER_FORMS
        .iter()
        .filter(|form| {
            only.as_ref()
                .is_none_or(|text| form.name.contains(text.as_str()))
        })
        .collect();
    let forms = corpus.verify_other_forms(&forms);

    let mut problems = if only.is_none() {
        wrongly_rejected(&corpus)
    } else {
        Vec::new()
    };
    for (form, verdict) in forms.iter().filter(|(_, verdict)| !verdict.accepted) {
        problems.push(format!(
            "the good package with {form} is rejected: {:?}",
            verdict.reasons()
        ));
    }
    for (task, verdict) in again.iter().filter(|(_, verdict)| !verdict.accepted) {
        problems.push(format!(
            "`{task}` is rejected when verified again: {:?}",
            verdict.reasons()
        ));
    }
    let false_rejections = problems.len();
    let missed: Vec<String> = outcomes.iter().flat_map(misses).collect();
    let report = report(&corpus, &outcomes, false_rejections, missed.len());
    println!("{report}");
    if let Some(path) = std::env::var_os("SMITH_CORPUS_REPORT") {
        fs_err::write(std::path::PathBuf::from(path), &report).unwrap();
    }
    problems.extend(missed);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Good datasets without a task, and rejections that nobody has found right.
fn wrongly_rejected(corpus: &Corpus) -> Vec<String> {
    let mut problems = corpus.lost.clone();
    let givers = corpus
        .accepted
        .values()
        .filter(|tasks| !tasks.is_empty())
        .count();
    if givers < GOOD_DATASETS {
        problems.push(format!("only {givers} datasets gave a task"));
    }
    for (dataset, tasks) in &corpus.accepted {
        if tasks.is_empty() {
            problems.push(format!("no task of `{dataset}` was accepted"));
        }
    }
    let right = |rejected: &&Rejected| {
        let known = RIGHTLY_REJECTED
            .iter()
            .find(|(task, ..)| *task == rejected.task);
        known.is_some_and(|(_, checks, _)| {
            rejected
                .checks
                .iter()
                .all(|id| checks.contains(&id.as_str()))
        })
    };
    let wrong = corpus.rejected.iter().filter(|rejected| !right(rejected));
    problems.extend(wrong.map(|rejected| {
        format!(
            "`{}` is rejected: {}",
            rejected.task,
            rejected.messages.join("; ")
        )
    }));
    problems
}

fn misses(outcome: &Outcome) -> Vec<String> {
    let miss = |id: &&str| {
        let finding = outcome.after.findings.get(*id);
        let said = finding.map_or("nothing".to_owned(), |finding| {
            format!(
                "{} (measured: {}; {})",
                finding.status, finding.measured, finding.message
            )
        });
        format!(
            "`{}` is not caught by {id}, which says {said}; rejecting: {:?}",
            outcome.mutation.name,
            outcome.after.reasons()
        )
    };
    outcome.missed().iter().map(miss).collect()
}

/// Everything as Markdown.
fn report(corpus: &Corpus, outcomes: &[Outcome], false_rejections: usize, misses: usize) -> String {
    let ids: Vec<String> = assertions::check_ids().map(|id| id.to_string()).collect();
    let tasks: usize = corpus.accepted.values().map(Vec::len).sum();
    let mut text = format!(
        "# Corpus\n\n{} good datasets, {tasks} tasks accepted, {} proposals rejected, {false_rejections} false rejections; \
         {} mutations of {} checks, {misses} misses.\n\n## Good datasets\n\n| dataset | accepted |\n| --- | --- |\n",
        corpus.accepted.len(),
        corpus.rejected.len(),
        outcomes.len(),
        ids.len(),
    );
    for (dataset, tasks) in &corpus.accepted {
        writeln!(text, "| {dataset} | {} |", tasks.join(", ")).expect("a string takes everything");
    }
    text += "\n| rejected proposal | why | why that is right |\n| --- | --- | --- |\n";
    for rejected in &corpus.rejected {
        let known = RIGHTLY_REJECTED
            .iter()
            .find(|(task, ..)| *task == rejected.task);
        let right = known.map_or("**nobody has found it right**", |(_, _, sentence)| sentence);
        let why = rejected.messages.join("; ").replace('|', "\\|");
        writeln!(text, "| {} | {why} | {right} |", rejected.task)
            .expect("a string takes everything");
    }
    text + "\n## Mutations\n\n" + &matrix::render(&ids, outcomes)
}
