//! `play` through a pipe: what a person types and what is answered. What only a terminal has is tried by hand.

use std::io::{BufRead, BufReader, Write};

use crate::episode::{SAMPLE, task};
use crate::support::exit;

#[test]
fn a_session() {
    let (env, task) = task();
    env.write("model.py", SAMPLE);
    env.write("latin.py", b"# \xe4\n");
    env.write("folder/file", "");
    let typed = [
        "help",
        "",
        "info data_path",
        "info answers",
        "check",
        "import os",
        "",
        "for name in sorted(os.listdir('public')):",
        "    print(name)",
        "",
        "print('end')",
        ".",
        "check print(1)",
        "run none.py",
        "run latin.py",
        "run folder",
        "runn model.py",
        "sing a song",
        "run",
        ".",
        "1 / 0 # a line of Python, which is no command (nor a file)",
        ".",
        "run model.py",
        "model.py",
        "history 3",
        "history x",
        "reset",
        "quit",
        "this is not read",
    ]
    .join("\n");
    let arguments = ["play", &task, "--wall", "0", "--record", "played.jsonl"];
    let ran = env
        .smith_hears(&arguments, typed.as_bytes())
        .expect(exit::OK);
    insta::assert_snapshot!(ran.document());
    let replayed = env.smith(&["episode", &task, "--replay", "played.jsonl"]);
    assert!(replayed.expect(exit::OK).stdout.starts_with("identical"));
}

#[test]
fn text_that_is_none_runs_nothing() {
    let (env, task) = task();
    let typed =
        b"\xff\xfe\nrun\nprint(1)\n# \xe4\nprint(2)\n.\ncheck\nprint('at the end of input')\n";
    let ran = env
        .smith_hears(&["play", &task, "--wall", "0"], typed)
        .expect(exit::OK);
    insta::assert_snapshot!(ran.document(), @r"
    $ smith play tasks/greenhouse--flowered-binary --wall 0
    exit: 0
    --- stdout
    Greenhouse: predict flowered (greenhouse--flowered-binary)
    Type `help` for the commands, `info` for the task.
    a line is not UTF-8
    nothing was run: a line is not UTF-8
    at the end of input
    it ran
    [step 1 · #.# s · reward 0 · 49 steps left]
    1 step; no valid submission
    ");
}

#[test]
fn an_interrupt_ends_it_and_leaves_nothing() {
    let (env, task) = task();
    let arguments = ["play", &task];
    let mut child = env.talking(&arguments);
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    stdin
        .write_all(b"check print('begun')\nrun while True: pass # (for ever)\n")
        .unwrap();
    while !lines.next().unwrap().unwrap().contains("step 1") {}
    env.interrupt(&child);
    let ran = env.ended(&arguments, child).expect(exit::INTERRUPTED);
    assert!(ran.stderr.contains("interrupted"), "{}", ran.document());
    assert!(
        env.temporary_files().is_empty(),
        "{:?}",
        env.temporary_files()
    );
}

#[test]
fn a_program_is_sent_elsewhere() {
    let (env, task) = task();
    let ran = env.smith(&["play", &task, "--json"]).expect(exit::USAGE);
    assert!(ran.stderr.contains("--script -"), "{}", ran.document());
}
