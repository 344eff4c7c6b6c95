//! What tests need that serve replies: a folder of their own with replies, and one run through a provider on a bad day.

use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use crate::{
    replayed::{events, models},
    scripted::ScriptedModel,
    support::{Ran, TestEnv, Tree, exit, read_tree},
};

/// The dataset that goes through the bad day.
pub(crate) const DATASET: &str = "greenhouse";

/// Variables that hold secrets, and what they hold.
pub(crate) const KEY: (&str, &str) = ("PLANTED_KEY", "sk-planted-5f1b0c8e7d2a4963");
pub(crate) const TEAM: (&str, &str) = ("PLANTED_TEAM", "team-planted-0a7c61d94be8f325");

/// Most US dollars of that run: what a good day costs, 0.52, and what attempts that gave no reply may have cost, some 0.2 each.
pub(crate) const LIMIT: f64 = 2.5;

/// How often a request met something other than a reply: 429, a connection that closes, a body that is no JSON.
const CHAOS: [&str; 10] = [
    "--errors",
    "0.2",
    "--drop",
    "0.05",
    "--malformed",
    "0.05",
    "--retry-after",
    "0",
    "--seed",
    "1",
];

/// A run that asked for everything it needs, with two secrets, and said all that it can say.
pub(crate) struct BadDay {
    pub(crate) ran: Ran,
    /// What was published.
    pub(crate) tree: Tree,
    pub(crate) events: Vec<Value>,
    /// Everything that the user has afterwards, the cassette and what the server was asked included.
    pub(crate) everything: Tree,
    /// What the server was asked, a line each.
    pub(crate) asked: Vec<Value>,
}

/// A copy of the replies for one dataset, in the user's folder `replies`.
pub(crate) fn own_replies(env: &TestEnv, dataset: &str) -> Utf8PathBuf {
    for (path, content) in read_tree(&models("replies").join(dataset)) {
        env.write(&format!("replies/{dataset}/{path}"), content);
    }
    env.path("replies")
}

/// Runs on first use.
pub(crate) fn bad_day() -> &'static BadDay {
    static RUN: OnceLock<BadDay> = OnceLock::new();
    RUN.get_or_init(|| {
        let env = TestEnv::with_data()
            .with_variable(KEY.0, KEY.1)
            .with_variable(TEAM.0, TEAM.1);
        let requests = env.path("requests");
        let server = bad_server(&requests);
        env.write("smith.toml", with_secrets(server.url()));
        let data = format!("data/{DATASET}");
        let ran = env
            .smith(&["generate", &data, "--max-usd", &LIMIT.to_string(), "-vv"])
            .expect(exit::OK);
        let asked = asked(&read_tree(&requests));
        // What the server notes is the server's, and that it was sent a key is how it should be.
        fs_err::remove_dir_all(&requests).unwrap();
        BadDay {
            ran,
            tree: read_tree(&env.path("tasks")),
            events: events(&env, "tasks"),
            everything: read_tree(env.root()),
            asked,
        }
    })
}

/// A provider on a bad day, which notes what it is asked.
pub(crate) fn bad_server(requests: &Utf8Path) -> ScriptedModel {
    let options = [&CHAOS[..], &["--requests", requests.as_str()]].concat();
    ScriptedModel::start(&models("replies"), &options)
}

/// A configuration that names a model for all roles, and no key.
pub(crate) fn with_models(url: &str) -> String {
    format!("test_agent = \"react\"\n[llm]\nmodel = \"gpt-5\"\nbase_url = \"{url}\"\n")
}

/// A configuration that names where secrets are.
pub(crate) fn with_secrets(url: &str) -> String {
    format!(
        "{}key_variable = \"{}\"\nheaders = {{ x-team = \"${}\" }}\n",
        with_models(url),
        KEY.0,
        TEAM.0
    )
}

/// Lines of the server's notes.
pub(crate) fn asked(notes: &Tree) -> Vec<Value> {
    notes
        .values()
        .flat_map(|text| std::str::from_utf8(text).unwrap().lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
