//! The course of one task: how often each stage was tried, what is still to be repaired, and what is done next.
//!
//! Nothing here asks a model or runs anything.

use std::collections::{BTreeMap, BTreeSet};

use agents::Draft;
use agents::llm::{Feedback, Files};
use facts::{IssueRoute, IssueSeverity, ReviewFacts, ReviewIssue};
use findings::{CheckId, Finding, Verdict};
use ledger::StageKey;

use crate::{
    Stage,
    designing::Designed,
    engine::Caps,
    making::{Made, told},
    packaging::Packaged,
    spent::Spent,
    stage::Given,
    verdict,
};

/// What is done next.
pub(crate) enum Step {
    Design(Feedback),
    Refactor(Box<Designed>, Feedback),
    Review(Box<Designed>, Box<Packaged>),
    Lost(Lost),
}

/// A proposal that came no further.
pub(crate) struct Lost {
    pub(crate) verdict: Verdict,
    /// Name and score of each rung; empty when it came not that far.
    pub(crate) ladder: Vec<(String, f64)>,
    /// Why, where no check says it.
    pub(crate) reason: Option<String>,
}

impl Lost {
    /// Lost before anything of it was measured.
    fn early(verdict: Verdict, reason: Option<String>) -> Step {
        Step::Lost(Self {
            verdict,
            ladder: Vec::new(),
            reason,
        })
    }
}

/// How often each stage was tried, how often it still may be, and what the next attempt must know.
#[derive(Default)]
pub(crate) struct Course {
    /// Attempts by stage, all together.
    made: BTreeMap<Stage, u32>,
    /// Attempts since the stage was last asked for something new.
    pub(crate) design: u32,
    pub(crate) refactor: u32,
    /// How often a candidate was sent back.
    sent_by_review: u32,
    /// The same by what was measured or run.
    sent_by_execution: u32,
    /// What the agent at work was told; an attempt that hands in nothing leaves it as it is.
    told: Feedback,
    /// What each judgement wants repaired, until the candidate has passed that judgement.
    by_tables: Open,
    by_review: Open,
    by_execution: Open,
    /// Name and score of each rung of the candidate that execution sent back last.
    pub(crate) ladder: Vec<(String, f64)>,
    /// Work that is paid for: the same work is done once, however often its result is read.
    paid: BTreeSet<StageKey>,
    pub(crate) spent: Spent,
}

/// What a candidate was sent back for.
#[derive(Default)]
struct Open {
    findings: Vec<Finding>,
    issues: Vec<ReviewIssue>,
    /// Whether it was sent to the Designer: then the Refactor has only to see to what concerns words.
    to_designer: bool,
}

impl Course {
    /// A course on which that much was spent before its first stage.
    pub(crate) fn after(spent: Spent) -> Self {
        Self {
            spent,
            ..Self::default()
        }
    }

    /// The number of the next attempt at a stage, from 1.
    pub(crate) fn next(&mut self, stage: Stage) -> u32 {
        let made = self.made.entry(stage).or_default();
        *made += 1;
        *made
    }

    /// Attempts by name of the stage.
    pub(crate) fn attempts(&self) -> BTreeMap<String, u32> {
        self.made
            .iter()
            .map(|(stage, attempts)| (stage.as_str().to_owned(), *attempts))
            .collect()
    }

    /// Adds what a result cost, unless it was had on this course already.
    pub(crate) fn pay<T>(&mut self, given: &Given<T>) {
        if self.paid.insert(given.key) {
            self.spent = self.spent.and(given.spent);
        }
    }

    /// The review has let the candidate pass.
    pub(crate) fn reviewed(&mut self) {
        self.by_review = Open::default();
    }

    fn open(&self) -> [&Open; 3] {
        [&self.by_tables, &self.by_review, &self.by_execution]
    }

    /// `feedback` with what is still to be repaired by the Designer.
    fn for_designer(&mut self, mut feedback: Feedback) -> Feedback {
        for open in self.open().into_iter().filter(|open| open.to_designer) {
            open.add_all(&mut feedback);
        }
        self.told = feedback.clone();
        feedback
    }

    /// `feedback` with what is still to be repaired by the Refactor.
    fn for_refactor(&mut self, mut feedback: Feedback) -> Feedback {
        for open in self.open() {
            if open.to_designer {
                open.add_issues(&mut feedback, |issue| !is_for_the_designer(issue));
            } else {
                open.add_all(&mut feedback);
            }
        }
        self.told = feedback.clone();
        feedback
    }

    /// What stands against the task when an agent gives it up: what that agent was told, and what is still to be repaired.
    fn standing(&self) -> Verdict {
        let mut feedback = self.told.clone();
        for open in self.open() {
            open.add_all(&mut feedback);
        }
        verdict::of_findings(feedback.findings)
    }

    /// The end of a task that an agent gave up.
    fn given_up(&self, why: Option<String>) -> Step {
        Step::Lost(Lost {
            verdict: self.standing(),
            ladder: self.ladder.clone(),
            reason: why,
        })
    }

    /// What an agent that handed in nothing was told, and that it did so.
    fn told_again(&mut self, why: Option<String>) -> Feedback {
        self.told.notes.extend(why);
        self.told.clone()
    }
}

impl Open {
    fn add_all(&self, feedback: &mut Feedback) {
        // What a check says now counts, not what it said of an earlier candidate.
        let now: BTreeSet<CheckId> = feedback.findings.iter().map(|told| told.check).collect();
        let still = self.findings.iter().filter(|of| !now.contains(&of.check));
        feedback.findings.extend(still.cloned());
        self.add_issues(feedback, |_| true);
    }

    fn add_issues(&self, feedback: &mut Feedback, which: impl Fn(&ReviewIssue) -> bool) {
        for issue in self.issues.iter().filter(|issue| which(issue)) {
            if !feedback.issues.contains(issue) {
                feedback.issues.push(issue.clone());
            }
        }
    }
}

pub(crate) fn after_design(designed: Designed, course: &mut Course, caps: Caps) -> Step {
    let Some(problem) = designed.problem() else {
        course.design = 0;
        // The draft went on from the package: it holds all that was right of it.
        let feedback = course.for_refactor(Feedback::default());
        return Step::Refactor(Box::new(designed), feedback);
    };
    if matches!(designed.made, Made::Declined(_)) {
        return course.given_up(problem);
    }
    if course.design >= caps.design {
        return Lost::early(verdict::of_findings(designed.findings), problem);
    }
    Step::Design(match designed.draft() {
        None => course.told_again(problem),
        Some(draft) => {
            let previous = draft.files.clone();
            course.for_designer(Feedback {
                previous,
                findings: designed.findings,
                issues: Vec::new(),
                notes: problem.into_iter().collect(),
            })
        }
    })
}

pub(crate) fn after_refactor(
    designed: Box<Designed>,
    packaged: Packaged,
    course: &mut Course,
    (caps, ready): (Caps, Option<&Files>),
) -> Step {
    if packaged.is_whole() {
        course.refactor = 0;
        course.by_tables = Open::default();
        return Step::Review(designed, Box::new(packaged));
    }
    if packaged.is_given_up() {
        return course.given_up(packaged.reason);
    }
    let Some(previous) = packaged.files().cloned() else {
        if course.refactor < caps.refactor {
            return Step::Refactor(designed, course.told_again(packaged.reason));
        }
        return Lost::early(packaged.verdict, packaged.reason);
    };
    let findings = told(&packaged.verdict);
    // What is wrong with the data is the Designer's, as after execution, and as often.
    let to_designer = ready.is_none() && has_designers(&packaged.verdict);
    if to_designer && course.sent_by_execution < caps.execute {
        course.sent_by_execution += 1;
        course.by_tables = Open {
            findings,
            issues: Vec::new(),
            to_designer,
        };
        let feedback = going_on(previous, designed.draft());
        return Step::Design(course.for_designer(feedback));
    }
    if course.refactor < caps.refactor {
        let feedback = course.for_refactor(Feedback {
            previous,
            findings,
            issues: Vec::new(),
            notes: packaged.reason.into_iter().collect(),
        });
        return Step::Refactor(designed, feedback);
    }
    Lost::early(packaged.verdict, packaged.reason)
}

pub(crate) fn after_review(
    designed: Box<Designed>,
    packaged: Packaged,
    review: &ReviewFacts,
    verdict: Verdict,
    course: &mut Course,
    (caps, ready): (Caps, Option<&Files>),
) -> Step {
    if course.sent_by_review >= caps.review {
        return Lost::early(verdict, None);
    }
    course.sent_by_review += 1;
    // The one agent that wrote everything is asked where packages are made.
    let to_designer = ready.is_none()
        && (review.issues.iter().any(is_for_the_designer) || has_designers(&verdict));
    course.by_review = Open {
        findings: told(&verdict),
        issues: review.issues.clone(),
        to_designer,
    };
    back(designed, packaged, course, to_designer)
}

/// What follows when running the candidate told against it; nothing when it may not be sent back any more.
pub(crate) fn after_execution(
    designed: Box<Designed>,
    packaged: Packaged,
    verdict: &Verdict,
    course: &mut Course,
    (caps, ready): (Caps, Option<&Files>),
) -> Option<Step> {
    if course.sent_by_execution >= caps.execute {
        return None;
    }
    course.sent_by_execution += 1;
    let to_designer = ready.is_none();
    course.by_execution = Open {
        findings: told(verdict),
        issues: Vec::new(),
        to_designer,
    };
    Some(back(designed, packaged, course, to_designer))
}

fn back(
    designed: Box<Designed>,
    packaged: Packaged,
    course: &mut Course,
    to_designer: bool,
) -> Step {
    let previous = packaged.files().cloned().unwrap_or_default();
    if to_designer {
        let feedback = going_on(previous, designed.draft());
        Step::Design(course.for_designer(feedback))
    } else {
        let feedback = Feedback {
            previous,
            ..Feedback::default()
        };
        Step::Refactor(designed, course.for_refactor(feedback))
    }
}

/// The Designer goes on from the package, with the script that tries it, which no package holds.
fn going_on(mut previous: Files, draft: Option<&Draft>) -> Feedback {
    for (path, text) in draft.into_iter().flat_map(|draft| &draft.files) {
        previous.entry(path.clone()).or_insert_with(|| text.clone());
    }
    Feedback {
        previous,
        ..Feedback::default()
    }
}

/// Whether something that rejects is about what is predicted, from what, or how rows are divided: leaks, too small a test set,
/// personal data. The Refactor is told to leave these as the proposal says.
fn has_designers(verdict: &Verdict) -> bool {
    verdict.rejecting().any(|finding| {
        finding.check.group() == 'D' || ["C06", "E08"].contains(&&*finding.check.to_string())
    })
}

/// Where an issue goes. What the reviewer does not say follows from the file: words are the Refactor's, everything else the Designer's.
fn is_for_the_designer(issue: &ReviewIssue) -> bool {
    if issue.severity == IssueSeverity::Minor {
        return false;
    }
    match issue.route {
        Some(route) => route == IssueRoute::Designer,
        None => !["description.md", "task.toml"]
            .iter()
            .any(|file| issue.place.starts_with(file)),
    }
}

#[cfg(test)]
mod tests;
