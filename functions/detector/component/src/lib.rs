//! The detector as a `wasi:http` component: an event in the body, what it means in the answer's.
#![no_std]

extern crate alloc;

use component::{Clock, Exchange};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

/// An enriched event is no longer than this.
const EVENT_BYTES_MAX: usize = 1024 * 1024;

struct Function;

wasip2::http::proxy::export!(Function);

impl wasip2::exports::http::incoming_handler::Guest for Function {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let mut exchange = Exchange::new(request, None);
        if exchange.asks_readiness() {
            return exchange.respond(out, 200, &[]);
        }
        let Ok(event) = exchange.body(EVENT_BYTES_MAX) else { return exchange.respond(out, 400, &[]) };
        let told = exchange.work();
        let answer = exchange.done(|_| {
            let answer = detector::answer(&event, told.as_ref().map(|work| work.rounds(&Clock)));
            (answer.checksum, answer)
        });
        exchange.tell("content-type", "application/json".into());
        exchange.respond(out, if answer.accepted { 200 } else { 400 }, &answer.json);
    }
}
