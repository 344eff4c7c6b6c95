//! `smith show`.

use scoring::Direction;
use task_format::{Manifest, Package};

use crate::{
    arguments::{self, Global},
    console, exit,
    failure::Failure,
    table::{Align, Table},
};

pub(crate) fn run(global: &Global, arguments: &arguments::Show) -> Result<u8, Failure> {
    let package = Package::open(&arguments.task)?;
    if global.json {
        console::json(&package.manifest);
        return Ok(exit::OK);
    }
    console::out(&render(&package.manifest));
    let changed = package.mismatches()?;
    if !changed.is_empty() {
        console::error_line("warning: these files are not as published:");
        for mismatch in changed {
            console::error_line(&format!("  {}", mismatch.path()));
        }
    }
    Ok(exit::OK)
}

fn render(manifest: &Manifest) -> String {
    let data = &manifest.data;
    let metric = &manifest.metric;
    let direction = match metric.direction {
        Direction::Maximize => "more is better",
        Direction::Minimize => "less is better",
    };
    let mut facts = Table::new([("", Align::Left), ("", Align::Left)]);
    for (name, value) in [
        ("task", manifest.id.to_string()),
        ("title", manifest.title.clone()),
        (
            "predict",
            format!(
                "{} ({})",
                data.target_columns.join(", "),
                manifest.task.objective.as_str()
            ),
        ),
        (
            "rows",
            format!("{} train, {} test", data.train_rows, data.test_rows),
        ),
        ("features", data.feature_columns.len().to_string()),
        ("split", manifest.split.reason.clone()),
        (
            "metric",
            format!("{}, {direction}, optimum {}", metric.name, metric.optimum),
        ),
        (
            "dataset",
            format!(
                "{} ({}, licence {})",
                manifest.dataset.name, manifest.dataset.source, manifest.dataset.licence
            ),
        ),
        ("engine", manifest.provenance.engine.clone()),
        ("digest", manifest.digest.clone()),
        ("canary", manifest.canary.clone()),
    ] {
        facts.row(vec![name.to_owned(), value], Vec::new());
    }
    let mut ladder = Table::new([
        ("ladder", Align::Left),
        ("score", Align::Right),
        ("95 % interval", Align::Left),
    ]);
    for (name, rung) in &manifest.ladder {
        let [low, high] = rung.interval;
        let interval = format!("{} – {}", metric.shown(low), metric.shown(high));
        ladder.row(
            vec![name.clone(), metric.shown(rung.score), interval],
            Vec::new(),
        );
    }
    for (name, score) in [
        ("bronze", manifest.milestones.bronze),
        ("silver", manifest.milestones.silver),
        ("gold", manifest.milestones.gold),
    ] {
        ladder.row(vec![name.to_owned(), metric.shown(score)], Vec::new());
    }
    format!(
        "{}\n{}",
        facts.render().trim_start_matches('\n'),
        ladder.render()
    )
}
