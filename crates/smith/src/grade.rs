//! `smith grade`: natively and at once for a metric of the catalogue; a task's own metric runs in the sandbox.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use executor::Executor;
use facts::{GradeOutcome, RunFailure};
use grading::{Grade, InvalidSubmission, MetricRefusal, Structure};
use pipeline::EnvironmentMatch;
use scoring::Metric;
use task_format::Package;

use crate::{
    arguments::{self, Global},
    console::{self, Console},
    exit,
    failure::Failure,
    sandbox::{environment_settings, on_this_host},
    verify::{described, unusable},
};

/// What the submission is called where the metric sees it.
const SUBMISSION: &str = "submission.csv";

pub(crate) async fn run(global: &Global, arguments: &arguments::Grade) -> Result<u8, Failure> {
    let package = Package::open(&arguments.task)?;
    let answers = package.root.join(task_format::ANSWERS);
    let (submission, manifest) = (&arguments.submission, &package.manifest);
    let grade = match Metric::from_name(&manifest.metric.name) {
        Some(_) => grading::grade(submission, &answers, manifest).map_err(ungradable)?,
        None => {
            let structure = Structure::read(&answers, manifest).map_err(ungradable)?;
            // A file that no metric could read never reaches Python, and starts nothing.
            match structure.check(submission).map_err(ungradable)? {
                Err(invalid) => Grade::Invalid(invalid),
                Ok(()) => in_sandbox(global, &package, submission, structure.rows()).await?,
            }
        }
    };
    if global.json {
        console::json(&grade);
    } else {
        match &grade {
            Grade::Score { value, .. } => {
                console::out(&format!("{}\n", manifest.metric.shown(*value)));
            }
            Grade::Invalid(invalid) => {
                console::out(&format!(
                    "invalid submission ({}): {invalid}\n",
                    invalid.code()
                ));
            }
        }
    }
    Ok(match grade {
        Grade::Score { .. } => exit::OK,
        Grade::Invalid(_) => exit::REJECTED,
    })
}

/// What the task's `metric.py` says of a submission that has all rows and columns.
async fn in_sandbox(
    global: &Global,
    package: &Package,
    submission: &Utf8Path,
    rows: usize,
) -> Result<Grade, Failure> {
    let console = Console::new(false);
    let settings = environment_settings(global)?;
    let environment = &package.manifest.environment.name;
    let realised = environment::realise(environment, &settings, &console).await?;
    console.finish();
    on_this_host(&realised).await?;

    let root =
        camino::absolute_utf8(&package.root).map_err(|error| Failure::usage(&error, None))?;
    let keep = tempfile::tempdir().map_err(|error| unusable(&error))?;
    let folder = Utf8PathBuf::from_path_buf(keep.path().to_owned()).map_err(|path| {
        unusable(&std::io::Error::other(format!(
            "`{}` is not UTF-8",
            path.display()
        )))
    })?;
    fs_err::copy(submission, folder.join(SUBMISSION)).map_err(|error| unusable(&error))?;
    let executor = Executor::new(Arc::new(realised), 1);
    let environment = EnvironmentMatch::of(&root, &executor);
    if !environment.matches() {
        console::error_line(&format!(
            "warning: the score may differ from the task's own, whose `metric.py` ran in another environment: {}",
            described(&environment)
        ));
    }
    let (outcomes, _) = executor
        .grade_in_python(&root, &folder, &package.manifest)
        .await
        .map_err(|error| Failure::new(&error, error.fault(), error.hint()))?;
    let outcome = match outcomes {
        Ok(mut outcomes) => outcomes.remove(SUBMISSION),
        Err(failure) => return Err(broken(&why(failure))),
    };
    match outcome {
        Some(GradeOutcome::Score { value }) => Ok(Grade::Score { value, rows }),
        Some(GradeOutcome::Invalid { reason, message }) => Ok(Grade::Invalid(
            InvalidSubmission::ByMetric(MetricRefusal::new(&reason, &message)),
        )),
        Some(GradeOutcome::Broken { detail }) => Err(broken(&detail)),
        None => Err(broken("it gave no answer")),
    }
}

fn why(failure: RunFailure) -> String {
    match failure {
        RunFailure::SyntaxError { message } => message,
        RunFailure::RuntimeError { traceback, .. } => traceback,
        RunFailure::TimedOut { limit_seconds } => format!("it ran longer than {limit_seconds} s"),
        RunFailure::Memory { limit_bytes } => {
            format!("it needed more than {limit_bytes} bytes of memory")
        }
        RunFailure::Limit { what } => format!("it ran into the limit on {what}"),
        RunFailure::MissingOutput { detail } => detail,
        RunFailure::NotStarted { reason } => reason,
    }
}

fn ungradable(error: grading::GradeError) -> Failure {
    Failure::usage(&error, error.hint())
}

/// The task's own metric does not do what every metric must.
fn broken(detail: &str) -> Failure {
    Failure {
        chain: vec![
            "the task's `metric.py` can't grade the submission".to_owned(),
            detail.trim_end().to_owned(),
        ],
        hint: Some("`smith verify` says what else is wrong with the task".to_owned()),
        code: exit::REJECTED,
    }
}
