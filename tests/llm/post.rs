//! One HTTP request by hand: what the scripted model sends is looked at byte for byte, without our client between.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::Value;

/// What came back until the connection closed.
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: String,
    /// As far as it came.
    pub(crate) body: String,
    /// Whether all of it came.
    pub(crate) complete: bool,
}

impl Response {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.headers.lines().filter_map(|line| line.split_once(':'));
        pairs
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

/// Posts JSON; `None` when the connection closes before a status.
pub(crate) fn post(base: &str, path: &str, body: &Value) -> Option<Response> {
    let address = base.trim_start_matches("http://");
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut bytes = Vec::new();
    let mut part = [0; 65536];
    // Not until the connection closes: after a stream the server keeps it open for some seconds.
    loop {
        let response = parse(&bytes);
        if response.as_ref().is_some_and(|response| response.complete) {
            return response;
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return response,
            Ok(read) => bytes.extend_from_slice(&part[..read]),
        }
    }
}

/// A response as far as it came; `None` before its headers have ended.
fn parse(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let headers = std::str::from_utf8(&bytes[..end]).unwrap().to_owned();
    let status = headers.split(' ').nth(1)?.parse().unwrap();
    let mut response = Response {
        status,
        headers,
        body: String::new(),
        complete: false,
    };
    let rest = &bytes[end + 4..];
    let (body, complete) = match response.header("content-length") {
        Some(length) => (rest.to_vec(), rest.len() >= length.parse().unwrap()),
        None if response.header("transfer-encoding") == Some("chunked") => chunks(rest),
        None => (rest.to_vec(), false),
    };
    response.body = String::from_utf8_lossy(&body).into_owned();
    response.complete = complete;
    Some(response)
}

/// The content of chunks, and whether the last one came.
fn chunks(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        let chunk = &rest[line + 2..];
        body.extend_from_slice(&chunk[..size.min(chunk.len())]);
        rest = chunk.get(size + 2..).unwrap_or_default();
    }
    (body, false)
}
