//! Why the pipeline could not do its work. A bad candidate is a finding, an unsuitable dataset a refusal: neither is an error.

use camino::Utf8PathBuf;
use process::Fault;

use crate::ProfilerError;

/// Why the pipeline could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A dataset could not be opened.
    #[error("the dataset could not be opened")]
    Open {
        /// Why.
        #[source]
        source: datasets::OpenError,
    },
    /// The tables could not be measured.
    #[error(transparent)]
    Profile(#[from] ProfilerError),
    /// A model could not be asked.
    #[error("a model could not be asked")]
    Model {
        /// Why.
        #[source]
        source: llm::LlmError,
    },
    /// An agent could not go on.
    #[error("an agent could not go on")]
    Agent {
        /// Why.
        #[source]
        source: agents::llm::AgentError,
    },
    /// The reviewer gave no review that can be believed. That is no verdict on the candidate.
    #[error("the reviewer of `{task}` gave no review that can be believed")]
    Review {
        /// The task.
        task: String,
        /// Why.
        #[source]
        source: review::llm::JudgeError,
    },
    /// A dataset was not begun, because models can't be asked any more.
    #[error("not begun: {error}")]
    NotBegun {
        /// What ended the work on another dataset.
        error: String,
        /// Its class.
        fault: Fault,
    },
    /// A script could not be run.
    #[error("a script of the task could not be run")]
    Execute {
        /// Why.
        #[source]
        source: executor::ExecuteError,
    },
    /// The ledger could not be read or written.
    #[error("the ledger could not be used")]
    Ledger {
        /// Why.
        #[source]
        source: ledger::LedgerError,
    },
    /// A package could not be read or written.
    #[error("the task package could not be used")]
    Package {
        /// Why.
        #[source]
        source: task_format::PackageError,
    },
    /// A file of ours could not be read or written; the source names it.
    #[error("a working file could not be read or written")]
    Files {
        /// Which, and why.
        #[source]
        source: std::io::Error,
    },
    /// A folder stands where a task should be published, and it is no task.
    #[error("`{path}` is in the way: it is no published task")]
    InTheWay {
        /// The folder.
        path: Utf8PathBuf,
    },
    /// A file that a stage recorded is gone from the ledger.
    #[error("what `{stage}` recorded is gone from the ledger")]
    Lost {
        /// The stage.
        stage: &'static str,
    },
    /// Two datasets of one command have the same name.
    #[error("two datasets are called `{name}`")]
    SameName {
        /// The name.
        name: String,
    },
    /// What a stage recorded can't be read back.
    #[error("the recorded result of `{stage}` can't be read back")]
    Recorded {
        /// The stage.
        stage: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl PipelineError {
    pub(crate) fn files(source: std::io::Error) -> Self {
        Self::Files { source }
    }

    pub(crate) fn model(source: llm::LlmError) -> Self {
        Self::Model { source }
    }

    /// An error of the workbench is the pipeline's own; it is taken out of the agent's.
    pub(crate) fn agent(source: agents::llm::AgentError) -> Self {
        use agents::llm::AgentError;
        match source {
            AgentError::Llm(source) => Self::Model { source },
            AgentError::Workbench(error) => match error.source.downcast::<Self>() {
                Ok(own) => *own,
                Err(source) => Self::Agent {
                    source: AgentError::Workbench(agents::llm::WorkbenchError { source, ..error }),
                },
            },
        }
    }

    /// A judge that can't be asked is a model that can't be asked.
    pub(crate) fn judge(task: &str, source: review::llm::JudgeError) -> Self {
        match source {
            review::llm::JudgeError::Llm(source) => Self::Model { source },
            source => Self::Review {
                task: task.to_owned(),
                source,
            },
        }
    }

    /// Whether models are why the work could not be done.
    pub(crate) fn is_the_models(&self) -> bool {
        matches!(
            self,
            Self::Model { .. }
                | Self::NotBegun { .. }
                | Self::Execute {
                    source: executor::ExecuteError::Agent { .. },
                }
        )
    }

    /// Whether every further dataset would meet the same: the provider is out, the budget is spent, or the key is refused. Other
    /// refusals may be of one role or one request.
    pub(crate) fn meets_all_datasets(&self) -> bool {
        let key_is_refused = matches!(
            self,
            Self::Model {
                source: llm::LlmError::Refused {
                    status: 401 | 403,
                    ..
                }
            }
        );
        self.is_the_models() && (self.fault() != Fault::Setup || key_is_refused)
    }

    /// Whether a reviewer is why the work on one task could not be done.
    pub(crate) fn is_a_judges(&self) -> bool {
        matches!(self, Self::Review { .. })
    }

    /// An agent that can't go on in an episode is no script that can't be run.
    pub(crate) fn execute(source: executor::ExecuteError) -> Self {
        use executor::ExecuteError;
        match source {
            ExecuteError::Agent {
                source,
                fault,
                hint,
            } => match source.downcast::<agents::llm::AgentError>() {
                Ok(own) => Self::agent(*own),
                Err(source) => Self::Execute {
                    source: ExecuteError::Agent {
                        source,
                        fault,
                        hint,
                    },
                },
            },
            source => Self::Execute { source },
        }
    }

    pub(crate) fn ledger(source: ledger::LedgerError) -> Self {
        Self::Ledger { source }
    }

    pub(crate) fn package(source: task_format::PackageError) -> Self {
        Self::Package { source }
    }

    /// The class of trouble.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Open { .. }
            | Self::Profile(_)
            | Self::Ledger { .. }
            | Self::Files { .. }
            | Self::InTheWay { .. } => Fault::Setup,
            Self::Execute { source } => source.fault(),
            Self::Model { source } => source.fault(),
            Self::Agent { source } => source.fault(),
            Self::Review { source, .. } => source.fault(),
            Self::NotBegun { fault, .. } => *fault,
            Self::Package { .. } => Fault::Setup,
            Self::Lost { .. } | Self::SameName { .. } => Fault::Setup,
            Self::Recorded { .. } => Fault::Bug,
        }
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Open { source } => source.hint(),
            Self::Profile(error) => error.hint.clone(),
            Self::Execute { source } => source.hint(),
            Self::Model { source } => source.hint(),
            Self::Agent { source } => source.hint(),
            Self::Review { source, .. } => source.hint(),
            Self::NotBegun { .. } => {
                Some("the same command begins it once models can be asked again".to_owned())
            }
            Self::Ledger { source } => source.hint(),
            Self::Package { source } => source.hint(),
            Self::Files { .. } => Some("is the disk full, or the folder read-only?".to_owned()),
            Self::InTheWay { .. } => {
                Some("choose another `--out`, or move that folder away".to_owned())
            }
            Self::SameName { .. } => Some("run them into different `--out` folders".to_owned()),
            Self::Lost { .. } | Self::Recorded { .. } => {
                Some("`--from-scratch` ignores what was recorded".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use llm::LlmError;

    use super::*;
    use crate::outcome::with_causes;

    #[test]
    fn a_model_that_does_not_answer_in_an_episode_is_no_script_that_can_not_be_run() {
        let declined = llm::LlmError::TooLong {
            model: "small".to_owned(),
        };
        let gone = agents::llm::AgentError::Llm(declined);
        let error = PipelineError::execute(executor::ExecuteError::Agent {
            fault: gone.fault(),
            hint: gone.hint(),
            source: Box::new(gone),
        });
        assert!(error.is_the_models());
        let told = with_causes(&error);
        assert!(told.starts_with("a model could not be asked: "), "{told}");
        assert_eq!(told.matches("could not be asked").count(), 1, "{told}");
    }

    #[test]
    fn a_refused_key_meets_all_datasets_and_a_refused_request_does_not() {
        let meets = |source| PipelineError::Model { source }.meets_all_datasets();
        let refused = |status| LlmError::Refused {
            model: "m".to_owned(),
            status,
            message: String::new(),
        };
        assert!(meets(refused(401)) && meets(refused(403)));
        assert!(!meets(refused(400)) && !meets(refused(404)));
        let limit = "spent".to_owned();
        assert!(meets(LlmError::Budget { limit }));
        let difference = String::new();
        assert!(!meets(LlmError::NotRecorded { difference }));
    }
}
