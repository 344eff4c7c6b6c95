//! The pin that a task carries of the environment it runs in.

use environment::Realised;
use task_format::EnvironmentPin;

/// The pin of `environment`: what a package made in it states, and what one that is executed again must state.
pub fn pin(environment: &Realised) -> EnvironmentPin {
    EnvironmentPin {
        name: environment.name().to_owned(),
        output_path: environment.output_path().to_string(),
        nar_hash: environment.nar_hash().to_string(),
        kit_path: environment.kit().to_string(),
        lock_sha256: environment.lock_digest().to_string(),
        numerics_version: environment.numerics_version(),
    }
}
