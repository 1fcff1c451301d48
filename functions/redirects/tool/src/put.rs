//! Puts redirects into the guest: an instance's memory is filled, and Wizer takes a snapshot of it as a new module.
//!
//! Wizer's own engine would be Wasmtime with its compiler, ten minutes of building for one short call. What runs here is
//! an interpreter: the guest has nothing to compute, because the index is built natively.
use crate::{file, rules_of, store};
use redirects::{index, Redirects};
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use wasmi::{Engine, Extern, Instance, Linker, Memory, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

pub fn build(rules: &Path, guest: &Path, out: &Path, as_text: bool) -> Result<(), String> {
    let wasm = file(guest)?;
    let started = Instant::now();
    let text = file(rules)?;
    let read = rules_of(&text, rules)?;
    let read_at = started.elapsed();
    let built = index::build(&read)?;
    let indexed_at = started.elapsed();
    Redirects::open(&built.sources[..], &built.targets[..])?.check()?;
    let checked_at = started.elapsed();
    let pieces: Vec<&[u8]> = if as_text { vec![&text] } else { vec![&built.sources, &built.targets] };
    let module = with(&wasm, &pieces)?;
    std::fs::write(out, &module).map_err(|error| format!("{}: {error}", out.display()))?;
    if !as_text {
        store::write(&built, &out.with_extension("index"))?;
    }
    let bytes = [read.len(), built.sources.len(), built.targets.len(), module.len()];
    let steps = [read_at, indexed_at - read_at, checked_at - indexed_at, started.elapsed() - checked_at];
    let seconds = steps.map(|step| format!("{:.3}", step.as_secs_f64()));
    println!(
        "{{\"rules\": {}, \"sourceBytes\": {}, \"targetBytes\": {}, \"moduleBytes\": {}, \"seconds\": {{\"read\": {}, \"index\": {}, \"check\": {}, \"write\": {}}}}}",
        bytes[0], bytes[1], bytes[2], bytes[3], seconds[0], seconds[1], seconds[2], seconds[3],
    );
    Ok(())
}

/// The module with these pieces in its memory, initialised.
fn with(wasm: &[u8], pieces: &[&[u8]]) -> Result<Vec<u8>, String> {
    let told = |error: &dyn std::fmt::Display| format!("the guest: {error:#}");
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument(wasm).map_err(|error| told(&error))?;
    let engine = Engine::default();
    let module = Module::new(&engine, &instrumented).map_err(|error| told(&error))?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    for import in module.imports() {
        // What the host would do is not asked for at build time.
        if let wasmi::ExternType::Func(kind) = import.ty() {
            let name = format!("{}.{}", import.module(), import.name());
            let refuse = move |_: wasmi::Caller<'_, ()>, _: &[Val], _: &mut [Val]| -> Result<(), wasmi::Error> {
                Err(wasmi::Error::new(format!("{name} is not there at build time")))
            };
            linker.func_new(import.module(), import.name(), kind.clone(), refuse).map_err(|error| told(&error))?;
        }
    }
    let instance = linker.instantiate_and_start(&mut store, &module).map_err(|error| told(&error))?;
    let reserve = instance.get_typed_func::<u32, u32>(&store, "reserve").map_err(|error| told(&error))?;
    let memory = instance.get_memory(&store, "memory").ok_or("the guest: no memory")?;
    for piece in pieces {
        let at = reserve.call(&mut store, piece.len() as u32).map_err(|error| told(&error))?;
        memory.write(&mut store, at as usize, piece).map_err(|error| told(&error))?;
    }
    let initialize = instance.get_typed_func::<(), ()>(&store, wizer.get_init_func()).map_err(|error| told(&error))?;
    initialize.call(&mut store, ()).map_err(|error| told(&error))?;
    let mut state = State { store, instance };
    let mut taken = pin!(wizer.snapshot(&context, &mut state));
    // Nothing in a snapshot of an interpreter's instance waits.
    match taken.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(module) => module.map_err(|error| told(&error)),
        Poll::Pending => Err("the snapshot waits".into()),
    }
}

/// What Wizer asks of an engine.
struct State {
    store: Store<()>,
    instance: Instance,
}

impl InstanceState for State {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let Some(Extern::Global(global)) = self.instance.get_export(&self.store, name) else {
            panic!("Wizer exports every global it asks for")
        };
        match global.get(&self.store) {
            Val::I32(value) => SnapshotVal::I32(value),
            Val::I64(value) => SnapshotVal::I64(value),
            Val::F32(value) => SnapshotVal::F32(value.to_bits()),
            Val::F64(value) => SnapshotVal::F64(value.to_bits()),
            _ => panic!("Wizer asks for numbers only"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        let memory: Memory = self.instance.get_memory(&self.store, name).expect("Wizer exports every memory");
        contents(memory.data(&self.store));
    }
}
