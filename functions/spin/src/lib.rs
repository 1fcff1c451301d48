//! The work as a `wasi:http` component: a host makes a fresh instance for a request, asks it once, and throws it away.
//!
//! Without `std` and without WASI preview 1 there is no adapter to link, so the component is small and instantiates fast.
#![no_std]

extern crate alloc;

#[cfg(feature = "spin")]
mod spin_variables;

use alloc::{format, string::String, vec::Vec};
use core::sync::atomic::{AtomicU32, Ordering};
use wasip2::cli::environment::get_environment;
use wasip2::clocks::monotonic_clock::{now, subscribe_duration};
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use work::request::{Work, ROUNDS_PER_SECOND};

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Events that this instance has handled: 1 in the answer of a fresh one.
static EVENTS: AtomicU32 = AtomicU32::new(0);

struct Clock;

impl work::Host for Clock {
    fn sleep(&self, microseconds: f64) {
        subscribe_duration((microseconds * 1e3) as u64).block();
    }
}

struct Function;

wasip2::http::proxy::export!(Function);

impl wasip2::exports::http::incoming_handler::Guest for Function {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let ready = request.path_with_query().is_some_and(|path| path == "/coldcast/ready");
        let headers = request.headers();
        let environment = get_environment();
        let mut answer: Vec<(&str, String)> = Vec::new();
        if let Some(instance) = instance(&environment) {
            answer.push(("coldcast-instance", instance));
        }
        let rounds = variable(&environment, "COLDCAST_ROUNDS_PER_SECOND").and_then(|text| text.parse().ok());
        let seconds = header(&headers, "ce-workseconds");
        let is = header(&headers, "ce-workis");
        let status = match Work::read(seconds.as_deref(), is.as_deref(), rounds.unwrap_or(ROUNDS_PER_SECOND)) {
            Some(work) if !ready => {
                let started = now();
                let checksum = work.run(&Clock);
                answer.push(("coldcast-work", format!("{:.9}", (now() - started) as f64 * 1e-9)));
                answer.push(("coldcast-checksum", format!("{checksum:x}")));
                answer.push(("coldcast-events", format!("{}", EVENTS.fetch_add(1, Ordering::Relaxed) + 1)));
                200
            }
            _ if ready => 200,
            _ => 400,
        };
        respond(out, status, &answer);
    }
}

fn respond(out: ResponseOutparam, status: u16, headers: &[(&str, String)]) {
    let fields = Fields::new();
    let _ = fields.append("content-length", b"0");
    for (name, value) in headers {
        // A name or value that the host refuses is left out: every header of the answer is optional.
        let _ = fields.append(name, value.as_bytes());
    }
    let response = OutgoingResponse::new(fields);
    let _ = response.set_status_code(status);
    let body = response.body();
    ResponseOutparam::set(out, Ok(response));
    if let Ok(body) = body {
        let _ = OutgoingBody::finish(body, None);
    }
}

fn header(headers: &Fields, name: &str) -> Option<String> {
    headers.get(name).into_iter().next().and_then(|value| String::from_utf8(value).ok())
}

/// The pod's name. Spin tells it by a variable, other hosts by the environment.
fn instance(environment: &[(String, String)]) -> Option<String> {
    #[cfg(feature = "spin")]
    if let Some(pod) = spin_variables::variable("pod") {
        return Some(pod);
    }
    variable(environment, "COLDCAST_INSTANCE").or(variable(environment, "HOSTNAME")).map(String::from)
}

fn variable<'a>(environment: &'a [(String, String)], name: &str) -> Option<&'a str> {
    environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
