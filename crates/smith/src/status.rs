//! `smith status`.

use ledger::{Funnel, History};
use pipeline::ledger_folder;

use crate::{
    arguments::{self, Global},
    console, exit,
    failure::Failure,
    table::{Align, Table},
};

pub(crate) fn run(global: &Global, arguments: &arguments::Status) -> Result<u8, Failure> {
    let folder = ledger_folder(&arguments.out);
    let history = History::read(&folder).map_err(|error| Failure::usage(&error, error.hint()))?;
    let funnel = history.funnel();
    if global.json {
        console::json(&funnel);
    } else {
        console::out(&render(&funnel));
    }
    Ok(exit::OK)
}

fn render(funnel: &Funnel) -> String {
    let mut counts = Table::new([("stage", Align::Left), ("count", Align::Right)]);
    for (stage, count) in [
        ("datasets", funnel.datasets),
        ("proposals", funnel.proposals),
        ("drafts", funnel.drafts),
        ("candidates", funnel.candidates),
        ("executed", funnel.executed),
        ("verified", funnel.verified),
        ("published", funnel.published),
    ] {
        counts.row(vec![stage.to_owned(), count.to_string()], Vec::new());
    }
    let mut text = counts.render();
    for (title, losses) in [
        ("lost at stage", &funnel.losses_by_stage),
        ("lost by check", &funnel.losses_by_check),
    ] {
        if !losses.is_empty() {
            let mut table = Table::new([(title, Align::Left), ("count", Align::Right)]);
            for (name, count) in losses {
                table.row(vec![name.clone(), count.to_string()], Vec::new());
            }
            text.push('\n');
            text.push_str(&table.render());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_stand_below_the_counts() {
        let funnel = Funnel {
            datasets: 1,
            proposals: 2,
            losses_by_check: [("D05".to_owned(), 1)].into(),
            ..Funnel::default()
        };
        insta::assert_snapshot!(render(&funnel), @r"
        stage       count
        datasets        1
        proposals       2
        drafts          0
        candidates      0
        executed        0
        verified        0
        published       0

        lost by check  count
        D05                1
        ");
    }
}
