//! A limit on what is in service at once; who waits is served in order of arrival.
use std::sync::{Condvar, Mutex};

pub struct Slots {
    limit: u64,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    /// The ticket that the next arrival takes.
    next: u64,
    /// Tickets below this one may be in service.
    admitted: u64,
}

impl Slots {
    /// `limit` 0: none.
    pub fn new(limit: u64) -> Slots {
        Slots { limit, state: Mutex::new(State { next: 0, admitted: limit }), freed: Condvar::new() }
    }

    /// Runs `job` in a slot, after those that came before.
    pub fn with<T>(&self, job: impl FnOnce() -> T) -> T {
        if self.limit == 0 {
            return job();
        }
        {
            let mut state = self.state.lock().unwrap();
            let ticket = state.next;
            state.next += 1;
            while ticket >= state.admitted {
                state = self.freed.wait(state).unwrap();
            }
        }
        let result = job();
        self.state.lock().unwrap().admitted += 1;
        self.freed.notify_all();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    #[test]
    fn never_more_than_the_limit() {
        let (slots, running, most) = (Slots::new(3), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    slots.with(|| {
                        most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                        std::thread::sleep(std::time::Duration::from_millis(2));
                        running.fetch_sub(1, SeqCst);
                    })
                });
            }
        });
        assert_eq!(most.load(SeqCst), 3);
    }
}
