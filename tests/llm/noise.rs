//! A real inference server with a model of noise: what it says means nothing, and everything that listens to it goes on.
//!
//! Built with the feature `llama` only, because the server takes minutes to build: `.ci/run llama`. `SMITH_LLAMA` names the
//! folder that `llama.sh` has filled.

#![cfg(test)]

mod ask;
mod post;
mod scripted;
#[path = "../it/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the end-to-end tests, which use all of it"
)]
mod support;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use ask::{Asked, DIALECTS, request};
use camino::Utf8PathBuf;
use llm::{Dialect, Finish, LlmError, OutputSchema};
use post::post;
use scripted::ScriptedModel;
use serde_json::{Value, json};
use support::{TestEnv, exit};

/// The server; ends when it is dropped.
struct Noise {
    child: Child,
    url: String,
}

impl Noise {
    /// Starts it with as many tokens of context.
    fn start(context: u32) -> Self {
        let folder = std::env::var("SMITH_LLAMA").expect("`SMITH_LLAMA` names what llama.sh built");
        let folder = Utf8PathBuf::from(folder);
        let mut child = command(&folder)
            .args(["-m", folder.join("noise.gguf").as_str()])
            .args([
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--jinja",
                "--no-webui",
            ])
            // One seed and one thread: as far as it goes, the same noise every time.
            .args(["-np", "2", "-fa", "on", "-s", "1", "-t", "1"])
            .args(["-c", &(2 * context).to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().expect("it is a pipe")).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("listening on ")?.1.trim().to_owned()))
            .expect("the server tells where it listens");
        // Whoever does not read what it says makes it wait.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }
}

impl Drop for Noise {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server is a counterpart of the product and runs beside it"
)]
fn command(folder: &camino::Utf8Path) -> Command {
    Command::new(folder.join("llama-server"))
}

/// A question in the dialect of a path, with a tool.
fn question(path: &str, text: &str) -> Value {
    let parameters = json!({"type": "object", "properties": {"command": {"type": "string"}}});
    let said = json!([{"role": "user", "content": text}]);
    match path {
        "/v1/responses" => json!({
            "model": "noise", "input": said, "max_output_tokens": 50,
            "tools": [{"type": "function", "name": "run", "parameters": parameters}],
        }),
        "/v1/messages" => json!({
            "model": "noise", "messages": said, "max_tokens": 50,
            "tools": [{"name": "run", "input_schema": parameters}],
        }),
        _ => json!({
            "model": "noise", "messages": said, "max_tokens": 50,
            "tools": [{"type": "function", "function": {"name": "run", "parameters": parameters}}],
        }),
    }
}

const PATHS: [&str; 3] = ["/v1/chat/completions", "/v1/messages", "/v1/responses"];

#[test]
fn each_dialect_is_answered_and_counted() {
    let noise = Noise::start(8192);
    for path in PATHS {
        let response = post(&noise.url, path, &question(path, "Say something.")).unwrap();
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        let usage = &response.json()["usage"];
        let output = ["completion_tokens", "output_tokens"]
            .iter()
            .find_map(|key| usage[*key].as_u64());
        assert!((1..=50).contains(&output.unwrap()), "{path}: {usage}");
    }
}

#[test]
fn what_is_too_long_is_refused_as_such() {
    let noise = Noise::start(1024);
    for path in PATHS {
        let response = post(&noise.url, path, &question(path, &"0123456789".repeat(200))).unwrap();
        assert_eq!(response.status, 400, "{path}: {}", response.body);
        let error = &response.json()["error"];
        assert_eq!(error["type"], "exceed_context_size_error", "{path}");
    }
}

#[tokio::test]
async fn our_client_gets_replies_or_errors_of_their_kind() {
    let noise = Noise::start(4096);
    for dialect in DIALECTS {
        for stream in [false, true] {
            let model = Asked::at(&noise.url, dialect, "").streamed(stream);
            for lines in ["Agent: designer", "Agent: brainstormer", "Agent: reviewer"] {
                let reply = model.ask(&request(lines)).await.unwrap();
                assert!(
                    reply.usage.output <= 100,
                    "{dialect:?}, {stream}: {reply:?}"
                );
                assert!(matches!(
                    reply.finish,
                    Finish::Stop | Finish::Length | Finish::Tools
                ));
            }
            let error = model.ask(&request(&"0123456789".repeat(1000))).await;
            let error = error.unwrap_err();
            assert!(
                matches!(error, LlmError::TooLong { .. }),
                "{dialect:?}, {stream}: {error:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_form_is_kept_or_the_error_is_an_outage() {
    let noise = Noise::start(4096);
    let mut request = request("Agent: reviewer");
    request.tools.clear();
    request.output = Some(OutputSchema {
        name: "review".to_owned(),
        schema: json!({"type": "object", "properties": {"pass": {"type": "boolean"}},
            "required": ["pass"], "additionalProperties": false}),
    });
    let model = Asked::at(&noise.url, Dialect::Chat, "");
    match model.ask(&request).await {
        Ok(reply) => {
            let value: Value = serde_json::from_str(&reply.text).unwrap();
            assert!(value["pass"].is_boolean(), "{value}");
        }
        // What it made does not fit its own grammar at the most tokens of a reply: it answers 500.
        Err(error) => assert!(matches!(error, LlmError::Outage { .. }), "{error:?}"),
    }
}

/// Little of everything, so that noise ends soon.
const BOUNDS: &str = "[caps]\nbrainstorm_steps = 4\ndesign = 2\ndesign_steps = 4\nrefactor = 2\nrefactor_steps = 4\nreview = 1\nagent_steps = 4\n";

/// How a model of noise is configured.
fn noisy(url: &str, dialect: &str, tools: &str) -> String {
    format!(
        "model = \"noise\"\nbase_url = \"{url}\"\ndialect = \"{dialect}\"\ntools = \"{tools}\"\nmax_tokens = 300\n\
         context_tokens = 60000\n"
    )
}

#[test]
fn a_generation_by_noise_ends_with_a_refusal() {
    let noise = Noise::start(65536);
    for (dialect, tools) in [
        ("chat", "native"),
        ("chat", "json"),
        ("messages", "native"),
        ("responses", "native"),
    ] {
        let env = TestEnv::with_data();
        let model = noisy(&noise.url, dialect, tools);
        env.write(
            "smith.toml",
            format!("test_agent = \"react\"\n[llm]\nretry_seconds = 5\n{model}{BOUNDS}"),
        );
        let ran = env
            .smith(&["generate", "data/greenhouse"])
            .expect(exit::REJECTED);
        assert!(
            ran.stdout
                .contains("the Brainstormer proposed nothing that holds"),
            "{}",
            ran.document()
        );
    }
}

/// Every role but one is played well.
#[test]
fn one_role_of_noise_spoils_tasks_and_nothing_else() {
    let noise = Noise::start(65536);
    let replies = camino::Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("llm/replies");
    let server = ScriptedModel::start(&replies, &[]);
    for (role, codes) in [
        ("designer", &[exit::REJECTED][..]),
        ("refactor", &[exit::REJECTED]),
        // What it makes may not fit its own grammar, which is an outage; or it gives no review that can be believed.
        (
            "reviewer",
            &[exit::REJECTED, exit::HOST_NOT_SET_UP, exit::OUTAGE],
        ),
        // The task is sound whoever plays it badly; what it asks of an agent may not be met.
        ("agent", &[exit::OK, exit::REJECTED]),
    ] {
        let env = TestEnv::with_data();
        let model = noisy(&noise.url, "chat", "native");
        let url = server.url();
        env.write(
            "smith.toml",
            format!(
                "test_agent = \"react\"\n[llm]\nretry_seconds = 5\nmodel = \"gpt-5\"\nbase_url = \"{url}\"\n\
                 [llm.roles.{role}]\n{model}{}",
                BOUNDS.replace("_steps = 4", "_steps = 8")
            ),
        );
        let ran = env.smith(&["generate", "data/greenhouse"]);
        println!("{role}: {}", ran.document());
        assert!(
            codes.iter().any(|code| ran.code == Some(*code)),
            "{role}: {}",
            ran.document()
        );
        assert!(!ran.stderr.contains("panicked at"), "{}", ran.document());
    }
}
