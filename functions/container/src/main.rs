//! The work as an HTTP server: the only file of a `FROM scratch` image, and as well a plain process.
//!
//! | environment | meaning |
//! | --- | --- |
//! | `PORT` | where to listen, 8080 by default; 0: a port of the system's choice, printed |
//! | `COLDCAST_INSTANCE`, or else `HOSTNAME` | the id that answers name: in Kubernetes the pod's name |
//! | `COLDCAST_CONCURRENCY` | requests in service at once, the rest waits in order; 0, the default: no limit |
//! | `COLDCAST_ROUNDS_PER_SECOND` | what a second of `cpu` work stands for |
mod http;
mod slots;

use http::{Connection, Request};
use slots::Slots;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::Arc;
use std::time::{Duration, Instant};
use work::request::{Work, ROUNDS_PER_SECOND};

/// Set by SIGTERM. A container's first process has no default handler: without ours the signal would do nothing.
static ENDING: AtomicBool = AtomicBool::new(false);
/// Requests that are being answered.
static IN_FLIGHT: AtomicU64 = AtomicU64::new(0);
/// Requests answered so far; looks of a kubelet, which go on while a pod ends, are none.
static ANSWERED: AtomicU64 = AtomicU64::new(0);

const READY: &str = "/coldcast/ready";
/// A connection needs little more than its buffer.
const STACK_BYTES: usize = 64 * 1024;
/// How long no request must have come before the process ends after SIGTERM: Services forget a pod with a delay.
const QUIET: Duration = Duration::from_millis(1000);
const LONGEST_END: Duration = Duration::from_secs(25);

struct Server {
    instance: String,
    slots: Slots,
    rounds_per_second: f64,
    ready: Instant,
}

struct Sleep;

impl work::Host for Sleep {
    fn sleep(&self, microseconds: f64) {
        std::thread::sleep(Duration::from_secs_f64(microseconds * 1e-6));
    }
}

fn main() {
    let port: u16 = setting("PORT").unwrap_or(8080);
    let listener = TcpListener::bind(("::", port)).or_else(|_| TcpListener::bind(("0.0.0.0", port)));
    let listener = listener.unwrap_or_else(|error| {
        eprintln!("work: no listener on port {port}: {error}");
        std::process::exit(1)
    });
    let name = |key| std::env::var(key).ok().filter(|text| !text.is_empty());
    let server = Arc::new(Server {
        instance: name("COLDCAST_INSTANCE").or(name("HOSTNAME")).unwrap_or_else(|| std::process::id().to_string()),
        slots: Slots::new(setting("COLDCAST_CONCURRENCY").unwrap_or(0)),
        rounds_per_second: setting("COLDCAST_ROUNDS_PER_SECOND").unwrap_or(ROUNDS_PER_SECOND),
        ready: Instant::now(),
    });
    end_on_sigterm();
    println!("work: listening on port {}", listener.local_addr().map_or(port, |address| address.port()));
    for stream in listener.incoming().flatten() {
        let server = server.clone();
        let serving = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || serve(&server, stream));
        if let Err(error) = serving {
            // The connection closes, and its sender counts a failure.
            eprintln!("work: no thread for a connection: {error}");
        }
    }
}

fn serve(server: &Server, stream: TcpStream) {
    let mut connection = Connection::new(stream);
    while let Some(request) = connection.read() {
        IN_FLIGHT.fetch_add(1, SeqCst);
        let (status, headers) = server.answer(&request);
        let last = request.close || ENDING.load(SeqCst);
        let written = connection.write(status, &headers, last);
        ANSWERED.fetch_add(u64::from(request.path != READY), SeqCst);
        IN_FLIGHT.fetch_sub(1, SeqCst);
        if last || written.is_err() {
            return;
        }
    }
}

impl Server {
    fn answer(&self, request: &Request) -> (u16, String) {
        let instance = format!("coldcast-instance: {}\r\n", self.instance);
        match request.path.as_str() {
            READY => return (200, instance),
            "/coldcast/rounds" => return (200, format!("coldcast-rounds-per-second: {:.0}\r\n", rounds_per_second())),
            _ => {}
        }
        let Some(work) = Work::read(request.work_seconds.as_deref(), request.work_is.as_deref(), self.rounds_per_second)
        else {
            return (400, instance);
        };
        let (done, checksum) = self.slots.with(|| {
            let started = Instant::now();
            let checksum = work.run(&Sleep);
            (started.elapsed(), checksum)
        });
        let answer = format!(
            "{instance}coldcast-instance-age: {:.6}\r\ncoldcast-work: {:.9}\r\ncoldcast-checksum: {checksum:x}\r\n",
            // At the answer, because that is when the sender looks at its clock.
            self.ready.elapsed().as_secs_f64(),
            done.as_secs_f64()
        );
        (200, answer)
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

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(_) => {
            eprintln!("work: {name}={text} is not a number");
            std::process::exit(1)
        }
    }
}

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
}

extern "C" fn on_signal(_: i32) {
    ENDING.store(true, SeqCst);
}

/// After SIGTERM goes on serving, one answer a connection, until none has come for a while.
fn end_on_sigterm() {
    const SIGINT: i32 = 2;
    const SIGTERM: i32 = 15;
    // The handler only stores a flag, which a signal handler may do.
    unsafe {
        signal(SIGTERM, on_signal);
        signal(SIGINT, on_signal);
    }
    let watch = || {
        while !ENDING.load(SeqCst) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let began = Instant::now();
        let (mut quiet_since, mut answered) = (began, ANSWERED.load(SeqCst));
        while quiet_since.elapsed() < QUIET && began.elapsed() < LONGEST_END {
            std::thread::sleep(Duration::from_millis(20));
            let now = ANSWERED.load(SeqCst);
            if IN_FLIGHT.load(SeqCst) > 0 || now != answered {
                (quiet_since, answered) = (Instant::now(), now);
            }
        }
        std::process::exit(0)
    };
    std::thread::spawn(watch);
}
