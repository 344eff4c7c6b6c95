//! Splits delimited text into records exactly as the C tokeniser of `pandas.read_csv` does. It gives cells no meaning.
//!
//! The agreement matters more than elegance: a generated `prepare.py` reads the same file with pandas. Points where
//! tokenisers differ and this one follows pandas: a quote opens a quoted cell only as its first character; text after the
//! closing quote joins the cell; lines of blanks only are skipped; a run of blanks at either end of a line separated
//! by whitespace is no cell; skipped lines are counted with regard to quotes; `\n`, `\r\n` and `\r` all end a line.

use facts::Separator;

/// What a tokeniser must know of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) separator: Separator,
    pub(crate) quote: Option<u8>,
    /// Lines that begin with it are skipped. The caller makes sure that it stands nowhere else.
    pub(crate) comment: Option<u8>,
    pub(crate) skip_lines: usize,
}

/// The byte between cells; `None` for runs of blanks.
pub(crate) fn separator_byte(separator: Separator) -> Option<u8> {
    match separator {
        Separator::Comma => Some(b','),
        Separator::Semicolon => Some(b';'),
        Separator::Pipe => Some(b'|'),
        Separator::Tab => Some(b'\t'),
        Separator::Whitespace => None,
    }
}

/// One record; reused for the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Line on which it begins, from 1.
    pub(crate) line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// Number of cells.
    pub(crate) fn width(&self) -> usize {
        self.ends.len()
    }

    /// The cell at that position, from 0.
    pub(crate) fn cell(&self, position: usize) -> &str {
        let start = if position == 0 {
            0
        } else {
            self.ends[position - 1]
        };
        &self.text[start..self.ends[position]]
    }

    /// All cells.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.width()).map(|position| self.cell(position))
    }

    fn clear(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }
}

/// A quoted cell that never ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenQuote {
    /// Line on which its record begins, from 1.
    pub(crate) line: u64,
}

/// Reads records one after the other.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    /// Byte position; always a character boundary, since all special characters are ASCII.
    at: usize,
    line: u64,
    separator: Option<u8>,
    quote: Option<u8>,
    comment: Option<u8>,
}

impl<'t> Tokens<'t> {
    /// Starts behind the lines to skip.
    pub(crate) fn new(text: &'t str, dialect: &Dialect) -> Self {
        let mut tokens = Self {
            text,
            at: 0,
            line: 1,
            separator: separator_byte(dialect.separator),
            quote: dialect.quote,
            comment: dialect.comment,
        };
        for _ in 0..dialect.skip_lines {
            tokens.skip_line();
        }
        tokens
    }

    /// Line of the next record, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next record that is neither blank nor a comment into `record`; false at the end.
    pub(crate) fn next_into(&mut self, record: &mut Record) -> Result<bool, OpenQuote> {
        loop {
            let Some(first) = self.peek() else {
                return Ok(false);
            };
            if Some(first) == self.comment {
                self.skip_line();
            } else if self.rest_of_line_is_blank() {
                self.end_line();
            } else {
                record.clear(self.line);
                self.read_record(record)?;
                return Ok(true);
            }
        }
    }

    fn read_record(&mut self, record: &mut Record) -> Result<(), OpenQuote> {
        let bytes = self.text.as_bytes();
        loop {
            if self.separator.is_none() {
                self.skip_blanks();
                if self.at_line_end() {
                    self.end_line();
                    return Ok(());
                }
            }
            if self.quote.is_some() && self.peek() == self.quote {
                self.read_quoted(record)?;
            }
            let start = self.at;
            while let Some(&byte) = bytes.get(self.at) {
                if byte == b'\n' || byte == b'\r' || self.separates(byte) {
                    break;
                }
                self.at += 1;
            }
            record.text.push_str(&self.text[start..self.at]);
            record.end_cell();
            if self.at_line_end() {
                self.end_line();
                return Ok(());
            }
            if self.separator.is_some() {
                self.at += 1;
            }
        }
    }

    /// Reads from the opening quote to behind the closing one.
    fn read_quoted(&mut self, record: &mut Record) -> Result<(), OpenQuote> {
        let bytes = self.text.as_bytes();
        let quote = self
            .quote
            .expect("only called when there is a quote character");
        self.at += 1;
        loop {
            let start = self.at;
            while bytes.get(self.at).is_some_and(|&byte| byte != quote) {
                if bytes[self.at] == b'\n'
                    || (bytes[self.at] == b'\r' && bytes.get(self.at + 1) != Some(&b'\n'))
                {
                    self.line += 1;
                }
                self.at += 1;
            }
            record.text.push_str(&self.text[start..self.at]);
            if self.at >= bytes.len() {
                return Err(OpenQuote { line: record.line });
            }
            self.at += 1;
            if self.peek() != Some(quote) {
                return Ok(());
            }
            record.text.push(char::from(quote));
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn separates(&self, byte: u8) -> bool {
        self.separator
            .map_or(byte == b' ' || byte == b'\t', |separator| byte == separator)
    }

    fn at_line_end(&self) -> bool {
        self.peek()
            .is_none_or(|byte| byte == b'\n' || byte == b'\r')
    }

    fn end_line(&mut self) {
        if self.peek() == Some(b'\r') {
            self.at += 1;
            if self.peek() == Some(b'\n') {
                self.at += 1;
            }
        } else if self.peek() == Some(b'\n') {
            self.at += 1;
        }
        self.line += 1;
    }

    fn skip_blanks(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| byte == b' ' || byte == b'\t')
        {
            self.at += 1;
        }
    }

    /// Whether nothing but blanks stands before the end of the line; moves behind them when so.
    fn rest_of_line_is_blank(&mut self) -> bool {
        let start = self.at;
        // A tab between tab-separated cells is an empty cell, not a blank.
        while self
            .peek()
            .is_some_and(|byte| (byte == b' ' || byte == b'\t') && Some(byte) != self.separator)
        {
            self.at += 1;
        }
        if self.at_line_end() {
            return true;
        }
        self.at = start;
        false
    }

    fn skip_line(&mut self) {
        let bytes = self.text.as_bytes();
        let mut quoted = false;
        while let Some(&byte) = bytes.get(self.at) {
            if Some(byte) == self.quote {
                quoted = !quoted;
            } else if byte == b'\n' || byte == b'\r' {
                self.end_line();
                if !quoted {
                    return;
                }
                continue;
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &str, separator: Separator) -> Result<Vec<Vec<String>>, OpenQuote> {
        let dialect = Dialect {
            separator,
            quote: Some(b'"'),
            comment: Some(b'#'),
            skip_lines: 0,
        };
        let mut tokens = Tokens::new(text, &dialect);
        let mut record = Record::default();
        let mut all = Vec::new();
        while tokens.next_into(&mut record)? {
            all.push(record.cells().map(str::to_owned).collect());
        }
        Ok(all)
    }

    #[track_caller]
    fn check(text: &str, separator: Separator, expected: &[&[&str]]) {
        assert_eq!(records(text, separator).unwrap(), expected, "{text:?}");
    }

    #[test]
    fn cells_are_split_as_pandas_splits_them() {
        check("a,b\n1,2\n", Separator::Comma, &[&["a", "b"], &["1", "2"]]);
        check(
            "a,b\r\n\r\n  \r1,\n",
            Separator::Comma,
            &[&["a", "b"], &["1", ""]],
        );
        check(
            "a;\"b;\"\"c\"\"\nd\"\n",
            Separator::Semicolon,
            &[&["a", "b;\"c\"\nd"]],
        );
        check(
            "\"a\"x,b\"c,\"\"\n",
            Separator::Comma,
            &[&["ax", "b\"c", ""]],
        );
        check(
            "a\t\tb\n\t\t\n",
            Separator::Tab,
            &[&["a", "", "b"], &["", "", ""]],
        );
        check(
            "  1.5   2\t3  \n\n4 \"5 6\" 7",
            Separator::Whitespace,
            &[&["1.5", "2", "3"], &["4", "5 6", "7"]],
        );
        check(
            "# note\na|b\n#1|2\n3|4",
            Separator::Pipe,
            &[&["a", "b"], &["3", "4"]],
        );
        check("ä,ö\n", Separator::Comma, &[&["ä", "ö"]]);
    }

    #[test]
    fn an_open_quote_names_its_line() {
        assert_eq!(
            records("a,b\n1,\"x\n2,y\n", Separator::Comma),
            Err(OpenQuote { line: 2 })
        );
    }

    #[test]
    fn skipped_lines_are_physical_lines() {
        let dialect = Dialect {
            separator: Separator::Comma,
            quote: Some(b'"'),
            comment: None,
            skip_lines: 3,
        };
        let mut tokens = Tokens::new("title\n\n\"a\nb\"\nx,y\n", &dialect);
        let mut record = Record::default();
        assert_eq!(tokens.next_into(&mut record), Ok(true));
        assert_eq!((record.line, record.cell(0), record.cell(1)), (5, "x", "y"));
    }

    proptest! {
        #[test]
        fn what_is_quoted_comes_back(table in prop::collection::vec(prop::collection::vec("[a, \"\n#]{0,4}", 2..4), 1..8)) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let text: String = table
                .iter()
                .map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n")
                .collect();
            prop_assert_eq!(records(&text, Separator::Comma).unwrap(), table);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[a,;\t \"'#\r\n|é]{0,60}") {
            for separator in [Separator::Comma, Separator::Tab, Separator::Whitespace] {
                let _ = records(&text, separator);
            }
        }
    }
}
