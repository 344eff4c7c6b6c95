//! `smith grade`.

use grading::Grade;
use task_format::Package;

use crate::{
    arguments::{self, Global},
    console, exit,
    failure::Failure,
};

pub(crate) async fn run(global: &Global, arguments: &arguments::Grade) -> Result<u8, Failure> {
    let package = Package::open(&arguments.task)?;
    let answers = package.root.join(task_format::ANSWERS);
    let grade = grading::grade(&arguments.submission, &answers, &package.manifest)
        .map_err(|error| Failure::usage(&error, error.hint()))?;
    if global.json {
        console::json(&grade);
    } else {
        match &grade {
            Grade::Score { value, .. } => {
                let digits = package.manifest.metric.digits as usize;
                console::out(&format!("{value:.digits$}\n"));
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
