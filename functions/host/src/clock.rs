//! The guests' monotonic clock, whose waits are the punctual timer's.
use crate::guest::Guest;
use crate::timer::sleep_until;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use wasmtime::Result;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

/// The clock's zero: no guest learns how long the machine has been up.
static ZERO: LazyLock<Instant> = LazyLock::new(Instant::now);

struct Clock<'a>(&'a mut ResourceTable);

struct HasClock;

impl HasData for HasClock {
    type Data<'a> = Clock<'a>;
}

/// Puts the clock in place of the one that is linked.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> Result<()> {
    LazyLock::force(&ZERO);
    linker.allow_shadowing(true);
    monotonic_clock::add_to_linker::<Guest, HasClock>(linker, |guest| Clock(guest.table()))?;
    linker.allow_shadowing(false);
    Ok(())
}

struct Until(Option<Instant>);

#[async_trait]
impl Pollable for Until {
    async fn ready(&mut self) {
        match self.0 {
            Some(until) if until > Instant::now() => sleep_until(until).await,
            // Others get their turn, so that a guest that polls in a loop holds up none.
            Some(_) => tokio::task::yield_now().await,
            // Later than can be told: never.
            None => std::future::pending().await,
        }
    }
}

impl monotonic_clock::Host for Clock<'_> {
    fn now(&mut self) -> Result<u64> {
        Ok(ZERO.elapsed().as_nanos() as u64)
    }

    fn resolution(&mut self) -> Result<u64> {
        Ok(1)
    }

    fn subscribe_instant(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        self.until(ZERO.checked_add(Duration::from_nanos(when)))
    }

    fn subscribe_duration(&mut self, duration: u64) -> Result<Resource<DynPollable>> {
        self.until(Instant::now().checked_add(Duration::from_nanos(duration)))
    }
}

impl Clock<'_> {
    fn until(&mut self, until: Option<Instant>) -> Result<Resource<DynPollable>> {
        let wait = self.0.push(Until(until))?;
        subscribe(self.0, wait)
    }
}
