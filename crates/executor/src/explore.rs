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

use crate::episode::text::{excerpt, own_frames};
use crate::warm::Loaded;
use crate::{ExecuteError, Executor, Usage, executor};

/// A look at the data is no training: what takes longer is a design that would be too slow.
const LIMITS: LimitsTable = LimitsTable {
    wall_seconds: 120,
    memory_bytes: 4 << 30,
    disk_bytes: 1 << 30,
    output_bytes: 1 << 20,
};

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
    /// working directory; at most `characters` of each stream are kept.
    ///
    /// # Errors
    ///
    /// When the run could not be made; a script that fails is part of what was seen.
    pub async fn explore(
        &self,
        raw: &Utf8Path,
        code: &Utf8Path,
        script: &str,
        characters: usize,
    ) -> Result<(Explored, Usage), ExecuteError> {
        let limits = executor::limits(&LIMITS);
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
        Ok((
            Explored {
                failure: executor::failure(record, &limits),
                stdout: excerpt(&record.stdout.text(), characters),
                stderr: excerpt(&own_frames(&record.stderr.text()), characters),
            },
            Usage::from(record),
        ))
    }
}
