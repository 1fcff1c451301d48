//! The detector: one camera event in, what its detections mean out.
//!
//! `cases.json` beside this crate says what must come out; the same function exists in C and in Go, and all of them
//! pass the same cases. The rules themselves cost microseconds. What an inference would cost is stated in the event
//! (`workSeconds`) and done as that many hash rounds, so that every language and every runtime does the same work.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod event;
mod rules;

pub use event::{Detection, Event, Label};
pub use rules::{infer, Finding, Urgency};

use alloc::{string::String, vec::Vec};
use work::request::ROUNDS_PER_SECOND;

/// What a shell answers with: a JSON object, and whether the event was one.
pub struct Answer {
    pub accepted: bool,
    pub json: Vec<u8>,
    /// Proof that the work was done; 0 where the event was refused.
    pub checksum: u64,
}

/// Reads an event, applies the rules and does the stated work.
///
/// `rounds` takes the place of what the event itself states, for a shell that was told otherwise; a request that
/// brings no event is then the work alone.
pub fn answer(bytes: &[u8], rounds: Option<u64>) -> Answer {
    if let (true, Some(rounds)) = (bytes.is_empty(), rounds) {
        return Answer { accepted: true, json: Vec::new(), checksum: work::run(rounds, work::START) };
    }
    match Event::read(bytes) {
        Ok(event) => {
            let rounds = rounds.unwrap_or((event.work_seconds * ROUNDS_PER_SECOND + 0.5) as u64);
            let checksum = work::run(rounds, event.fingerprint());
            let json = infer(&event).to_json(&event, rounds, checksum);
            Answer { accepted: true, json: json.into_bytes(), checksum }
        }
        Err(fault) => Answer { accepted: false, json: refusal(&fault).into_bytes(), checksum: 0 },
    }
}

/// `fault` is `JSON` or a field's name, neither of which needs escapes.
fn refusal(fault: &str) -> String {
    alloc::format!("{{\"error\":\"{fault}\"}}")
}
