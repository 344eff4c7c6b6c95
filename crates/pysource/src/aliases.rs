//! What names in a file stand for: imports, wherever they are made, and plain assignments of what was imported.
//!
//! Scopes are not told apart: a name means the same in the whole file.

use std::collections::BTreeMap;

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

use crate::names::plain;

/// Built-in functions that a harmless script has no reason to pass around.
pub(crate) const NOTABLE_BUILTINS: [&str; 9] = [
    "eval",
    "exec",
    "compile",
    "__import__",
    "__builtins__",
    "globals",
    "getattr",
    "breakpoint",
    "input",
];

/// Names and the dotted names they stand for.
#[derive(Default)]
pub(crate) struct Aliases {
    names: BTreeMap<String, String>,
}

impl Aliases {
    /// The aliases of a module.
    pub(crate) fn of(body: &[Stmt]) -> Self {
        let mut aliases = Self::default();
        aliases.visit_body(body);
        aliases
    }

    /// What a name stands for; itself when nothing is known of it.
    pub(crate) fn resolve(&self, name: &str) -> String {
        self.names
            .get(name)
            .cloned()
            .unwrap_or_else(|| name.to_owned())
    }

    /// Whether a bare name stands for something imported, or is a notable built-in.
    pub(crate) fn is_notable(&self, name: &str) -> bool {
        self.names.contains_key(name) || NOTABLE_BUILTINS.contains(&name)
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(target) = target else { return };
        let Some(value) = plain(value, self) else {
            return;
        };
        let root = value.split('.').next().unwrap_or_default();
        let imported = self
            .names
            .values()
            .any(|known| known.split('.').next() == Some(root));
        if imported || NOTABLE_BUILTINS.contains(&root) {
            self.names.insert(target.id.to_string(), value);
        }
    }
}

impl<'a> StatementVisitor<'a> for Aliases {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.as_str();
                    let (name, meaning) = match &alias.asname {
                        Some(name) => (name.as_str(), module),
                        // `import a.b` binds `a`.
                        None => {
                            let top = module.split('.').next().unwrap_or_default();
                            (top, top)
                        }
                    };
                    self.names.insert(name.to_owned(), meaning.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                let module = module_of(import.level, import.module.as_deref());
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let dot = if module.ends_with('.') { "" } else { "." };
                    self.names
                        .insert(name.to_string(), format!("{module}{dot}{}", alias.name));
                }
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }
}

/// The module of a `from` import, with leading dots when relative.
pub(crate) fn module_of(level: u32, module: Option<&str>) -> String {
    let dots = ".".repeat(level as usize);
    format!("{dots}{}", module.unwrap_or_default())
}
