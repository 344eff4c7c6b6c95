//! An episode on disk: one line for how it was set up, one for each step; append only.
//!
//! A line that was torn when the writer was killed is dropped. A replay takes the same actions again and compares what an
//! agent sees, bit for bit; only the time that scripts took is taken from the recording, because budgets rest on it.

use std::io::{BufRead, BufReader, Write};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use process::Fault;
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Action, Episode, InvalidAction, Options, Step, Task};
use crate::ExecuteError;

/// Version of the lines.
const FORMAT: u32 = 1;

/// A recorded episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    header: Header,
    steps: Vec<Recorded>,
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Header {
    format: u32,
    /// Digest of the task, which names its contents.
    task: String,
    options: Options,
}

/// What every version of the first line has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// A line for a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Recorded {
    /// The action as it was written, whether it was one or not.
    action: String,
    #[serde(flatten)]
    step: Step,
}

/// What a replay gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Replayed {
    /// Every observation and reward was the same.
    Identical {
        /// Steps.
        steps: usize,
    },
    /// A step gave something else.
    Different {
        /// Index of the step, from 1.
        step: usize,
        /// What was recorded.
        recorded: Box<Step>,
        /// What it gave now.
        replayed: Box<Step>,
    },
}

/// Why a recording can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It can't be read or written.
    #[error("the recording can't be read or written")]
    File(#[source] std::io::Error),
    /// A line is not what a recording has there.
    #[error("line {line} of `{path}` is no line of a recording")]
    Line {
        /// The file.
        path: Utf8PathBuf,
        /// From 1.
        line: usize,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Not even its first line is there.
    #[error("`{path}` holds no recording")]
    Empty {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A newer program wrote it.
    #[error("`{path}` has the format {found}, this program knows {FORMAT}")]
    Format {
        /// The file.
        path: Utf8PathBuf,
        /// The format that it has.
        found: u32,
    },
    /// It belongs to another task.
    #[error("the recording is of another task (digest {recorded}, not {task})")]
    OtherTask {
        /// Digest in the recording.
        recorded: String,
        /// Digest of the task.
        task: String,
    },
    /// A step could not be run.
    #[error("a recorded step could not be run")]
    Run(#[source] ExecuteError),
}

/// Writes a recording while its episode goes on.
#[derive(Debug)]
pub struct Recorder {
    file: fs::File,
}

impl Recorder {
    /// Begins a recording at `path`, which must not exist.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub fn create(path: &Utf8Path, episode: &Episode) -> Result<Self, RecordingError> {
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(RecordingError::File)?;
        let mut recorder = Self { file };
        recorder.line(&Header {
            format: FORMAT,
            task: episode.task().manifest().digest.clone(),
            options: episode.options().clone(),
        })?;
        Ok(recorder)
    }

    /// Adds a step, with the action as it was written.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub fn add(&mut self, action: &str, step: &Step) -> Result<(), RecordingError> {
        self.line(&Recorded {
            action: action.to_owned(),
            step: step.clone(),
        })
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), RecordingError> {
        let mut text = serde_json::to_string(value).expect("what is recorded is plain data");
        text.push('\n');
        self.file
            .write_all(text.as_bytes())
            .map_err(RecordingError::File)
    }
}

impl Recording {
    /// Reads the recording at `path`.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(path: &Utf8Path) -> Result<Self, RecordingError> {
        let mut reader = BufReader::new(fs::File::open(path).map_err(RecordingError::File)?);
        let mut header = None;
        let mut steps = Vec::new();
        for line in 1.. {
            let mut text = String::new();
            let count = reader.read_line(&mut text).map_err(RecordingError::File)?;
            // Without its end, the line was being written when the writer was killed.
            if count == 0 || !text.ends_with('\n') {
                break;
            }
            let wrong = |source| RecordingError::Line {
                path: path.to_owned(),
                line,
                source,
            };
            if header.is_none() {
                let Version { format } = serde_json::from_str(&text).map_err(wrong)?;
                if format != FORMAT {
                    let path = path.to_owned();
                    return Err(RecordingError::Format {
                        path,
                        found: format,
                    });
                }
                header = Some(serde_json::from_str::<Header>(&text).map_err(wrong)?);
            } else {
                steps.push(serde_json::from_str(&text).map_err(wrong)?);
            }
        }
        match header {
            None => Err(RecordingError::Empty {
                path: path.to_owned(),
            }),
            Some(header) => Ok(Self { header, steps }),
        }
    }

    /// Takes the same actions in a new episode of `task`, and compares.
    ///
    /// # Errors
    ///
    /// When it was recorded with another task, or something can't be run.
    pub async fn replay(&self, task: Arc<Task>) -> Result<Replayed, RecordingError> {
        let digest = &task.manifest().digest;
        if *digest != self.header.task {
            return Err(RecordingError::OtherTask {
                recorded: self.header.task.clone(),
                task: digest.clone(),
            });
        }
        let options = self.header.options.clone();
        let mut episode = Episode::new(task, options).map_err(RecordingError::Run)?;
        for (at, recorded) in self.steps.iter().enumerate() {
            let action = Action::from_json(&recorded.action);
            let took = Some(recorded.step.info.script_ms);
            let step = patiently(&mut episode, action.as_ref(), took).await;
            let mut step = step.map_err(RecordingError::Run)?;
            step.info = recorded.step.info;
            if step != recorded.step {
                return Ok(Replayed::Different {
                    step: at + 1,
                    recorded: Box::new(recorded.step.clone()),
                    replayed: Box::new(step),
                });
            }
        }
        Ok(Replayed::Identical {
            steps: self.steps.len(),
        })
    }
}

/// Takes a step more than once where the host could not run it: that is no difference.
async fn patiently(
    episode: &mut Episode,
    action: Result<&Action, &InvalidAction>,
    script_ms: Option<u64>,
) -> Result<Step, ExecuteError> {
    for _ in 1..ATTEMPTS {
        match episode.take_or_fail(action, script_ms).await {
            Err(error) if error.fault() == Fault::Transient => {
                tracing::warn!(%error, "a recorded step is taken again");
            }
            other => return other,
        }
    }
    episode.take_or_fail(action, script_ms).await
}
