//! Functions and classes at module level.

use facts::{ClassDef, FunctionDef, SourceFacts};
use ruff_python_ast::{Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use crate::aliases::Aliases;
use crate::lines::Lines;
use crate::names::dotted;

/// Adds the functions and classes of a module.
pub(crate) fn read(body: &[Stmt], aliases: &Aliases, lines: &Lines, facts: &mut SourceFacts) {
    for stmt in body {
        match stmt {
            Stmt::FunctionDef(function) => facts.functions.push(function_def(function, lines)),
            Stmt::ClassDef(class) => facts.classes.push(class_def(class, aliases, lines)),
            _ => {}
        }
    }
}

fn function_def(function: &StmtFunctionDef, lines: &Lines) -> FunctionDef {
    let positional = || {
        function
            .parameters
            .posonlyargs
            .iter()
            .chain(&function.parameters.args)
    };
    FunctionDef {
        name: function.name.to_string(),
        parameters: positional()
            .map(|parameter| parameter.parameter.name.to_string())
            .collect(),
        defaults: positional()
            .filter(|parameter| parameter.default.is_some())
            .count(),
        line: lines.line(function.name.start()),
    }
}

fn class_def(class: &StmtClassDef, aliases: &Aliases, lines: &Lines) -> ClassDef {
    let bases = class.arguments.as_ref().map(|arguments| &arguments.args);
    let methods = class
        .body
        .iter()
        .filter_map(|stmt| stmt.as_function_def_stmt());
    ClassDef {
        name: class.name.to_string(),
        bases: bases
            .into_iter()
            .flatten()
            .map(|base| dotted(base, aliases))
            .collect(),
        methods: methods.map(|method| function_def(method, lines)).collect(),
        line: lines.line(class.name.start()),
    }
}
