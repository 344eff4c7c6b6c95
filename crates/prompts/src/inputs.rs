//! The input of each template. What comes from a dataset or a package is text, and templates fence it.

use serde::Serialize;

use crate::{Checks, Feedback, Prompt, PythonEnvironment};

/// Says on fixed lines which conversation this is. All of it is the host's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// `brainstormer`, `designer`, `refactor`, `reviewer`, `react`, `single`.
    pub agent: String,
    /// Slug of the dataset: `[a-z0-9-]`.
    pub dataset: String,
    /// Id of the task; `-` while there is none.
    pub task: String,
    /// Which attempt, from 1.
    pub attempt: u32,
}

macro_rules! prompts {
    ($($(#[$doc:meta])* $name:ident = $template:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl Prompt for $name {
                const NAME: &'static str = $template;
            }
        )*

        /// Names of all templates that are rendered, each with that of its input.
        #[cfg(test)]
        pub(crate) const NAMES: &[(&str, &str)] = &[$(($template, stringify!($name))),*];
    };
}

prompts! {
    /// Who the Brainstormer is.
    BrainstormerSystem = "brainstormer/system" {
        /// Where its scripts run.
        python: PythonEnvironment,
        /// Most replies before it must have handed in.
        steps: u32,
        /// Most calls of one reply that are done.
        calls: usize,
        /// What its proposals are measured by.
        checks: Checks,
        /// Most proposals for one dataset.
        most_proposals: u32,
        /// The metrics that tasks can be scored by, a line for each objective.
        metrics: Vec<String>,
        /// Whether the dataset has several tables.
        tables: bool,
    }

    /// A dataset to make proposals for.
    BrainstormerTask = "brainstormer/task" {
        /// Which conversation.
        header: Header,
        /// What was measured of the data.
        profile: String,
        /// What stands beside the data; may be empty.
        documentation: String,
        /// What came of an earlier attempt.
        feedback: Feedback,
    }

    /// Who the Designer is.
    DesignerSystem = "designer/system" {
        /// Where its scripts run.
        python: PythonEnvironment,
        /// Most replies before it must have handed in.
        steps: u32,
        /// Most calls of one reply that are done.
        calls: usize,
        /// What its draft is measured by.
        checks: Checks,
        /// Whether the dataset has several tables.
        tables: bool,
    }

    /// A proposal to make a draft of.
    DesignerTask = "designer/task" {
        /// Which conversation.
        header: Header,
        /// The proposal as JSON.
        proposal: String,
        /// What the metric is, in a sentence with its direction.
        metric: String,
        /// What was measured of the data.
        profile: String,
        /// What stands beside the data; may be empty.
        documentation: String,
        /// What came of an earlier attempt.
        feedback: Feedback,
    }

    /// Who the Refactor is.
    RefactorSystem = "refactor/system" {
        /// Where its scripts run.
        python: PythonEnvironment,
        /// Most replies before it must have handed in.
        steps: u32,
        /// Most calls of one reply that are done.
        calls: usize,
        /// What its package is measured by.
        checks: Checks,
        /// Whether the dataset has several tables.
        tables: bool,
    }

    /// A draft to make the unified package of.
    RefactorTask = "refactor/task" {
        /// Which conversation.
        header: Header,
        /// The proposal as JSON.
        proposal: String,
        /// What the metric is, in a sentence with its direction.
        metric: String,
        /// What was measured of the data.
        profile: String,
        /// What stands beside the data; may be empty.
        documentation: String,
        /// The files of the draft: path and number of characters.
        draft: Vec<(String, usize)>,
        /// What the Designer says of them; may be empty.
        notes: String,
        /// What came of an earlier attempt.
        feedback: Feedback,
    }

    /// Who the Reviewer is.
    ReviewerSystem = "reviewer/system" {
        /// What was checked already, so that the review need not: titles of checks.
        checked: Vec<String>,
        /// The least mean of the scores that admits a package.
        admits: f64,
        /// How many of the five dimensions must be scored at least.
        least: u32,
    }

    /// A package to review.
    ReviewerInput = "reviewer/review" {
        /// Which conversation.
        header: Header,
        /// The files that the review may quote: path and text.
        files: Vec<(String, String)>,
        /// The public files with their columns.
        profile: String,
        /// The columns of the raw data, each with what it holds and what becomes of it.
        raw: String,
        /// What stands beside the raw data; may be empty.
        documentation: String,
        /// What was measured of the package: scores of baselines, warnings of checks.
        measured: String,
    }

    /// Who the agent is that takes part in an episode.
    ReactSystem = "react/system" {
        /// Where its scripts run.
        python: PythonEnvironment,
        /// Most actions.
        steps: u32,
    }

    /// A task to take part in.
    ReactTask = "react/task" {
        /// Which conversation.
        header: Header,
    }

    /// Who the one agent is that does everything.
    SingleSystem = "single/system" {
        /// Where its scripts run.
        python: PythonEnvironment,
        /// Most replies before it must have handed in.
        steps: u32,
        /// Most calls of one reply that are done.
        calls: usize,
        /// What its packages are measured by.
        checks: Checks,
        /// Most packages for one dataset.
        most_proposals: u32,
        /// The metrics that tasks can be scored by, a line for each objective.
        metrics: Vec<String>,
        /// Whether the dataset has several tables.
        tables: bool,
    }

    /// A dataset to make packages of, or a package to repair.
    SingleTask = "single/task" {
        /// Which conversation.
        header: Header,
        /// What was measured of the data.
        profile: String,
        /// What stands beside the data; may be empty.
        documentation: String,
        /// The proposal whose package is to be repaired, as JSON; empty for a dataset to begin with.
        proposal: String,
        /// What came of an earlier attempt.
        feedback: Feedback,
    }
}
