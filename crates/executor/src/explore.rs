//! Runs a script that looks at raw data for whoever designs a task: what it prints is all that comes out.
//!
//! It sees what `prepare.py` sees, the raw data and files of its author; answers of a published task are not there.

use camino::Utf8Path;
use facts::RunFailure;
use sandbox::{
    Mount,
    roles::{self, CODE, RAW, WORK},
};
use task_format::LimitsTable;

use crate::episode::text::{excerpt, own_frames, without_addresses};
use crate::warm::Loaded;
use crate::{ExecuteError, Executor, Usage, executor};

/// What a script printed, and why it failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Explored {
    /// Why it failed; `None` when it ended well.
    pub failure: Option<RunFailure>,
    /// Standard output, the middle left out when it is long.
    pub stdout: String,
    /// Standard error, without the frames of libraries, the middle left out when it is long.
    pub stderr: String,
}

impl Executor {
    /// Runs the script `script` of the folder `code` with the raw data in `raw/`, read-only, and every other file of `code` in the
    /// working directory, within `limits`; at most `characters` of each stream are kept, without addresses of objects.
    ///
    /// # Errors
    ///
    /// When the run could not be made; a script that fails is part of what was seen.
    pub async fn explore(
        &self,
        raw: &Utf8Path,
        code: &Utf8Path,
        script: &str,
        limits: &LimitsTable,
        characters: usize,
    ) -> Result<(Explored, Usage), ExecuteError> {
        let limits = executor::limits(limits);
        let mut policy = roles::prepare(&self.closure(), raw, code, limits.clone());
        "explore".clone_into(&mut policy.name);
        let link = |target: &Utf8Path, name: &str| Mount::Symlink {
            target: target.to_owned(),
            inside: Utf8Path::new(WORK).join(name),
        };
        policy.mounts.push(link(Utf8Path::new(RAW), "raw"));
        let mut names = Vec::new();
        for entry in code.read_dir_utf8().map_err(ExecuteError::files)? {
            names.push(entry.map_err(ExecuteError::files)?.file_name().to_owned());
        }
        names.sort();
        let taken = ["raw", "public", "private"];
        for name in names.iter().filter(|name| !taken.contains(&name.as_str())) {
            policy
                .mounts
                .push(link(&Utf8Path::new(CODE).join(name), name));
        }
        let path = Utf8Path::new(CODE).join(script);
        let completed = self
            .python_with(Loaded::Libraries, &policy, &[path.as_str()])
            .await?;
        let record = &completed.record;
        let seen = |text: &str| excerpt(&without_addresses(text), characters);
        Ok((
            Explored {
                failure: executor::failure(record, &limits),
                stdout: seen(&record.stdout.text()),
                stderr: seen(&own_frames(&record.stderr.text())),
            },
            Usage::from(record),
        ))
    }
}
