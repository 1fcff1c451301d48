//! The work as an HTTP server: the only file of a `FROM scratch` image, and as well a plain process.
use container::{Answer, Body, Function, Request, Server};

struct Work;

impl Function for Work {
    fn answer(&self, server: &Server, request: &Request, body: &mut Body) -> Answer {
        let work = server.work(request);
        // What was sent with it is of no interest here, but it must have come before the answer.
        if body.read(|_| {}).is_err() {
            return Answer::refused();
        }
        work.map_or_else(Answer::refused, |work| server.done(|| (work.run(server), Vec::new())))
    }
}

fn main() {
    container::serve("work", Work)
}
