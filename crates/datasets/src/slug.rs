//! Short names for ids, made from whatever a dataset is called; it does not make them unique.

/// Longest slug, so that a task's folder name stays within what file systems and people take.
const MAX_CHARS: usize = 48;

/// The slug of a name: lower case `[a-z0-9-]`, runs of anything else one `-`, at most 48 characters, cut
/// at a `-` where there is one. A name without any such character gives `dataset-` and the
/// start of its digest.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.len() > MAX_CHARS {
        slug.truncate(MAX_CHARS);
        if let Some(end) = slug.rfind('-').filter(|&end| end >= MAX_CHARS / 2) {
            slug.truncate(end);
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        return format!("dataset-{:.8}", digest::sha256_bytes(name).to_string());
    }
    slug.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slugs() {
        let long = "a long name that goes on and on until nobody would read it any more";
        for (name, expected) in [
            ("breast_cancer", "breast-cancer"),
            ("  Beijing PM2.5 (hourly) ", "beijing-pm2-5-hourly"),
            ("données", "donn-es"),
            ("数据", "dataset-5440f742"),
            ("--", "dataset-d8156bae"),
            (long, "a-long-name-that-goes-on-and-on-until-nobody"),
            (&"x".repeat(60), &"x".repeat(48)),
        ] {
            assert_eq!(slug(name), expected);
        }
    }

    proptest! {
        #[test]
        fn always_fit_for_an_id(name in any::<String>()) {
            let text = slug(&name);
            prop_assert!(!text.is_empty() && text.len() <= MAX_CHARS);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            prop_assert!(!text.starts_with('-') && !text.ends_with('-') && !text.contains("--"));
            prop_assert_eq!(slug(&text), text);
        }
    }
}
