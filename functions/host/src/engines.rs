//! Where instances come from, and the clock by which guests that compute let others in.
use crate::guest::{Guest, TABLE_ELEMENTS};
use crate::options::Limits;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::Thread;
use std::time::Duration;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

/// Pages that an instance wrote are wiped by hand up to so many bytes; returning them to the system costs a call.
const KEPT_BYTES: usize = 128 << 10;

pub struct Engines {
    /// Slots made in advance. None where they were not wanted, or the system gave no room for them.
    pooled: Option<Engine>,
    /// For what does not fit into a slot, too.
    on_demand: Engine,
}

impl Engines {
    pub fn new(limits: &Limits, is_pooled: bool) -> Result<Engines> {
        let pooled = is_pooled.then(|| Engine::new(config().allocation_strategy(pool(limits))));
        if let Some(Err(error)) = &pooled {
            eprintln!("host: no pool, instances are made on demand: {error:#}");
        }
        Ok(Engines { pooled: pooled.and_then(Result::ok), on_demand: Engine::new(&config())? })
    }

    pub fn is_pooled(&self) -> bool {
        self.pooled.is_some()
    }

    /// Loads a component, compiled or not; into the pool if it fits into its slots.
    pub fn load(&self, file: &Path) -> Result<ProxyPre<Guest>> {
        let Some(engine) = &self.pooled else { return load(&self.on_demand, file) };
        load(engine, file).or_else(|error| {
            let loaded = load(&self.on_demand, file)?;
            eprintln!("host: {}: not from the pool: {error:#}", file.display());
            Ok(loaded)
        })
    }

    /// Starts the clock; it stands still while nothing runs, and ends with the ticker, or the pool's addresses would never be free again.
    pub fn tick(&self, every: Duration) -> Arc<Ticker> {
        let engines: Vec<Engine> = self.pooled.iter().chain([&self.on_demand]).cloned().collect();
        let running = Arc::new(AtomicUsize::new(0));
        let seen = running.clone();
        let ticking = std::thread::Builder::new().name("ticker".into()).spawn(move || {
            loop {
                match seen.load(SeqCst) {
                    0 => std::thread::park(),
                    ENDED => break,
                    _ => {
                        std::thread::sleep(every);
                        engines.iter().for_each(Engine::increment_epoch);
                    }
                }
            }
        });
        Arc::new(Ticker { running, thread: ticking.expect("a thread for the clock").thread().clone() })
    }
}

/// Compiles ahead of time.
pub fn compile(component: &[u8]) -> Result<Vec<u8>> {
    Engine::new(&config())?.precompile_component(component)
}

fn config() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true).epoch_interruption(true);
    config
}

fn pool(limits: &Limits) -> InstanceAllocationStrategy {
    let mut pool = PoolingAllocationConfig::new();
    // With room for a few large ones even where only one may run.
    let instances = limits.instances.max(8) as u32;
    // A component is several core instances with a table or two each; one that is composed has a memory for each part.
    pool.total_component_instances(4 * instances)
        .total_core_instances(16 * instances)
        .total_memories(4 * instances)
        .total_tables(8 * instances)
        .total_stacks(instances)
        .max_memory_size(limits.memory_bytes)
        .table_elements(TABLE_ELEMENTS)
        .max_unused_warm_slots(instances)
        .linear_memory_keep_resident(KEPT_BYTES)
        .table_keep_resident(KEPT_BYTES)
        .pagemap_scan(Enabled::Auto);
    InstanceAllocationStrategy::Pooling(pool)
}

fn load(engine: &Engine, file: &Path) -> Result<ProxyPre<Guest>> {
    let mut magic = [0; 4];
    File::open(file)?.read_exact(&mut magic)?;
    let component = if magic == *b"\0asm" {
        Component::from_file(engine, file)?
    } else {
        // Safe only for what `compile` made: whoever may name files for the host may run programs anyway.
        unsafe { Component::deserialize_file(engine, file)? }
    };
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    crate::clock::add_to_linker(&mut linker)?;
    ProxyPre::new(linker.instantiate_pre(&component)?)
}

/// In place of how many run.
const ENDED: usize = usize::MAX;

pub struct Ticker {
    running: Arc<AtomicUsize>,
    thread: Thread,
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.running.store(ENDED, SeqCst);
        self.thread.unpark();
    }
}

impl Ticker {
    /// The clock goes at least until what is returned is dropped.
    pub fn run(self: &Arc<Ticker>) -> Running {
        if self.running.fetch_add(1, SeqCst) == 0 {
            self.thread.unpark();
        }
        Running(self.clone())
    }
}

pub struct Running(Arc<Ticker>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    #[test]
    fn a_pool_is_given_back_with_its_clock() {
        // All of them at once would need more addresses than a process has.
        for _ in 0..20 {
            let options = Options::read(["work.wasm".to_string()]).expect("options");
            let engines = Engines::new(&options.limits, true).expect("engines");
            assert!(engines.is_pooled());
            drop(engines.tick(Duration::from_millis(1)));
            drop(engines);
            // Its clock ends in a thread of its own.
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
