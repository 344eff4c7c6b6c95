//! Group F: what a reader would say, and reviews that nobody should believe.

use task_format::DESCRIPTION;

use super::{Base, Mutation};

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation::errs(
        "the published review quotes what nobody wrote",
        Base::Labels,
        &["F01"],
        |package| {
            package.review(|review| {
                review["scores"][4]["evidence"] = serde_json::json!([{
                    "file": "description.md",
                    "text": "Every column is explained in the booklet of the museum.",
                }]);
            });
        },
    )
    .on_paper(),
    Mutation::errs(
        "the published review breaks off",
        Base::Labels,
        &["F01"],
        |package| {
            package.review(|review| {
                review["scores"]
                    .as_array_mut()
                    .expect("a review has scores")
                    .truncate(3);
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "the published review thinks little of the task",
        Base::Labels,
        &["F02"],
        |package| {
            package.review(|review| {
                for entry in review["scores"]
                    .as_array_mut()
                    .expect("a review has scores")
                {
                    entry["score"] = 3.0.into();
                }
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "the published review names something critical",
        Base::Labels,
        &["F03"],
        |package| {
            package.review(|review| {
                review["issues"] = serde_json::json!([{
                    "severity": "critical",
                    "category": "task_validity",
                    "where": "description.md",
                    "quote": null,
                    "message": "the species is told by the collector's file number",
                    "fix": "drop the file number",
                }]);
            });
        },
    )
    .on_paper(),
    Mutation::warns(
        "the published review judged two dimensions",
        Base::Labels,
        &["F04"],
        |package| {
            package.review(|review| {
                for entry in &mut review["scores"]
                    .as_array_mut()
                    .expect("a review has scores")[..3]
                {
                    entry["score"] = serde_json::Value::Null;
                    entry["not_judged"] = serde_json::json!(["there was no time"]);
                }
            });
        },
    )
    .on_paper(),
    Mutation::fails(
        "the description is a heap of names",
        Base::Labels,
        &["F02"],
        |package| {
            let text = package.read(DESCRIPTION);
            // What A06 looks for stays: every code span, the example of a submission, metric and direction.
            let names: Vec<&str> = text
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|name| !name.contains('\n'))
                .collect();
            let example = text
                .find("```csv")
                .expect("the description shows a submission");
            let end = example + text[example + 6..].find("```").expect("the example ends") + 9;
            let heap: String = names
                .iter()
                .map(|name| format!("`{name}` foo `{name}` bar. "))
                .collect();
            package.write(
                DESCRIPTION,
                format!(
                    "{heap}\n\n{}\n\naccuracy accuracy. Higher is better. baz qux\n",
                    &text[example..end]
                ),
            );
        },
    ),
    Mutation::fails(
        "the description scores by another metric",
        Base::Numbers,
        &["F03"],
        super::structure::name_another_metric,
    ),
];
