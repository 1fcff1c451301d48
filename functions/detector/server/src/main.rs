//! The detector as an HTTP server: an event in the body, what it means in the answer's.
use container::{Answer, Body, Function, Request, Server};

/// An enriched event is no longer than this.
const EVENT_BYTES_MAX: u64 = 1024 * 1024;

struct Detector;

impl Function for Detector {
    fn answer(&self, server: &Server, request: &Request, body: &mut Body) -> Answer {
        let Ok(event) = body.whole(EVENT_BYTES_MAX) else { return Answer::refused() };
        let told = server.work(request);
        let mut accepted = false;
        let mut answer = server.done(|| {
            let answer = detector::answer(&event, told.map(|work| work.rounds(server)));
            accepted = answer.accepted;
            (answer.checksum, answer.json)
        });
        answer.headers.push_str("content-type: application/json\r\n");
        answer.status = if accepted { 200 } else { 400 };
        answer
    }
}

fn main() {
    container::serve("detector", Detector)
}
