//! Where what was found wrong goes, and that it stays open until it is repaired.

use facts::{Dimension, Reviewer};
use findings::{Measured, Policy, Status};

use super::*;
use crate::{draft::not_run, making::Made};

fn files(names: &[&str]) -> Files {
    names
        .iter()
        .map(|name| ((*name).to_owned(), format!("text of {name}")))
        .collect()
}

fn finding(id: &str) -> Finding {
    let policy = Policy::embedded();
    let rule = policy.rule(id.parse().unwrap()).unwrap();
    Finding {
        check: id.parse().unwrap(),
        title: rule.title.clone(),
        severity: rule.severity,
        status: Status::Fail,
        measured: Measured {
            value: None,
            text: "something".to_owned(),
        },
        threshold: String::new(),
        evidence: Vec::new(),
        message: "it is wrong".to_owned(),
        hint: None,
    }
}

fn issue(route: IssueRoute, message: &str) -> ReviewIssue {
    ReviewIssue {
        severity: IssueSeverity::Major,
        category: Dimension::Clarity,
        place: "description.md".to_owned(),
        quote: None,
        message: message.to_owned(),
        fix: "repair it".to_owned(),
        route: Some(route),
    }
}

fn review(issues: &[ReviewIssue]) -> ReviewFacts {
    ReviewFacts {
        reviewer: Reviewer {
            name: "judge".to_owned(),
            version: 1,
            model: None,
        },
        scores: Vec::new(),
        issues: issues.to_vec(),
        failure: None,
    }
}

fn designed(made: Made<&[&str]>, findings: &[&str]) -> Designed {
    Designed {
        made: made.map(|names| Draft {
            files: files(names),
            notes: None,
        }),
        run: not_run(),
        files: BTreeMap::new(),
        findings: findings.iter().map(|id| finding(id)).collect(),
        notes: Vec::new(),
    }
}

fn draft() -> Box<Designed> {
    Box::new(designed(Made::Handed(&["prepare.py", "test_task.py"]), &[]))
}

fn packaged(names: &[&str], findings: &[&str]) -> Packaged {
    let findings = findings.iter().map(|id| finding(id)).collect();
    Packaged::without_candidate(Made::Handed(files(names)), findings)
}

fn gave_up() -> Packaged {
    Packaged::without_candidate(Made::GaveUp("no replies left".to_owned()), Vec::new())
}

fn ids(feedback: &Feedback) -> Vec<String> {
    verdict::ids(feedback.findings.iter())
}

fn messages(feedback: &Feedback) -> Vec<&str> {
    feedback
        .issues
        .iter()
        .map(|issue| issue.message.as_str())
        .collect()
}

#[track_caller]
fn to_designer(step: Step) -> Feedback {
    match step {
        Step::Design(feedback) => feedback,
        _ => panic!("the Designer is to be asked"),
    }
}

#[track_caller]
fn to_refactor(step: Step) -> Feedback {
    match step {
        Step::Refactor(_, feedback) => feedback,
        _ => panic!("the Refactor is to be asked"),
    }
}

fn sent_back(course: &mut Course, issues: &[ReviewIssue]) -> Step {
    let verdict = verdict::of_findings(vec![finding("F01")]);
    let package = packaged(&["description.md", "prepare.py"], &[]);
    let caps = (Caps::default(), None);
    after_review(draft(), package, &review(issues), verdict, course, caps)
}

#[test]
fn a_designer_that_hands_in_nothing_is_told_everything_again() {
    let mut course = Course::default();
    let asked = to_designer(sent_back(
        &mut course,
        &[issue(IssueRoute::Designer, "divide by day")],
    ));
    assert_eq!(
        asked.previous,
        files(&["description.md", "prepare.py", "test_task.py"])
    );
    course.design = 1;
    let nothing = designed(Made::GaveUp("no replies left".to_owned()), &[]);
    let again = to_designer(after_design(nothing, &mut course, Caps::default()));
    assert_eq!(again.previous, asked.previous);
    assert_eq!(ids(&again), ["F01"]);
    assert_eq!(messages(&again), ["divide by day"]);
    assert!(again.notes[0].contains("no replies left"), "{again:?}");
}

#[test]
fn a_repair_that_fails_on_paper_still_has_the_review_to_answer() {
    let mut course = Course::default();
    to_refactor(sent_back(
        &mut course,
        &[issue(IssueRoute::Refactor, "name the unit")],
    ));
    course.refactor = 1;
    let caps = (Caps::default(), None);
    let wrong = packaged(&["metric.py"], &["A05"]);
    let again = to_refactor(after_refactor(draft(), wrong, &mut course, caps));
    assert_eq!(again.previous, files(&["metric.py"]));
    assert_eq!(ids(&again), ["A05", "F01"]);
    assert_eq!(messages(&again), ["name the unit"]);
    course.refactor = 2;
    let third = to_refactor(after_refactor(draft(), gave_up(), &mut course, caps));
    assert_eq!(third.previous, files(&["metric.py"]));
    assert_eq!(ids(&third), ["A05", "F01"]);
    course.refactor = 3;
    assert!(matches!(
        after_refactor(draft(), gave_up(), &mut course, caps),
        Step::Lost(..)
    ));
}

#[test]
fn of_a_mixed_review_each_agent_does_its_share() {
    let mut course = Course::default();
    let asked = to_designer(sent_back(
        &mut course,
        &[
            issue(IssueRoute::Designer, "divide by day"),
            issue(IssueRoute::Refactor, "name the unit"),
        ],
    ));
    assert_eq!(messages(&asked), ["divide by day", "name the unit"]);
    let repaired = designed(Made::Handed(&["prepare.py"]), &[]);
    let then = to_refactor(after_design(repaired, &mut course, Caps::default()));
    assert_eq!(messages(&then), ["name the unit"]);
    assert!(then.previous.is_empty() && then.findings.is_empty());
}

#[test]
fn what_was_passed_is_not_told_again() {
    let mut course = Course::default();
    to_refactor(sent_back(
        &mut course,
        &[issue(IssueRoute::Refactor, "name the unit")],
    ));
    course.reviewed();
    let verdict = verdict::of_findings(vec![finding("B08")]);
    let caps = (Caps::default(), None);
    let package = || packaged(&["prepare.py"], &[]);
    let back = after_execution(draft(), package(), &verdict, &mut course, caps);
    let asked = to_designer(back.unwrap());
    assert_eq!(ids(&asked), ["B08"]);
    assert!(asked.issues.is_empty());
    assert!(after_execution(draft(), package(), &verdict, &mut course, caps).is_none());
}

#[test]
fn leaks_are_the_designers_wherever_they_are_met() {
    let caps = (Caps::default(), None);
    let leaks = || packaged(&["prepare.py"], &["D01"]);
    let mut course = Course {
        refactor: 1,
        ..Course::default()
    };
    let asked = to_designer(after_refactor(draft(), leaks(), &mut course, caps));
    assert_eq!(ids(&asked), ["D01"]);
    assert!(asked.previous.contains_key("test_task.py"));
    // Another time the Refactor has to do what it can.
    let again = to_refactor(after_refactor(draft(), leaks(), &mut course, caps));
    assert_eq!(ids(&again), ["D01"]);

    let verdict = verdict::of_findings(vec![finding("D01")]);
    let mut course = Course::default();
    let package = packaged(&["prepare.py"], &[]);
    let judged = review(&[]);
    to_designer(after_review(
        draft(),
        package,
        &judged,
        verdict,
        &mut course,
        caps,
    ));
}

#[test]
fn the_one_agent_that_wrote_everything_repairs_everything() {
    let written = files(&["prepare.py"]);
    let caps = (Caps::default(), Some(&written));
    let mut course = Course {
        refactor: 1,
        ..Course::default()
    };
    let leaks = packaged(&["prepare.py"], &["D01"]);
    to_refactor(after_refactor(draft(), leaks, &mut course, caps));
}

#[track_caller]
fn lost(step: Step) -> Lost {
    match step {
        Step::Lost(lost) => lost,
        _ => panic!("the task is to be lost"),
    }
}

#[test]
fn a_task_that_is_given_up_is_rejected_by_what_stands_against_it() {
    let caps = (Caps::default(), None);
    let verdict = verdict::of_findings(vec![finding("C01"), finding("C03")]);
    let rejected = |verdict: &Verdict| verdict::ids(verdict.rejecting());
    let mut course = Course {
        ladder: vec![("constant".to_owned(), 0.5)],
        ..Course::default()
    };
    let package = packaged(&["prepare.py"], &[]);
    let back = after_execution(draft(), package, &verdict, &mut course, caps);
    to_designer(back.unwrap());
    course.design = 1;
    // What it tried in between failed on paper.
    let worse = designed(Made::Handed(&["prepare.py"]), &["A05"]);
    to_designer(after_design(worse, &mut course, Caps::default()));
    course.design = 2;
    let declined = designed(Made::Declined(Some("it is noise".to_owned())), &[]);
    let ended = lost(after_design(declined, &mut course, Caps::default()));
    assert_eq!(rejected(&ended.verdict), ["A05", "C01", "C03"]);
    assert_eq!(
        ended.reason.as_deref(),
        Some("the Designer gave up: it is noise")
    );
    assert_eq!(ended.ladder.len(), 1);

    let mut course = Course::default();
    to_refactor(sent_back(
        &mut course,
        &[issue(IssueRoute::Refactor, "name the unit")],
    ));
    course.refactor = 1;
    let again = Packaged::without_candidate(Made::Declined(None), Vec::new());
    let ended = lost(after_refactor(draft(), again, &mut course, caps));
    assert_eq!(rejected(&ended.verdict), ["F01"]);
    let why = "the Refactor handed in again, unchanged, what was rejected";
    assert_eq!(ended.reason.as_deref(), Some(why));
}

#[test]
fn a_proposal_may_be_given_up_before_anything_stands_against_it() {
    let declined = designed(Made::Declined(Some("the column is empty".to_owned())), &[]);
    let mut course = Course::default();
    let ended = lost(after_design(declined, &mut course, Caps::default()));
    assert!(ended.verdict.accepted() && ended.reason.is_some());
}
