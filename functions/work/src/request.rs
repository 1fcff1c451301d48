//! What a request asks for, read from its headers the same way by every shell.

/// Hash rounds that a second of `cpu` work stands for where nobody says: about what one core of a cloud machine does.
/// Every shell takes the same number, so that the same request is the same work everywhere and runtimes can be compared.
pub const ROUNDS_PER_SECOND: f64 = 250e6;

/// One request's work.
#[derive(Debug, PartialEq)]
pub enum Work {
    Wait { microseconds: f64 },
    Compute { rounds: u64 },
}

impl Work {
    /// Reads the values of `ce-workseconds` and `ce-workis`; `None` where they are not a finite time from 0 on.
    pub fn read(seconds: Option<&str>, is: Option<&str>, rounds_per_second: f64) -> Option<Work> {
        let seconds: f64 = seconds?.trim().parse().ok()?;
        if !(seconds >= 0.0 && seconds.is_finite()) {
            return None;
        }
        match is.unwrap_or("io") {
            "io" => Some(Work::Wait { microseconds: seconds * 1e6 }),
            "cpu" => Some(Work::Compute { rounds: (seconds * rounds_per_second + 0.5) as u64 }),
            _ => None,
        }
    }

    /// What is left to compute, after the wait.
    pub fn rounds(&self, host: &impl crate::Host) -> u64 {
        match *self {
            Work::Wait { microseconds } => {
                host.sleep(microseconds);
                0
            }
            Work::Compute { rounds } => rounds,
        }
    }

    /// Does it; returns the checksum.
    pub fn run(&self, host: &impl crate::Host) -> u64 {
        match *self {
            Work::Wait { microseconds } => crate::wait(host, microseconds, crate::START),
            Work::Compute { rounds } => crate::run(rounds, crate::START),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_sender_writes() {
        assert_eq!(Work::read(Some("0.005"), Some("io"), 1e9), Some(Work::Wait { microseconds: 5000.0 }));
        assert_eq!(Work::read(Some("2e-6"), Some("cpu"), 1e9), Some(Work::Compute { rounds: 2000 }));
        assert_eq!(Work::read(Some("0"), None, 1e9), Some(Work::Wait { microseconds: 0.0 }));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for seconds in [None, Some(""), Some("-1"), Some("NaN"), Some("inf"), Some("5ms")] {
            assert_eq!(Work::read(seconds, Some("io"), 1e9), None);
        }
        assert_eq!(Work::read(Some("1"), Some("gpu"), 1e9), None);
    }
}
