//! The end after SIGTERM: requests go on being served, one answer a connection, until none has come for a while.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// Set by SIGTERM. A container's first process has no default handler: without ours the signal would do nothing.
static ENDING: AtomicBool = AtomicBool::new(false);
/// Requests that are being answered.
static IN_FLIGHT: AtomicU64 = AtomicU64::new(0);
/// Requests answered so far; looks of a kubelet, which go on while a pod ends, are none.
static ANSWERED: AtomicU64 = AtomicU64::new(0);

/// How long no request must have come before the process ends after SIGTERM: Services forget a pod with a delay.
const QUIET: Duration = Duration::from_millis(1000);
const LONGEST_END: Duration = Duration::from_secs(25);

pub struct Ending;

/// A request in hand.
#[must_use]
pub struct Answering;

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
}

extern "C" fn on_signal(_: i32) {
    ENDING.store(true, SeqCst);
}

impl Ending {
    pub fn on_sigterm() -> Ending {
        const SIGINT: i32 = 2;
        const SIGTERM: i32 = 15;
        // The handler only stores a flag, which a signal handler may do.
        unsafe {
            signal(SIGTERM, on_signal);
            signal(SIGINT, on_signal);
        }
        std::thread::spawn(end_when_quiet);
        Ending
    }

    pub fn has_begun(&self) -> bool {
        ENDING.load(SeqCst)
    }

    pub fn begin(&self) -> Answering {
        IN_FLIGHT.fetch_add(1, SeqCst);
        Answering
    }
}

impl Answering {
    pub fn end(self, counts: bool) {
        ANSWERED.fetch_add(u64::from(counts), SeqCst);
        IN_FLIGHT.fetch_sub(1, SeqCst);
    }
}

fn end_when_quiet() {
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
}
