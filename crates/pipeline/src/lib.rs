//! Order, attempts, feedback and publication; the only builder of verified candidates.
