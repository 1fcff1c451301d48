//! The work as a core WebAssembly module: two exports, one import, one page of memory.
//!
//! An instance is made for one request, asked once, and thrown away; `EVENTS` is state that a reused instance would
//! show, so the rig's tests can see that each request had a fresh one.
#![no_std]

use core::sync::atomic::{AtomicU32, Ordering};

static EVENTS: AtomicU32 = AtomicU32::new(0);

#[link(wasm_import_module = "host")]
extern "C" {
    fn sleep(microseconds: f64);
}

struct Imported;

impl work::Host for Imported {
    fn sleep(&self, microseconds: f64) {
        // The import takes a number and touches no memory of ours, whatever the host does.
        unsafe { sleep(microseconds) }
    }
}

/// `rounds` hash rounds from `state`; returns the checksum.
#[no_mangle]
pub extern "C" fn run_cpu(rounds: u64, state: u64) -> u64 {
    EVENTS.fetch_add(1, Ordering::Relaxed);
    work::run(rounds, state)
}

/// Waits through the host, then one round; returns the checksum.
#[no_mangle]
pub extern "C" fn run_io(microseconds: f64, state: u64) -> u64 {
    EVENTS.fetch_add(1, Ordering::Relaxed);
    work::wait(&Imported, microseconds, state)
}

/// How many events this instance has handled.
#[no_mangle]
pub extern "C" fn events() -> u32 {
    EVENTS.load(Ordering::Relaxed)
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
