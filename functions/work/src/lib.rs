//! The work of a coldcast function, free of any host: each way of hosting (Wasm module, container, process) calls it.
//!
//! `cpu` work is a chain of 64-bit hash rounds. Every round needs the one before it, so a compiler can neither
//! reorder nor skip them, and the checksum proves that all were done. `io` work is a wait that the host provides.
#![cfg_attr(not(test), no_std)]

pub mod request;

/// The chain's start: any fixed number but 0 would do; this is the golden ratio's fraction times 2^64.
pub const START: u64 = 0x9e37_79b9_7f4a_7c15;

/// One round: add the golden ratio, then the finaliser of SplitMix64 (Steele, Lea & Flood 2014, public domain).
#[inline]
pub fn round(state: u64) -> u64 {
    let mut x = state.wrapping_add(START);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// `rounds` rounds from `state`; so `run(a + b, s) == run(b, run(a, s))`, which lets a host work in slices.
pub fn run(rounds: u64, state: u64) -> u64 {
    let mut x = state;
    for _ in 0..rounds {
        x = round(x);
    }
    x
}

/// What a host must provide for `io` work.
pub trait Host {
    /// Returns after `microseconds`, never earlier.
    fn sleep(&self, microseconds: f64);
}

/// Does one request's `io` work: the wait, then one round that stands for looking at what came back.
pub fn wait(host: &impl Host, microseconds: f64, state: u64) -> u64 {
    if microseconds > 0.0 {
        host.sleep(microseconds);
    }
    round(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_add_up() {
        assert_eq!(run(1000, START), run(600, run(400, START)));
    }

    #[test]
    fn first_round_is_the_published_one() {
        // SplitMix64 seeded with 0 yields this first; our start is its state before that draw.
        assert_eq!(round(0), 0xe220_a839_7b1d_cdaf);
    }
}
