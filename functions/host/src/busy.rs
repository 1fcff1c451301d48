//! When requests were in hand: the rig counts with it how busy its hosts are.
use crate::server::monotonic_seconds;
use std::fmt::Write;
use std::sync::Mutex;

#[derive(Default)]
pub struct Busy(Mutex<State>);

#[derive(Default)]
struct State {
    in_hand: usize,
    /// The instants at which the first came and the last went, in turn, on the machine's monotonic clock.
    changes: Vec<f64>,
}

pub struct Working<'a>(&'a Busy);

impl Busy {
    pub fn begin(&self) -> Working<'_> {
        let mut state = self.0.lock().unwrap();
        state.in_hand += 1;
        if state.in_hand == 1 {
            state.changes.push(monotonic_seconds());
        }
        Working(self)
    }

    /// The instants, one a line.
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for at in &self.0.lock().unwrap().changes {
            writeln!(lines, "{at:.6}").expect("memory");
        }
        lines
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let mut state = self.0.0.lock().unwrap();
        state.in_hand -= 1;
        if state.in_hand == 0 {
            state.changes.push(monotonic_seconds());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_only_with_the_first_and_the_last() {
        let busy = Busy::default();
        let first = busy.begin();
        let second = busy.begin();
        drop(first);
        assert_eq!(busy.lines().lines().count(), 1);
        drop(second);
        assert_eq!(busy.lines().lines().count(), 2);
    }
}
