//! Help texts: the part of the interface that is only text.

use crate::support::{TestEnv, exit};

const SMITH: [&[&str]; 17] = [
    &[],
    &["generate"],
    &["status"],
    &["show"],
    &["verify"],
    &["grade"],
    &["play"],
    &["episode"],
    &["doctor"],
    &["schema"],
    &["sandbox"],
    &["sandbox", "list"],
    &["sandbox", "lock"],
    &["sandbox", "build"],
    &["sandbox", "check"],
    &["sandbox", "shell"],
    &["completions"],
];

#[test]
fn help_of_every_command() {
    let env = TestEnv::without_environment();
    let mut text = String::new();
    for command in SMITH {
        let ran = env.smith(&[command, &["--help"]].concat()).expect(exit::OK);
        text += &format!("{}\n\n", ran.document().trim_end());
    }
    text += env
        .rerun(&["--help"])
        .expect(exit::OK)
        .document()
        .trim_end();
    insta::assert_snapshot!(text);
}

#[test]
fn no_command_is_left_out() {
    let overview = TestEnv::without_environment()
        .smith(&["--help"])
        .expect(exit::OK)
        .stdout;
    let commands = overview
        .split("Commands:")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next())
        .unwrap_or_default();
    let named: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|it| *it != "help")
        .collect();
    let known: Vec<&str> = SMITH
        .iter()
        .filter(|it| it.len() == 1)
        .map(|it| it[0])
        .collect();
    assert_eq!(named, known);
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let env = TestEnv::without_environment();
    for arguments in [
        &["polish"][..],
        &["generate"],
        &["grade", "only-one"],
        &["generate", "x", "--engine", "magic"],
    ] {
        env.smith(arguments).expect(exit::USAGE);
    }
}

#[test]
fn completions_and_schemas_are_printed() {
    let env = TestEnv::without_environment();
    assert!(
        env.smith(&["completions", "bash"])
            .expect(exit::OK)
            .stdout
            .contains("_smith")
    );
    for name in ["task", "verdict"] {
        let schema = env.smith(&["schema", name]).expect(exit::OK).stdout;
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        assert!(schema["$schema"].is_string(), "{schema}");
    }
}
