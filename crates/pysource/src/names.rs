//! Dotted names of expressions.

use ruff_python_ast::Expr;

use crate::aliases::Aliases;

/// Longest chain that is followed to its root. Every call in a chain has a name of its own, so without a bound a hostile
/// chain would cost the square of its length.
const LONGEST_CHAIN: usize = 64;

/// The dotted name of an expression, with aliases resolved.
///
/// A call in the chain is written `()`, an item `[]`, anything else `?`, and so is the root of a chain of more than 64 parts: `pd.read_csv(p).sample` is
/// `pandas.read_csv().sample`, so that the last method of a chain can be recognised.
pub(crate) fn dotted(expr: &Expr, aliases: &Aliases) -> String {
    // A loop and not a recursion: chains can be long, and each step would copy the name so far.
    let mut parts = Vec::new();
    let mut expr = expr;
    let root = loop {
        if parts.len() == LONGEST_CHAIN {
            break "?".to_owned();
        }
        match expr {
            Expr::Attribute(attribute) => {
                parts.push(format!(".{}", attribute.attr));
                expr = &attribute.value;
            }
            Expr::Call(call) => {
                parts.push("()".to_owned());
                expr = &call.func;
            }
            Expr::Subscript(subscript) => {
                parts.push("[]".to_owned());
                expr = &subscript.value;
            }
            Expr::Name(name) => break aliases.resolve(name.id.as_str()),
            _ => break "?".to_owned(),
        }
    };
    let mut out = root;
    for part in parts.iter().rev() {
        out.push_str(part);
    }
    out
}

/// The dotted name of a plain chain of attributes on a name; `None` for anything else.
pub(crate) fn plain(expr: &Expr, aliases: &Aliases) -> Option<String> {
    let mut inner = expr;
    while let Expr::Attribute(attribute) = inner {
        inner = &attribute.value;
    }
    inner.is_name_expr().then(|| dotted(expr, aliases))
}
