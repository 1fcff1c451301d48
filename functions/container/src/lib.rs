//! A function as an HTTP server: the only file of a `FROM scratch` image, and as well a plain process.
//!
//! | environment | meaning |
//! | --- | --- |
//! | `PORT` | where to listen, 8080 by default; 0: a port of the system's choice, printed |
//! | `COLDCAST_INSTANCE`, or else `HOSTNAME` | the id that answers name: in Kubernetes the pod's name |
//! | `COLDCAST_CONCURRENCY` | requests in service at once, the rest waits in order; 0, the default: no limit |
//! | `COLDCAST_ROUNDS_PER_SECOND` | what a second of `cpu` work stands for |
mod ending;
mod http;
mod slots;

use ending::Ending;
use http::Connection;
pub use http::{Answer, Body, Content, Request};
use slots::Slots;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use work::request::{Work, ROUNDS_PER_SECOND};

const READY: &str = "/coldcast/ready";
/// A connection needs little more than its buffer.
const STACK_BYTES: usize = 64 * 1024;

/// What a server does with a request.
pub trait Function: Send + Sync + 'static {
    fn answer(&self, server: &Server, request: &Request, body: &mut Body) -> Answer;
}

/// What functions may ask of the server around them.
pub struct Server {
    instance: String,
    slots: Slots,
    rounds_per_second: f64,
    ready: Instant,
}

impl work::Host for Server {
    fn sleep(&self, microseconds: f64) {
        std::thread::sleep(Duration::from_secs_f64(microseconds * 1e-6));
    }
}

/// Serves until SIGTERM; `name` begins what is printed.
pub fn serve(name: &str, function: impl Function) {
    let port: u16 = setting(name, "PORT").unwrap_or(8080);
    let listener = TcpListener::bind(("::", port)).or_else(|_| TcpListener::bind(("0.0.0.0", port)));
    let listener = listener.unwrap_or_else(|error| {
        eprintln!("{name}: no listener on port {port}: {error}");
        std::process::exit(1)
    });
    let variable = |key| std::env::var(key).ok().filter(|text| !text.is_empty());
    let instance = variable("COLDCAST_INSTANCE").or(variable("HOSTNAME"));
    let server = Server {
        instance: instance.unwrap_or_else(|| std::process::id().to_string()),
        slots: Slots::new(setting(name, "COLDCAST_CONCURRENCY").unwrap_or(0)),
        rounds_per_second: setting(name, "COLDCAST_ROUNDS_PER_SECOND").unwrap_or(ROUNDS_PER_SECOND),
        ready: Instant::now(),
    };
    let serving = Arc::new((server, function, Ending::on_sigterm()));
    println!("{name}: listening on port {}", listener.local_addr().map_or(port, |address| address.port()));
    for stream in listener.incoming().flatten() {
        let serving = serving.clone();
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
            let (server, function, ending) = &*serving;
            serve_connection(server, function, ending, stream);
        });
        if let Err(error) = thread {
            // The connection closes, and its sender counts a failure.
            eprintln!("{name}: no thread for a connection: {error}");
        }
    }
}

fn serve_connection(server: &Server, function: &impl Function, ending: &Ending, stream: TcpStream) {
    let mut connection = Connection::new(stream);
    while let Some(request) = connection.read() {
        let answering = ending.begin();
        let mut body = Body::new(&mut connection, request.body_bytes);
        let mut answer = match request.path.as_str() {
            READY => Answer::ok(String::new()),
            "/coldcast/rounds" => Answer::ok(format!("coldcast-rounds-per-second: {:.0}\r\n", rounds_per_second())),
            _ => function.answer(server, &request, &mut body),
        };
        // What a function left unread would be taken for the next request.
        let whole = body.read(|_| {}).is_ok();
        answer.headers.push_str(&format!("coldcast-instance: {}\r\n", server.instance));
        let last = request.close || !whole || ending.has_begun();
        let written = connection.write(answer, last);
        answering.end(request.path != READY);
        if last || written.is_err() {
            return;
        }
    }
}

impl Server {
    /// The work that a request names; `None` where it names none, or none that can be done.
    pub fn work(&self, request: &Request) -> Option<Work> {
        Work::read(request.work_seconds.as_deref(), request.work_is.as_deref(), self.rounds_per_second)
    }

    /// Runs `job` in a slot; its checksum, its duration and the server's age become headers of the answer, its bytes the body.
    pub fn done(&self, job: impl FnOnce() -> (u64, Vec<u8>)) -> Answer {
        let (seconds, (checksum, content)) = self.slots.with(|| {
            let started = Instant::now();
            let result = job();
            (started.elapsed().as_secs_f64(), result)
        });
        // The age at the answer, because that is when the sender looks at its clock.
        let age = self.ready.elapsed().as_secs_f64();
        let headers = format!(
            "coldcast-instance-age: {age:.6}\r\ncoldcast-work: {seconds:.9}\r\ncoldcast-checksum: {checksum:x}\r\n"
        );
        Answer { content: Content::Bytes(content), ..Answer::ok(headers) }
    }
}

/// The fastest of nine short trials: what disturbs a trial only ever slows it.
fn rounds_per_second() -> f64 {
    const ROUNDS: u64 = 1_000_000;
    let trial = |_| {
        let started = Instant::now();
        std::hint::black_box(work::run(std::hint::black_box(ROUNDS), work::START));
        ROUNDS as f64 / started.elapsed().as_secs_f64()
    };
    (0..9).map(trial).fold(0.0, f64::max)
}

fn setting<T: std::str::FromStr>(name: &str, variable: &str) -> Option<T> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(_) => {
            eprintln!("{name}: {variable}={text} is not a number");
            std::process::exit(1)
        }
    }
}
