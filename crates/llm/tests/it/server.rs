//! A server that does what it is told, one step for each request: real sockets, no HTTP library.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// What is done with one request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Answers.
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// Promises more than it sends, and closes.
    Cut { kind: &'static str, body: String },
    /// Closes without a word.
    Hang,
    /// Waits before it does the next.
    Late(Duration, Box<Step>),
    /// Answers with the request's own header of this name.
    Echo(&'static str),
}

impl Step {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Answer {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn events(body: impl Into<String>) -> Self {
        Self::Answer {
            status: 200,
            headers: vec![("content-type", "text/event-stream".to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Answer {
                status,
                mut headers,
                body,
            } => {
                headers.push((name, value.to_owned()));
                Self::Answer {
                    status,
                    headers,
                    body,
                }
            }
            other => other,
        }
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: Value,
}

#[derive(Default)]
struct State {
    steps: Vec<Step>,
    /// Done when all steps are.
    usual: Option<Step>,
    asked: Vec<Asked>,
    inside: usize,
    most_inside: usize,
    /// How many were inside when each arrived, itself included.
    company: Vec<usize>,
}

/// A server that runs until the test's process ends.
pub(crate) struct Server {
    state: Arc<Mutex<State>>,
    port: u16,
}

impl Server {
    /// Does the steps in the order of requests, and `usual` ever after.
    pub(crate) fn start(steps: Vec<Step>, usual: Option<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            steps,
            usual,
            ..State::default()
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let state = shared.clone();
                // A client that went away is no failure of the server.
                std::thread::spawn(move || serve(stream.unwrap(), &state).unwrap_or_default());
            }
        });
        Self { state, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    /// Most requests that were inside at the same time.
    pub(crate) fn most_inside(&self) -> usize {
        self.state.lock().unwrap().most_inside
    }

    /// How many requests were inside when each arrived, itself included, in the order of arrival.
    pub(crate) fn company(&self) -> Vec<usize> {
        self.state.lock().unwrap().company.clone()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let step = {
        let mut state = state.lock().unwrap();
        state.asked.push(Asked {
            head: head.clone(),
            body: serde_json::from_slice(&body).unwrap(),
        });
        state.inside += 1;
        state.most_inside = state.most_inside.max(state.inside);
        let inside = state.inside;
        state.company.push(inside);
        if state.steps.is_empty() {
            state.usual.clone().expect("no step is left")
        } else {
            state.steps.remove(0)
        }
    };
    let done = act(&mut stream, &head, step, state);
    stream.shutdown(std::net::Shutdown::Both)?;
    done
}

fn act(
    stream: &mut TcpStream,
    head: &str,
    step: Step,
    state: &Mutex<State>,
) -> std::io::Result<()> {
    let leave = || state.lock().unwrap().inside -= 1;
    match step {
        Step::Late(duration, step) => {
            std::thread::sleep(duration);
            act(stream, head, *step, state)
        }
        Step::Hang => {
            leave();
            Ok(())
        }
        Step::Answer {
            status,
            headers,
            body,
        } => {
            let headers: String = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            leave();
            write!(
                stream,
                "HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
        }
        Step::Cut { kind, body } => {
            leave();
            write!(
                stream,
                "HTTP/1.1 200 x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len() + 100
            )
        }
        Step::Echo(name) => {
            let value = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map_or("", |(_, value)| value);
            let body = format!(r#"{{"error":{{"message":"no such key: {value}"}}}}"#);
            act(stream, head, Step::json(401, body), state)
        }
    }
}
