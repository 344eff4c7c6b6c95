//! Bounds and trims what a script printed, for an agent with a finite context. It interprets nothing else.

/// Where the scripts of a run lie inside.
const OWN_FILES: &str = "  File \"/code/";

/// At most `most` characters: the beginning and the end, with a note of what was left out between them.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    // The end tells more: results and errors stand there.
    let head = most / 4;
    let tail = most - head;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!(
        "{start}\n[… {} characters left out …]\n{end}",
        length - most
    )
}

/// The text without addresses of objects, as in `<Frame object at 0x7f3a52c0>`: they differ between two runs of the same script,
/// and what models are asked must not.
pub(crate) fn without_addresses(text: &str) -> String {
    const BEFORE: &str = " at 0x";
    /// Shorter numbers are no addresses, but values that somebody printed.
    const DIGITS: usize = 6;
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(BEFORE) {
        let (before, after) = rest.split_at(at + BEFORE.len());
        kept.push_str(before);
        let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
        rest = after;
        if digits >= DIGITS {
            kept.push('…');
            rest = &after[digits..];
        }
    }
    kept.push_str(rest);
    kept
}

/// Standard error with the frames of libraries left out of its last traceback: the script's own tell where it went wrong.
///
/// A traceback without any frame of the script stays whole.
pub(crate) fn own_frames(stderr: &str) -> String {
    const BEGINNING: &str = "Traceback (most recent call last):\n";
    let Some(at) = stderr.rfind(BEGINNING) else {
        return stderr.to_owned();
    };
    let (before, traceback) = stderr.split_at(at + BEGINNING.len());
    let mut kept = String::new();
    let (mut left_out, mut own) = (0_usize, 0_usize);
    let mut keeping = true;
    for line in traceback.split_inclusive('\n') {
        if line.starts_with("  File \"") {
            keeping = line.starts_with(OWN_FILES);
            if keeping {
                own += 1;
            } else {
                left_out += 1;
            }
        } else if !line.starts_with("    ") {
            // The exception itself, or what is printed after it.
            if !keeping {
                keeping = true;
            }
            if left_out > 0 {
                kept.push_str(&format!("  [{left_out} frames of libraries left out]\n"));
                left_out = 0;
            }
        }
        if keeping {
            kept.push_str(line);
        }
    }
    if own == 0 {
        return stderr.to_owned();
    }
    format!("{before}{kept}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_both_ends() {
        assert_eq!(excerpt("short", 5), "short");
        let text: String = ('a'..='z').collect();
        assert_eq!(
            excerpt(&text, 8),
            "ab\n[… 18 characters left out …]\nuvwxyz"
        );
        assert_eq!(excerpt("ääöö", 2), "\n[… 2 characters left out …]\nöö");
    }

    #[test]
    fn addresses_are_left_out() {
        let printed = |address: &str| {
            format!("<C object at 0x{address}> <f at 0x{address}>, at 0x1f, 0xdeadbeef")
        };
        let expected = "<C object at 0x…> <f at 0x…>, at 0x1f, 0xdeadbeef";
        for address in ["7f3a52c01d30", "7F0000"] {
            assert_eq!(without_addresses(&printed(address)), expected);
        }
        assert_eq!(without_addresses("at 0x at 0x"), "at 0x at 0x");
    }

    #[test]
    fn frames_of_libraries_are_counted_and_left_out() {
        let stderr = "a warning\nTraceback (most recent call last):\n  File \"/code/solution.py\", line 3, in <module>\n    \
            f(frame)\n  File \"/nix/store/x/pandas/frame.py\", line 9, in g\n    raise KeyError(key)\n    ^^^^\n\
            KeyError: 'age'\n";
        assert_eq!(
            own_frames(stderr),
            "a warning\nTraceback (most recent call last):\n  File \"/code/solution.py\", line 3, in <module>\n    \
             f(frame)\n  [1 frames of libraries left out]\nKeyError: 'age'\n"
        );
    }

    #[test]
    fn what_has_no_frame_of_the_script_stays() {
        let stderr = "Traceback (most recent call last):\n  File \"/nix/store/x.py\", line 1, in f\n    x\nE: y\n";
        assert_eq!(own_frames(stderr), stderr);
        assert_eq!(own_frames("no traceback"), "no traceback");
    }
}
