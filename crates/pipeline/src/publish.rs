//! Puts a verified task into its place, whole or not at all.

use std::collections::BTreeMap;

use agents::Proposal;
use camino::{Utf8Path, Utf8PathBuf};
use digest::canonical_json;
use environment::Realised;
use facts::{AgentFacts, LadderFacts, ReviewFacts};
use findings::Verdict;
use fs_err as fs;
use indexmap::IndexMap;
use serde::Serialize;
use task_format::{LadderRung, MANIFEST, Manifest, Package, seal};

use crate::{
    PipelineError,
    layout::{make_empty, write},
    milestones,
    verified::Verified,
};

/// A candidate that is ready to be sealed.
pub(crate) struct Publication<'a> {
    pub(crate) manifest: Manifest,
    pub(crate) proposal: &'a Proposal,
    pub(crate) ladder: &'a LadderFacts,
    pub(crate) agent: &'a AgentFacts,
    pub(crate) review: &'a ReviewFacts,
    pub(crate) attempts: BTreeMap<String, u32>,
    /// Name of the model in each role; empty for rules.
    pub(crate) models: BTreeMap<String, String>,
    /// US dollars that models took.
    pub(crate) cost_usd: Option<f64>,
}

/// Line of `evidence/ledger.jsonl`: what was done for this task, without times.
#[derive(Serialize)]
struct EvidenceLine<'a> {
    stage: &'a str,
    attempts: u32,
}

/// Completes the laid-out package of a verified candidate at `root` and moves it to `<out>/<id>`.
///
/// A task of that id that is already there is replaced. The move is a rename, so `root` must be on the same file system
/// as `out`: nobody ever sees half a task.
pub(crate) fn publish(
    root: &Utf8Path,
    out: &Utf8Path,
    task: &Verified<Publication<'_>>,
    environment: &Realised,
) -> Result<Package, PipelineError> {
    let publication = task.get();
    let manifest = complete(publication, task.verdict().policy_version(), environment);
    write_evidence(root, publication, task.verdict())?;
    let package = seal(root, &manifest).map_err(PipelineError::package)?;

    let place = out.join(manifest.id.as_str());
    fs::create_dir_all(out).map_err(PipelineError::files)?;
    if place.exists() {
        if !place.join(MANIFEST).is_file() {
            return Err(PipelineError::InTheWay { path: place });
        }
        let old = beside(root);
        make_empty(&old)?;
        fs::rename(&place, old.join("task")).map_err(PipelineError::files)?;
        fs::rename(root, &place).map_err(PipelineError::files)?;
        fs::remove_dir_all(&old).map_err(PipelineError::files)?;
    } else {
        fs::rename(root, &place).map_err(PipelineError::files)?;
    }
    Ok(Package {
        root: place,
        ..package
    })
}

fn beside(root: &Utf8Path) -> Utf8PathBuf {
    Utf8PathBuf::from(format!("{root}.replaced"))
}

/// Fills in what only execution could tell.
fn complete(
    publication: &Publication<'_>,
    policy_version: u32,
    environment: &Realised,
) -> Manifest {
    let mut manifest = publication.manifest.clone();
    let ladder: IndexMap<String, LadderRung> = publication
        .ladder
        .rungs
        .iter()
        .filter_map(|rung| {
            let score = rung.score?;
            let (low, high) = rung.interval.unwrap_or((score, score));
            Some((
                rung.name.clone(),
                LadderRung {
                    score,
                    interval: [low, high],
                },
            ))
        })
        .collect();
    let rungs: Vec<LadderRung> = ladder.values().copied().collect();
    manifest.milestones =
        milestones::from_ladder(&rungs, manifest.metric.direction, manifest.metric.optimum);
    manifest.ladder = ladder;
    manifest.environment = task_format::EnvironmentTable {
        name: environment.name().to_owned(),
        nar_hash: environment.nar_hash().to_string(),
    };
    manifest.provenance.policy_version = policy_version;
    manifest.provenance.attempts = publication.attempts.clone();
    manifest.provenance.models = publication.models.clone();
    if !publication.models.is_empty() {
        manifest.provenance.prompts = Some(prompts::digest());
    }
    // Sums of floats depend on their order beyond any digit that a price has.
    let millionths = |cost: f64| (cost * 1e6).round() / 1e6;
    manifest.provenance.cost_usd = publication.cost_usd.map(millionths);
    manifest
}

fn write_evidence(
    root: &Utf8Path,
    publication: &Publication<'_>,
    verdict: &Verdict,
) -> Result<(), PipelineError> {
    let evidence = root.join("evidence");
    write(&evidence.join("verdict.json"), pretty(verdict).as_bytes())?;
    write(
        &evidence.join("ladder.json"),
        pretty(publication.ladder).as_bytes(),
    )?;
    write(
        &evidence.join("agent.json"),
        pretty(publication.agent).as_bytes(),
    )?;
    write(
        &evidence.join("review.json"),
        pretty(publication.review).as_bytes(),
    )?;
    write(
        &evidence.join("proposal.json"),
        pretty(publication.proposal).as_bytes(),
    )?;
    let mut lines = String::new();
    for (stage, &attempts) in &publication.attempts {
        let line = canonical_json(&EvidenceLine { stage, attempts }).expect("a line has no float");
        lines.push_str(&line);
        lines.push('\n');
    }
    write(&evidence.join("ledger.jsonl"), lines.as_bytes())
}

/// JSON for people: indented, fields in the order of the struct.
fn pretty(value: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("evidence is made of structs with string keys");
    text.push('\n');
    text
}
