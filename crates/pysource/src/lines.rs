//! From byte offsets to line numbers.

use ruff_text_size::TextSize;

/// Where each line of a source begins.
pub(crate) struct Lines {
    starts: Vec<TextSize>,
}

impl Lines {
    /// Lines end with `\n`, `\r\n` or `\r`, as Python has it.
    pub(crate) fn new(source: &str) -> Self {
        let mut starts = vec![TextSize::new(0)];
        let bytes = source.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends {
                let next = u32::try_from(at + 1).expect("a source is shorter than 4 GiB");
                starts.push(TextSize::new(next));
            }
        }
        Self { starts }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: TextSize) -> u32 {
        let line = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(line).expect("a source has fewer lines than bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end() {
        let lines = Lines::new("a\nb\r\nc\rd");
        let at = |offset| lines.line(TextSize::new(offset));
        assert_eq!(
            [at(0), at(1), at(2), at(3), at(5), at(7)],
            [1, 1, 2, 2, 3, 4]
        );
    }
}
