//! Prints the split facts of a package as JSON: `cargo run -p tabular --example split -- PACKAGE ID TARGET class|number`.

#![allow(clippy::print_stdout, reason = "an example's output")]

use camino::Utf8PathBuf;
use facts::SplitQuestion;

fn main() {
    let usage = "usage: split PACKAGE ID TARGET class|number [POSITIVE_CLASS]";
    let mut arguments = std::env::args().skip(1);
    let package = Utf8PathBuf::from(arguments.next().expect(usage));
    let question = SplitQuestion {
        id_column: arguments.next().expect(usage),
        targets: vec![arguments.next().expect(usage)],
        classification: arguments.next().expect(usage) == "class",
        positive_class: arguments.next(),
    };
    match tabular::split_facts(&package.join("public"), &package.join("private"), &question) {
        Ok(facts) => println!(
            "{}",
            serde_json::to_string_pretty(&facts).expect("facts are plain data")
        ),
        Err(error) => println!("failed: {error} (hint: {:?})", error.hint()),
    }
}
