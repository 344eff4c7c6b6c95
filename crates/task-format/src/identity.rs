//! The digest and the canary of a task.
//!
//! Both are made from the contents alone, so publishing twice gives the same. The canary stands inside
//! files that the digest covers; so that this is no circle, the digest is taken over the files *without*
//! their canary lines, and over the manifest without its `digest` and `canary`.

use uuid::Uuid;

use crate::{Inventory, Manifest};

/// Sentence that stands before a canary.
pub const CANARY_NOTICE: &str = "This task must not be in training corpora; canary";

/// Namespace of canaries: UUIDv5 of the name `mle-smith` in the DNS namespace.
fn namespace() -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"mle-smith")
}

/// What identifies a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// SHA-256, lower-case hex.
    pub digest: String,
    /// UUIDv5 of the digest.
    pub canary: String,
}

/// The identity of a package.
///
/// `inventory` lists every file but the manifest itself, digested with [`without_canary`] applied; evidence is left out,
/// because it talks about the task and may name its digest.
pub fn identify(manifest: &Manifest, inventory: &Inventory) -> Identity {
    let mut bare = manifest.clone();
    bare.digest = String::new();
    bare.canary = String::new();
    let text = format!("{}\n{}", bare.render(), inventory.render());
    let digest = digest::sha256_bytes(text.as_bytes()).to_string();
    let canary = Uuid::new_v5(&namespace(), digest.as_bytes()).to_string();
    Identity { digest, canary }
}

/// The line that carries a canary in Markdown.
pub fn canary_line(canary: &str) -> String {
    format!("<!-- {CANARY_NOTICE} {canary} -->\n")
}

/// The text without its canary lines.
pub fn without_canary(text: &str) -> String {
    text.split_inclusive('\n')
        .filter(|line| !line.contains(CANARY_NOTICE))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_line_comes_off_as_it_was_put_on() {
        let text = "# Title\n\nBody\n";
        let marked = format!("{text}{}", canary_line("x"));
        assert_eq!(without_canary(&marked), text);
        assert_eq!(without_canary(text), text);
    }
}
