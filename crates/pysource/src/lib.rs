//! Parses generated Python into facts; never runs it.
//!
//! Names are followed as far as the text alone allows: imports, their aliases, and plain assignments of them. What a name
//! means after `getattr` or a trick of that kind is not known here; the sandbox is what confines code.

#![forbid(unsafe_code)]

mod aliases;
mod lines;
mod names;
mod outline;
mod paths;
mod walk;

use facts::{ParseError, SourceFacts};
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use crate::aliases::Aliases;
use crate::lines::Lines;

/// Longest source that is parsed. People write a tenth of it; the bound keeps the depth of the syntax tree below what
/// [`STACK_BYTES`] can hold.
const LONGEST_SOURCE: usize = 200_000;

/// Stack of the thread that walks the tree, which can be as deep as the source has characters. Only what is used is paid for.
const STACK_BYTES: usize = 512 << 20;

/// The version of Python whose syntax is accepted: that of the pinned environments.
const PYTHON: PythonVersion = PythonVersion::PY311;

/// What the Python file at `path` (inside the package) says of itself.
///
/// # Panics
///
/// When the host denies another thread.
pub fn parse(path: &str, source: &str) -> SourceFacts {
    if source.len() > LONGEST_SOURCE {
        return unparsed(
            path,
            1,
            format!("the file is longer than {LONGEST_SOURCE} bytes"),
        );
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || facts_of(path, source));
        let facts = thread.expect("the host allows another thread").join();
        facts.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn facts_of(path: &str, source: &str) -> SourceFacts {
    let lines = Lines::new(source);
    let parsed = parse_unchecked(
        source,
        ParseOptions::from(Mode::Module).with_target_version(PYTHON),
    );
    if let Some(error) = parsed.errors().first() {
        return unparsed(
            path,
            lines.line(error.location.start()),
            error.error.to_string(),
        );
    }
    if let Some(error) = parsed.unsupported_syntax_errors().first() {
        return unparsed(path, lines.line(error.range.start()), error.to_string());
    }
    let module: &ModModule = parsed
        .syntax()
        .as_module()
        .expect("`Mode::Module` gives a module");
    let mut facts = SourceFacts {
        path: path.to_owned(),
        ..SourceFacts::default()
    };
    let aliases = Aliases::of(&module.body);
    outline::read(&module.body, &aliases, &lines, &mut facts);
    walk::read(&module.body, &aliases, &lines, &mut facts);
    facts
}

fn unparsed(path: &str, line: u32, message: String) -> SourceFacts {
    let parse_error = Some(ParseError { line, message });
    SourceFacts {
        path: path.to_owned(),
        parse_error,
        ..SourceFacts::default()
    }
}

#[cfg(test)]
mod tests;
