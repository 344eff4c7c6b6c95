//! The templates and how they are rendered: strictly, from one typed input each.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::{fence, fence_ends};

/// Every template by name. They are data: no logic beyond loops and conditions.
const TEMPLATES: [(&str, &str); 28] = [
    template!("brainstormer/system"),
    template!("brainstormer/task"),
    template!("designer/system"),
    template!("designer/task"),
    template!("parts/assertions"),
    template!("parts/checks"),
    template!("parts/description"),
    template!("parts/example"),
    template!("parts/feedback"),
    template!("parts/formulation"),
    template!("parts/header"),
    template!("parts/metric"),
    template!("parts/orders"),
    template!("parts/package"),
    template!("parts/prepare"),
    template!("parts/python"),
    template!("parts/replies"),
    template!("parts/sandbox"),
    template!("parts/tables"),
    template!("parts/untrusted"),
    template!("react/system"),
    template!("react/task"),
    template!("refactor/system"),
    template!("refactor/task"),
    template!("reviewer/review"),
    template!("reviewer/system"),
    template!("single/system"),
    template!("single/task"),
];

macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../prompts/", $name, ".j2")),
        )
    };
}
use template;

/// The input of a template.
pub trait Prompt: Serialize {
    /// Name of the template: `<agent>/<step>`.
    const NAME: &'static str;
}

/// A rendered template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Name of the template.
    pub name: &'static str,
    /// What the model is told.
    pub text: String,
    /// Digest of the text, SHA-256 in hex.
    pub digest: String,
}

/// Renders the template that belongs to the input.
///
/// # Panics
///
/// When the template asks for what its input lacks: the two belong together, and a test renders each.
pub fn render<P: Prompt>(input: &P) -> Rendered {
    let environment = environment();
    let template = environment
        .get_template(P::NAME)
        .expect("a prompt's name is that of a template");
    match template.render(Serde(input)) {
        Ok(text) => Rendered {
            name: P::NAME,
            digest: digest::sha256_bytes(&text).to_string(),
            text,
        },
        Err(error) => panic!("template `{}` and its input do not fit: {error:#}", P::NAME),
    }
}

/// Digest of the templates of an agent and of the parts that they include, with their names, SHA-256 in hex: part of the key
/// of every stage that asks that agent. No other agent's templates change it.
pub fn digest_of(agent: &str) -> String {
    let mut used =
        TEMPLATES.map(|(name, _)| name.split_once('/').is_some_and(|(of, _)| of == agent));
    assert!(used.contains(&true), "there is no agent `{agent}`");
    loop {
        let included = |name: &str| {
            let tag = format!("{{% include \"{name}\" %}}");
            let all = TEMPLATES.iter().zip(&used);
            all.filter(|(_, used)| **used)
                .any(|((_, text), _)| text.contains(&tag))
        };
        let next = std::array::from_fn(|place| used[place] || included(TEMPLATES[place].0));
        if next == used {
            break;
        }
        used = next;
    }
    let templates: Vec<(&str, &str)> = TEMPLATES
        .into_iter()
        .zip(used)
        .filter_map(|(template, used)| used.then_some(template))
        .collect();
    digest::digest_of(&templates)
        .expect("pairs of texts are JSON")
        .to_string()
}

/// Digest of all templates with their names, SHA-256 in hex, for the record of what a task was made with.
pub fn digest() -> String {
    digest::digest_of(&TEMPLATES)
        .expect("pairs of texts are JSON")
        .to_string()
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .expect("the usual delimiters fit together");
    environment.set_syntax(syntax);
    environment.add_filter("fence_ends", |text: String, label: String, most: usize| {
        fence_ends(&label, &text, most)
    });
    environment.add_filter("fence", |text: String, label: String, most: usize| {
        fence(&label, &text, most)
    });
    for (name, source) in TEMPLATES {
        environment
            .add_template(name, source)
            .expect("templates of this crate parse");
    }
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_in_order_and_parse() {
        assert!(TEMPLATES.is_sorted_by_key(|(name, _)| *name));
        let environment = environment();
        assert_eq!(environment.templates().count(), TEMPLATES.len());
    }

    #[test]
    fn the_digest_of_an_agent_is_that_of_what_it_is_told() {
        let agents = [
            "brainstormer",
            "designer",
            "react",
            "refactor",
            "reviewer",
            "single",
        ];
        let digests: std::collections::BTreeSet<String> = agents.map(digest_of).into();
        assert_eq!(digests.len(), agents.len());
        // Every template is some agent's, or a part that one includes.
        for (name, _) in TEMPLATES {
            let (of, _) = name.split_once('/').unwrap();
            let tag = format!("{{% include \"{name}\" %}}");
            let used = TEMPLATES.iter().any(|(_, text)| text.contains(&tag));
            assert!(agents.contains(&of) || used, "{name}");
        }
    }

    #[test]
    fn every_template_names_its_input_or_that_it_is_a_part() {
        for (name, source) in TEMPLATES {
            let first = source.lines().next().unwrap();
            if name.starts_with("parts/") {
                assert!(first.starts_with("{# part: "), "{name}: {first}");
            } else {
                let input = crate::inputs::NAMES
                    .iter()
                    .find(|(of, _)| *of == name)
                    .map(|(_, input)| *input)
                    .unwrap_or_else(|| panic!("{name} has no input"));
                assert_eq!(first, format!("{{# input: prompts::{input} #}}"), "{name}");
            }
        }
        assert_eq!(
            crate::inputs::NAMES.len(),
            TEMPLATES
                .iter()
                .filter(|(name, _)| !name.starts_with("parts/"))
                .count()
        );
    }

    #[test]
    fn no_template_is_left_out() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../prompts");
        let mut found = Vec::new();
        for agent in fs_err::read_dir(folder).unwrap() {
            let agent = agent.unwrap();
            for file in fs_err::read_dir(agent.path()).unwrap() {
                let path = format!(
                    "{}/{}",
                    agent.file_name().to_str().unwrap(),
                    file.unwrap().file_name().to_str().unwrap()
                );
                found.push(path.strip_suffix(".j2").unwrap().to_owned());
            }
        }
        found.sort();
        assert_eq!(found, TEMPLATES.map(|(name, _)| name.to_owned()));
    }
}
