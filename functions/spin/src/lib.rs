//! The work as a `wasi:http` component: a host makes a fresh instance for a request, asks it once, and throws it away.
#![no_std]

extern crate alloc;

#[cfg(feature = "spin")]
mod spin_variables;

use alloc::string::String;
use component::{Clock, Exchange};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

struct Function;

wasip2::http::proxy::export!(Function);

impl wasip2::exports::http::incoming_handler::Guest for Function {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let mut exchange = Exchange::new(request, instance());
        let status = match exchange.work() {
            _ if exchange.asks_readiness() => 200,
            Some(work) => {
                exchange.done(|_| (work.run(&Clock), ()));
                200
            }
            None => 400,
        };
        exchange.respond(out, status, &[]);
    }
}

/// The pod's name. Spin tells it by a variable, other hosts by the environment.
fn instance() -> Option<String> {
    #[cfg(feature = "spin")]
    return spin_variables::variable("pod");
    #[cfg(not(feature = "spin"))]
    None
}
