//! What an agent can ask for: only what a competitor may know.
//!
//! Nothing here opens a file that is not public, whatever a manifest names. Ladder and milestones of the manifest stay out: they are scores on the
//! answers, final rows included.

use camino::{Utf8Component, Utf8Path};
use fs_err as fs;
use sandbox::roles::{PUBLIC, WORK};
use std::io::{BufRead, BufReader, Read};
use task_format::{DESCRIPTION, Manifest};

use super::action::InfoType;
use super::observation::Part;
use super::text::excerpt;
use crate::{ExecuteError, SUBMISSION_FILE};

/// Lines of the sample submission that are shown, the header included.
const SAMPLE_LINES: usize = 4;

/// The longest line of it.
const LINE_BYTES: u64 = 2_000;

/// The longest text of a part but `metadata`, which is JSON and would not be with a part of it left out.
const PART_CHARACTERS: usize = 64 << 10;

/// How much of a description is read: enough to show where its end is left out.
const DESCRIPTION_BYTES: u64 = 1 << 20;

/// The parts that were asked for.
pub(super) fn parts(
    package: &Utf8Path,
    manifest: &Manifest,
    wanted: InfoType,
) -> Result<Vec<Part>, ExecuteError> {
    let list: &[InfoType] = match &wanted {
        InfoType::All => &InfoType::PARTS,
        one => std::slice::from_ref(one),
    };
    list.iter()
        .map(|part| {
            Ok(Part {
                name: part.as_str().to_owned(),
                text: text(package, manifest, *part)?,
            })
        })
        .collect()
}

fn text(package: &Utf8Path, manifest: &Manifest, part: InfoType) -> Result<String, ExecuteError> {
    let files = ExecuteError::files;
    Ok(match part {
        InfoType::Overview => excerpt(&overview(manifest), PART_CHARACTERS),
        InfoType::Description => {
            let file = fs::File::open(package.join(DESCRIPTION)).map_err(files)?;
            let mut bytes = Vec::new();
            file.take(DESCRIPTION_BYTES)
                .read_to_end(&mut bytes)
                .map_err(files)?;
            excerpt(&String::from_utf8_lossy(&bytes), PART_CHARACTERS)
        }
        InfoType::SampleSubmission => {
            let sample = package.join("public/sample_submission.csv");
            first_lines(&sample, SAMPLE_LINES).map_err(files)?
        }
        InfoType::DataStructure => excerpt(
            &structure(package, manifest).map_err(files)?,
            PART_CHARACTERS,
        ),
        InfoType::DataPath => format!("{PUBLIC} (also `public` in the working directory)"),
        InfoType::OutputPath => {
            format!("{WORK}/{SUBMISSION_FILE} ({WORK} is the working directory)")
        }
        InfoType::Metadata => metadata(manifest),
        InfoType::All => unreachable!("all is asked for part by part"),
    })
}

fn overview(manifest: &Manifest) -> String {
    let metric = &manifest.metric;
    let better = match metric.direction {
        scoring::Direction::Maximize => "more is better",
        scoring::Direction::Minimize => "less is better",
    };
    format!(
        "{}\nPredict {} for each of the {} rows of test.csv ({} problem, {} labelled rows).\nMetric: {}, {better}; a perfect \
         submission scores {}.\nColumns of a submission: {}.",
        manifest.title,
        manifest.data.target_columns.join(", "),
        manifest.data.test_rows,
        manifest.task.objective.as_str(),
        manifest.data.train_rows,
        metric.name,
        metric.optimum,
        manifest.submission.columns.join(", "),
    )
}

fn structure(package: &Utf8Path, manifest: &Manifest) -> std::io::Result<String> {
    let mut lines = Vec::new();
    for file in manifest
        .data
        .files
        .iter()
        .filter(|file| is_public(&file.path))
    {
        let path = package.join(&file.path);
        let Ok(status) = fs::symlink_metadata(&path) else {
            lines.push(format!("{}  is missing", file.path));
            continue;
        };
        lines.push(format!(
            "{}  {} bytes  {}",
            file.path,
            status.len(),
            file.meaning
        ));
        if status.is_file() && path.extension() == Some("csv") {
            lines.push(format!(
                "    columns: {}",
                first_lines(&path, 1)?.trim_end()
            ));
        }
    }
    Ok(lines.join("\n"))
}

fn is_public(path: &str) -> bool {
    let mut components = Utf8Path::new(path).components();
    components.next() == Some(Utf8Component::Normal("public"))
        && components.all(|component| matches!(component, Utf8Component::Normal(_)))
}

fn first_lines(path: &Utf8Path, count: usize) -> std::io::Result<String> {
    let mut reader = BufReader::new(fs::File::open(path)?);
    let mut text = String::new();
    for _ in 0..count {
        let mut line = Vec::new();
        reader
            .by_ref()
            .take(LINE_BYTES)
            .read_until(b'\n', &mut line)?;
        text.push_str(&String::from_utf8_lossy(&line));
    }
    Ok(text)
}

fn metadata(manifest: &Manifest) -> String {
    let value = serde_json::json!({
        "id": manifest.id,
        "title": manifest.title,
        "task": manifest.task,
        "data": {
            "id_column": manifest.data.id_column,
            "target_columns": manifest.data.target_columns,
            "feature_columns": manifest.data.feature_columns,
            "train_rows": manifest.data.train_rows,
            "test_rows": manifest.data.test_rows,
        },
        "submission": manifest.submission,
        "metric": manifest.metric,
        "limits": manifest.limits,
        "environment": manifest.environment.name,
    });
    serde_json::to_string_pretty(&value).expect("a manifest is data that JSON has words for")
}
