//! A host of many wasi:http components in one process. Every request gets an instance of its own, which ends with it:
//! what a guest breaks, uses up or never finishes is its own request.
mod busy;
mod clock;
mod engines;
mod guest;
mod host;
mod load;
mod measure;
mod options;
mod server;
mod timer;

use crate::host::Host;
use options::{Options, USAGE};
use server::Server;
use std::io::Read;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        [] | ["--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        ["compile", from, to] => compile(from, to),
        ["measure", file] => measure::measure(file),
        ["load", ref rest @ ..] => load::load(rest),
        _ => serve(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("host: {reason}");
            ExitCode::from(2)
        }
    }
}

fn compile(from: &str, to: &str) -> Result<(), String> {
    let component = std::fs::read(from).map_err(|error| format!("{from}: {error}"))?;
    let compiled = engines::compile(&component).map_err(|error| format!("{from}: {error:#}"))?;
    std::fs::write(to, compiled).map_err(|error| format!("{to}: {error}"))
}

fn serve(arguments: Vec<String>) -> Result<(), String> {
    let options = Options::read(arguments)?;
    let runtime = runtime(options.threads)?;
    let (address, id, is_rig) = (options.listen, options.id.clone(), options.is_rig);
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
        let bound = listener.local_addr().map_err(|error| error.to_string())?;
        let server = Arc::new(Server::new(Host::new(options).await?, &id, is_rig));
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
        if is_rig {
            end_with_parent();
        }
        println!("host: listening on {bound}");
        let end = async {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        };
        server.listen(listener, end).await;
        Ok(())
    })
}

/// Guests are tasks of the runtime. It looks for news from the network after every few of their turns, not every 61:
/// beside guests that compute, a neighbour's request would otherwise wait that many slices to be seen.
fn runtime(threads: usize) -> Result<tokio::runtime::Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(threads).event_interval(4).enable_all().build().map_err(|error| error.to_string())
}

/// The rig holds the other end of stdin, however it ends.
fn end_with_parent() {
    std::thread::spawn(|| {
        let mut stdin = std::io::stdin();
        let mut bytes = [0; 64];
        while stdin.read(&mut bytes).is_ok_and(|read| read > 0) {}
        std::process::exit(0);
    });
}
