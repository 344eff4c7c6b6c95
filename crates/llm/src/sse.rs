//! Reads server-sent events from bytes as they arrive; what an event means is the dialect's matter.
//!
//! Follows the HTML standard's "event stream interpretation", without ids and reconnection.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name; empty when it has none.
    pub(crate) name: String,
    /// Its data, lines joined by `\n`.
    pub(crate) data: String,
}

/// A reader that is fed piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    line: Vec<u8>,
    event: Event,
    has_data: bool,
    after_carriage_return: bool,
    /// Whether the first line has ended: a byte order mark may stand before it, and nowhere else.
    begun: bool,
}

impl Reader {
    /// The events that these bytes complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for &byte in bytes {
            let follows = std::mem::take(&mut self.after_carriage_return);
            match byte {
                b'\n' if follows => {}
                b'\n' => events.extend(self.end_line()),
                b'\r' => {
                    self.after_carriage_return = true;
                    events.extend(self.end_line());
                }
                _ => self.line.push(byte),
            }
        }
        events
    }

    fn end_line(&mut self) -> Option<Event> {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.begun, true) && line.starts_with("\u{feff}".as_bytes()) {
            line.drain(.."\u{feff}".len());
        }
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let line = String::from_utf8_lossy(&line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

/// Events of a whole text. One that is not followed by an empty line was cut off, and is no event.
pub(crate) fn events(text: &str) -> Vec<Event> {
    Reader::default().push(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(name: &str, data: &str) -> Event {
        Event {
            name: name.to_owned(),
            data: data.to_owned(),
        }
    }

    #[test]
    fn fields_comments_and_line_ends() {
        let text = ": hello\r\nevent: a\r\ndata: 1\r\ndata:2\r\n\r\ndata: x\n\nid: 3\n\nevent: b\rdata: ü\r\rdata: cut";
        assert_eq!(
            events(text),
            [event("a", "1\n2"), event("", "x"), event("b", "ü")]
        );
    }

    #[test]
    fn a_byte_order_mark_is_one_at_the_start_alone() {
        assert_eq!(events("\u{feff}data: 1\n\n"), [event("", "1")]);
        // Elsewhere it belongs to the name of a field, which nobody knows.
        assert_eq!(events("data: 1\n\u{feff}data: 2\n\n"), [event("", "1")]);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(cuts in proptest::collection::vec(0..60_usize, 0..6)) {
            let text = "event: é\r\ndata: ünï\r\ndata: two\r\n\r\ndata: [DONE]\n\n";
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut reader = Reader::default();
            let mut found = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([text.len()]) {
                found.extend(reader.push(&text.as_bytes()[from..cut]));
                from = cut;
            }
            prop_assert_eq!(found, events(text));
        }
    }
}
