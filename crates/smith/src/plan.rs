//! `smith generate --dry-run`: what would be done, as a table.

use pipeline::{Estimate, Plan};

use crate::table::{Align, Table};

/// The table for people.
pub(crate) fn table(plans: &[Plan]) -> String {
    let with_models = plans.iter().any(|plan| plan.estimate.is_some());
    let (name, rows, columns) = (
        ("dataset", Align::Left),
        ("rows", Align::Right),
        ("columns", Align::Right),
    );
    let mut table = if with_models {
        let calls = ("model calls", Align::Right);
        let (tokens, cost) = (("tokens", Align::Right), ("cost", Align::Right));
        Table::new([name, rows, columns, calls, tokens, cost])
    } else {
        Table::new([name, rows, columns, ("proposals", Align::Right)])
    };
    for plan in plans {
        let count = |count: Option<usize>| count.map_or(String::new(), |count| count.to_string());
        let mut cells = vec![plan.dataset.clone(), count(plan.rows), count(plan.columns)];
        match (&plan.estimate, with_models) {
            (Some(estimate), _) => cells.extend(estimated(estimate)),
            (None, true) => cells.extend([String::new(), String::new(), String::new()]),
            (None, false) => cells.push(plan.proposals.len().to_string()),
        }
        let mut notes: Vec<String> = plan.proposals.clone();
        notes.extend(plan.problem.iter().map(|why| format!("no task: {why}")));
        table.row(cells, notes);
    }
    let mut text = table.render();
    let sum = plans
        .iter()
        .filter_map(|plan| plan.estimate)
        .reduce(Estimate::and);
    if let Some(sum) = sum {
        let [calls, tokens, cost] = estimated(&sum);
        text.push_str(&format!(
            "\nall together: {calls} model calls, {tokens} tokens, {cost}; none was asked\n"
        ));
    } else {
        text.push_str("\nno model would be asked, and nothing was made\n");
    }
    text
}

fn estimated(estimate: &Estimate) -> [String; 3] {
    let [few, many] = estimate.calls;
    let thousands = |tokens: u64| format!("{}k", tokens.div_ceil(1000));
    let cost = match estimate.cost_usd {
        Some([little, much]) => format!("${little:.2}–{much:.2}"),
        None => "unknown price".to_owned(),
    };
    [
        format!("{few}–{many}"),
        format!(
            "{}–{}",
            thousands(estimate.tokens[0]),
            thousands(estimate.tokens[1])
        ),
        cost,
    ]
}
