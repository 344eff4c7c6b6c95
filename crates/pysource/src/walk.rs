//! Imports, calls, looks at attributes, and texts, in the order of the source.

use facts::{Call, Import, SourceFacts};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, InterpolatedStringElement, Keyword, Stmt};
use ruff_text_size::Ranged;

use crate::aliases::{Aliases, module_of};
use crate::lines::Lines;
use crate::names::dotted;
use crate::paths::is_suspicious;

/// Adds what stands anywhere in a module.
pub(crate) fn read(body: &[Stmt], aliases: &Aliases, lines: &Lines, facts: &mut SourceFacts) {
    Walk {
        aliases,
        lines,
        facts,
    }
    .visit_body(body);
}

struct Walk<'a> {
    aliases: &'a Aliases,
    lines: &'a Lines,
    facts: &'a mut SourceFacts,
}

impl Walk<'_> {
    fn call(&mut self, call: &ExprCall) {
        let keywords = &call.arguments.keywords;
        let named = |keyword: &Keyword| Some(keyword.arg.as_ref()?.to_string());
        let nones = keywords
            .iter()
            .filter(|keyword| keyword.value.is_none_literal_expr());
        self.facts.calls.push(Call {
            name: dotted(&call.func, self.aliases),
            arguments: call.arguments.args.len(),
            keywords: keywords.iter().filter_map(named).collect(),
            first_is_none: call
                .arguments
                .args
                .first()
                .is_some_and(Expr::is_none_literal_expr),
            none_keywords: nones.filter_map(named).collect(),
            line: self.lines.line(call.range().start()),
        });
    }

    fn look(&mut self, expr: &Expr) {
        let (name, line) = (
            dotted(expr, self.aliases),
            self.lines.line(expr.range().start()),
        );
        self.facts.attributes.push(Call {
            name,
            arguments: 0,
            keywords: Vec::new(),
            first_is_none: false,
            none_keywords: Vec::new(),
            line,
        });
    }

    fn text(&mut self, text: &str, at: &impl Ranged) {
        if is_suspicious(text) {
            self.facts
                .suspicious_strings
                .push((self.lines.line(at.range().start()), text.to_owned()));
        }
    }

    /// What stands inside a chain of attributes, below the part that was named already.
    fn below<'b>(&mut self, expr: &'b Expr)
    where
        Self: SourceOrderVisitor<'b>,
    {
        let mut inner = expr;
        while let Expr::Attribute(attribute) = inner {
            inner = &attribute.value;
        }
        if !inner.is_name_expr() {
            self.visit_expr(inner);
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Walk<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let line = self.lines.line(stmt.range().start());
        match stmt {
            Stmt::Import(import) => {
                let modules = import.names.iter().map(|alias| alias.name.to_string());
                self.facts.imports.extend(modules.map(|module| Import {
                    module,
                    names: Vec::new(),
                    line,
                }));
            }
            Stmt::ImportFrom(import) => {
                let module = module_of(import.level, import.module.as_deref());
                let names = import
                    .names
                    .iter()
                    .map(|alias| alias.name.to_string())
                    .collect();
                self.facts.imports.push(Import {
                    module,
                    names,
                    line,
                });
            }
            // A string on its own is documentation.
            Stmt::Expr(expr) if expr.value.is_string_literal_expr() => {}
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                self.call(call);
                self.below(&call.func);
                self.visit_arguments(&call.arguments);
            }
            Expr::Attribute(_) => {
                self.look(expr);
                self.below(expr);
            }
            Expr::Name(name) => {
                if name.ctx.is_load() && self.aliases.is_notable(name.id.as_str()) {
                    self.look(expr);
                }
            }
            Expr::StringLiteral(literal) => self.text(literal.value.to_str(), literal),
            _ => walk_expr(self, expr),
        }
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        if let InterpolatedStringElement::Literal(literal) = element {
            self.text(&literal.value, literal);
        }
        ruff_python_ast::visitor::source_order::walk_interpolated_string_element(self, element);
    }
}
