//! Waits that end within a tenth of a millisecond. Tokio's own timers count whole milliseconds, which would put up to
//! one more on every wait of a guest.
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, OnceLock};
use std::time::Instant;
use tokio::sync::oneshot;

struct Wait {
    until: Instant,
    over: oneshot::Sender<()>,
}

#[derive(Default)]
struct Timer {
    waits: Mutex<BinaryHeap<Wait>>,
    earlier: Condvar,
}

static TIMER: OnceLock<Timer> = OnceLock::new();

/// Returns at `until` or just after it, never before.
pub async fn sleep_until(until: Instant) {
    let timer = TIMER.get_or_init(|| {
        std::thread::Builder::new().name("timer".into()).spawn(tick).expect("a thread for the timer");
        Timer::default()
    });
    let (over, waiting) = oneshot::channel();
    let is_first = {
        let mut waits = timer.waits.lock().unwrap();
        let is_first = waits.peek().is_none_or(|first| until < first.until);
        waits.push(Wait { until, over });
        is_first
    };
    if is_first {
        timer.earlier.notify_one();
    }
    // The sender lives until the wait is over.
    let _ = waiting.await;
}

fn tick() {
    // The kernel may let a thread sleep 50 µs longer to save wake-ups; this thread is there to be punctual.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) };
    let timer = TIMER.wait();
    let mut waits = timer.waits.lock().unwrap();
    loop {
        let now = Instant::now();
        while waits.peek().is_some_and(|first| first.until <= now) {
            // Who waited may be gone: its request was given up.
            let _ = waits.pop().expect("a first wait").over.send(());
        }
        waits = match waits.peek() {
            Some(first) => {
                let left = first.until - now;
                timer.earlier.wait_timeout(waits, left).unwrap().0
            }
            None => timer.earlier.wait(waits).unwrap(),
        };
    }
}

// The heap's greatest is the earliest.
impl Ord for Wait {
    fn cmp(&self, other: &Wait) -> Ordering {
        other.until.cmp(&self.until)
    }
}

impl PartialOrd for Wait {
    fn partial_cmp(&self, other: &Wait) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Wait {
    fn eq(&self, other: &Wait) -> bool {
        self.until == other.until
    }
}

impl Eq for Wait {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn later_waits_do_not_hold_up_earlier_ones() {
        let began = Instant::now();
        let order = Mutex::new(Vec::new());
        let wait = async |ms: u64| {
            sleep_until(began + Duration::from_millis(ms)).await;
            assert!(began.elapsed() >= Duration::from_millis(ms));
            order.lock().unwrap().push(ms);
        };
        tokio::join!(wait(60), wait(5), wait(30), wait(0));
        assert_eq!(*order.lock().unwrap(), [0, 5, 30, 60]);
    }

    #[tokio::test]
    async fn a_wait_that_was_given_up_leaves_the_others() {
        let until = Instant::now() + Duration::from_millis(20);
        drop(tokio::time::timeout(Duration::from_millis(1), sleep_until(until)).await);
        sleep_until(until + Duration::from_millis(5)).await;
        assert!(Instant::now() >= until + Duration::from_millis(5));
    }
}
