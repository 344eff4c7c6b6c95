//! How a candidate is judged, whoever judges: finding, severity, verdict.
