//! What the functions' `wasi:http` components have in common.
//!
//! Without `std` and without WASI preview 1 there is no adapter to link, so a component is small and instantiates fast.
#![no_std]

extern crate alloc;

use alloc::{format, string::String, vec::Vec};
use core::sync::atomic::{AtomicU32, Ordering};
use wasip2::cli::environment::get_environment;
use wasip2::clocks::monotonic_clock::{now, subscribe_duration};
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasip2::io::streams::StreamError;
use work::request::{Work, ROUNDS_PER_SECOND};

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Events that this instance has handled: 1 in the answer of a fresh one.
static EVENTS: AtomicU32 = AtomicU32::new(0);

const READY: &str = "/coldcast/ready";
/// What is asked for at once of a body.
const CHUNK_BYTES: u64 = 64 * 1024;
/// A write of more the host refuses without being asked first.
const WRITE_BYTES: usize = 4096;

/// Sleeps by the host's clock.
pub struct Clock;

impl work::Host for Clock {
    fn sleep(&self, microseconds: f64) {
        subscribe_duration((microseconds * 1e3) as u64).block();
    }
}

/// A request, and what its answer will tell about it.
pub struct Exchange {
    request: IncomingRequest,
    path: String,
    headers: Fields,
    environment: Vec<(String, String)>,
    answer: Vec<(&'static str, String)>,
}

/// A body that broke off, or is longer than what is taken.
#[derive(Debug)]
pub struct Unread;

impl Exchange {
    /// `instance` is the pod's name, where the host has a way of its own to tell it.
    pub fn new(request: IncomingRequest, instance: Option<String>) -> Exchange {
        let (path, headers) = (request.path_with_query().unwrap_or_default(), request.headers());
        let environment = get_environment();
        let mut exchange = Exchange { request, path, headers, environment, answer: Vec::new() };
        let named = exchange.variable("COLDCAST_INSTANCE").or(exchange.variable("HOSTNAME")).map(String::from);
        if let Some(instance) = instance.or(named) {
            exchange.tell("coldcast-instance", instance);
        }
        exchange
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// Somebody only asks whether requests can be served.
    pub fn asks_readiness(&self) -> bool {
        self.path == READY
    }

    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).into_iter().next().and_then(|value| String::from_utf8(value).ok())
    }

    /// The work that the request names; `None` where it names none, or none that can be done.
    pub fn work(&self) -> Option<Work> {
        let rounds = self.variable("COLDCAST_ROUNDS_PER_SECOND").and_then(|text| text.parse().ok());
        let (seconds, is) = (self.header("ce-workseconds"), self.header("ce-workis"));
        Work::read(seconds.as_deref(), is.as_deref(), rounds.unwrap_or(ROUNDS_PER_SECOND))
    }

    /// Hands over the body piece by piece to its end; an error where the sender broke off.
    pub fn read_body(&self, mut piece: impl FnMut(&[u8])) -> Result<(), Unread> {
        let body = self.request.consume().map_err(|()| Unread)?;
        let stream = body.stream().map_err(|()| Unread)?;
        loop {
            match stream.blocking_read(CHUNK_BYTES) {
                Ok(bytes) => piece(&bytes),
                Err(StreamError::Closed) => return Ok(()),
                Err(StreamError::LastOperationFailed(_)) => return Err(Unread),
            }
        }
    }

    /// The whole body; an error where it is longer than `most`.
    pub fn body(&self, most: usize) -> Result<Vec<u8>, Unread> {
        let mut all = Vec::new();
        let mut fits = true;
        self.read_body(|piece| {
            fits = fits && all.len() + piece.len() <= most;
            if fits {
                all.extend_from_slice(piece);
            }
        })?;
        if fits {
            Ok(all)
        } else {
            Err(Unread)
        }
    }

    /// A header of the answer.
    pub fn tell(&mut self, name: &'static str, value: String) {
        self.answer.push((name, value));
    }

    /// Runs `job` and tells its checksum, its duration and how many events this instance has handled.
    pub fn done<T>(&mut self, job: impl FnOnce(&Exchange) -> (u64, T)) -> T {
        let started = now();
        let (checksum, result) = job(self);
        self.tell("coldcast-work", format!("{:.9}", (now() - started) as f64 * 1e-9));
        self.tell("coldcast-checksum", format!("{checksum:x}"));
        self.tell("coldcast-events", format!("{}", EVENTS.fetch_add(1, Ordering::Relaxed) + 1));
        result
    }

    /// Answers with `content` as the body.
    pub fn respond(self, out: ResponseOutparam, status: u16, content: &[u8]) {
        let Some(body) = self.begin(out, status, content.len() as u64) else { return };
        if let Ok(stream) = body.write() {
            for piece in content.chunks(WRITE_BYTES) {
                // The sender has gone: nobody is left to be told.
                if stream.blocking_write_and_flush(piece).is_err() {
                    return;
                }
            }
        }
        let _ = OutgoingBody::finish(body, None);
    }

    /// Sends status and headers; `bytes` of body must follow.
    pub fn begin(self, out: ResponseOutparam, status: u16, bytes: u64) -> Option<OutgoingBody> {
        let fields = Fields::new();
        let _ = fields.append("content-length", format!("{bytes}").as_bytes());
        for (name, value) in &self.answer {
            // A name or value that the host refuses is left out: every header of the answer is optional.
            let _ = fields.append(name, value.as_bytes());
        }
        let response = OutgoingResponse::new(fields);
        let _ = response.set_status_code(status);
        let body = response.body();
        ResponseOutparam::set(out, Ok(response));
        body.ok()
    }
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
