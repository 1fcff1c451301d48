//! A tenant that behaves as the path says: it works as every function does, it breaks, never ends, eats memory, or looks
//! for what is not its own. The host's tests and benchmarks show with it what one tenant can do to another.
#![no_std]

extern crate alloc;

mod forward;
mod memory;
mod outside;

use alloc::{format, string::String, vec};
use component::{Clock, Exchange};
use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::http::types::{IncomingRequest, OutgoingBody, ResponseOutparam};

struct Tenant;

wasip2::http::proxy::export!(Tenant);

impl wasip2::exports::http::incoming_handler::Guest for Tenant {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        if let Some(text) = looks(path, query) {
            return Exchange::new(request, None).respond(out, 200, text.as_bytes());
        }
        match path {
            "/trap" => core::arch::wasm32::unreachable(),
            "/loop" => while core::hint::black_box(true) {},
            "/eat" => memory::eat(),
            "/deep" => drop(core::hint::black_box(deep(query.len() as u64))),
            "/hang" => subscribe_duration(u64::MAX).block(),
            "/leave" => wasip2::cli::exit::exit(Err(())),
            "/silent" => {}
            "/stream" => stream(Exchange::new(request, None), out, query.parse().unwrap_or(0)),
            _ => forward::work_or_forward(request, out),
        }
    }
}

/// What it found, one line each.
fn looks(path: &str, query: &str) -> Option<String> {
    Some(match path {
        "/leave-secret" => memory::leave_secret(),
        "/find-secret" => memory::find_secret(),
        "/files" => outside::files(),
        "/environment" => outside::environment(),
        "/connect" => outside::connect(query.parse().unwrap_or(80)),
        "/fetch" => outside::fetch(query),
        _ => return None,
    })
}

/// The work that the request names, as every function does it.
fn work(request: IncomingRequest, out: ResponseOutparam) {
    let mut exchange = Exchange::new(request, None);
    let status = match exchange.work() {
        Some(work) => {
            exchange.done(|_| (work.run(&Clock), ()));
            200
        }
        None => 400,
    };
    exchange.respond(out, status, &[]);
}

/// Never comes back, and needs more stack at every step.
#[allow(unconditional_recursion)]
fn deep(n: u64) -> u64 {
    core::hint::black_box(deep(core::hint::black_box(n + 1))) + n
}

/// So many bytes of body, after the head has gone.
fn stream(exchange: Exchange, out: ResponseOutparam, bytes: u64) {
    let Some(body) = exchange.begin(out, 200, bytes) else {
        return;
    };
    let Ok(stream) = body.write() else { return };
    let piece = vec![b'x'; 4096];
    let mut left = bytes;
    while left > 0 {
        let next = left.min(piece.len() as u64);
        if stream.blocking_write_and_flush(&piece[..next as usize]).is_err() {
            return;
        }
        left -= next;
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn line(name: &str, found: impl core::fmt::Debug) -> String {
    format!("{name}: {found:?}\n")
}
