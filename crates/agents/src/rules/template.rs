//! The one template engine of this crate: strict about what is undefined, silent about nothing.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::design::python;
use super::refactor::markdown;

/// Every template by name. They are data: no logic beyond loops and conditions.
const TEMPLATES: [(&str, &str); 12] = [
    ("prepare.py", include_str!("../../templates/prepare.py.j2")),
    ("metric.py", include_str!("../../templates/metric.py.j2")),
    (
        "description.md",
        include_str!("../../templates/description.md.j2"),
    ),
    (
        "baselines/constant.py",
        include_str!("../../templates/baselines/constant.py.j2"),
    ),
    (
        "baselines/linear.py",
        include_str!("../../templates/baselines/linear.py.j2"),
    ),
    (
        "baselines/forest.py",
        include_str!("../../templates/baselines/forest.py.j2"),
    ),
    (
        "baselines/boosted.py",
        include_str!("../../templates/baselines/boosted.py.j2"),
    ),
    (
        "parts/columns",
        include_str!("../../templates/parts/columns.j2"),
    ),
    ("parts/load", include_str!("../../templates/parts/load.j2")),
    (
        "parts/dates",
        include_str!("../../templates/parts/dates.j2"),
    ),
    (
        "parts/codes",
        include_str!("../../templates/parts/codes.j2"),
    ),
    ("parts/fit", include_str!("../../templates/parts/fit.j2")),
];

/// Renders a template.
///
/// # Panics
///
/// When the template asks for what `context` lacks: the two belong together.
pub(crate) fn render(name: &str, context: impl Serialize) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the usual delimiters fit together");
    environment.set_syntax(syntax);
    environment.add_filter("py", |text: String| python::literal(&text));
    environment.add_filter("pylist", |items: Vec<String>, column: usize| {
        python::list(&items, column)
    });
    environment.add_filter(
        "pylist_within",
        |items: Vec<String>, indent: usize, column: usize| {
            python::list(&items, column).replace('\n', &format!("\n{}", " ".repeat(indent)))
        },
    );
    environment.add_filter("prose", |text: String| python::prose(&text));
    environment.add_filter("comment", |text: String| python::comment(&text, "", 100));
    environment.add_filter("note", |text: String| python::comment(&text, "    ", 100));
    environment.add_filter("doc", |text: String, indent: usize| {
        python::docstring(&text, indent)
    });
    environment.add_filter("code", |text: String| markdown::code(&text));
    environment.add_filter("cell", |text: String| markdown::cell(&text));
    environment.add_filter("plain", |text: String| markdown::plain(&text));
    for (name, source) in TEMPLATES {
        environment
            .add_template(name, source)
            .expect("templates of this crate parse");
    }
    let template = environment
        .get_template(name)
        .expect("templates of this crate are registered");
    match template.render(Serde(context)) {
        Ok(text) => text,
        Err(error) => panic!("template `{name}` and its context do not fit: {error:#}"),
    }
}
