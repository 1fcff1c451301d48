//! Its own memory, and what it may find in it that another left.
use crate::line;
use alloc::{string::String, vec, vec::Vec};

/// The secret is a chain of rounds: no program holds one by accident, and none is in this program's text.
const LINKS: usize = 4;
const SECRET_NUMBERS: usize = 32 * 1024;
const PAGE_BYTES: usize = 64 * 1024;
/// Pages to ask for before the search: those that the host may have given to another before.
const FRESH_PAGES: usize = 64;

/// Takes memory and writes to it until there is none.
pub fn eat() {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    loop {
        eaten.push(vec![1; 1 << 20]);
        core::hint::black_box(&eaten);
    }
}

/// Leaves the secret all over its heap.
pub fn leave_secret() -> String {
    let mut secret = Vec::with_capacity(SECRET_NUMBERS);
    let mut link = work::START;
    for _ in 0..SECRET_NUMBERS {
        link = work::round(link);
        secret.push(link);
    }
    core::hint::black_box(&secret);
    core::mem::forget(secret);
    line("left", SECRET_NUMBERS * 8)
}

/// Looks through all memory there is.
pub fn find_secret() -> String {
    core::arch::wasm32::memory_grow(0, FRESH_PAGES);
    let numbers = core::arch::wasm32::memory_size(0) * PAGE_BYTES / 8;
    let mut found = 0;
    for first in 1..numbers - LINKS {
        // Within the memory, aligned, and nothing else writes while this looks.
        let number = |n: usize| unsafe { core::ptr::read_volatile((n * 8) as *const u64) };
        let is_chain = || (0..LINKS).all(|n| number(first + n + 1) == work::round(number(first + n)));
        found += usize::from(number(first) != 0 && is_chain());
    }
    line("searched", numbers * 8) + &line("found", found)
}
