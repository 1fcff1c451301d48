//! What instances cost in this process, without a network: start times, memory, and compiling ahead of time or not.
use crate::engines;
use crate::host::Host;
use crate::options::Options;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROUNDS: usize = 20_000;
const WARM_UP: usize = 500;
const FUNCTIONS: usize = 500;

/// Prints JSON; times in seconds, memory in bytes.
pub fn measure(file: &str) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let folder = std::env::temp_dir().join(format!("coldcast-host-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let measured = runtime.block_on(all(file, &folder));
    let _ = std::fs::remove_dir_all(&folder);
    println!("{{\n{}\n}}", measured?.join(",\n"));
    Ok(())
}

async fn all(file: &str, folder: &Path) -> Result<Vec<String>, String> {
    let component = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let began = Instant::now();
    let compiled = engines::compile(&component).map_err(|error| format!("{error:#}"))?;
    let compile = began.elapsed();
    let ahead = folder.join("0.cwasm").display().to_string();
    std::fs::write(&ahead, &compiled).map_err(|error| error.to_string())?;
    let mut lines = vec![
        format!(
            r#"  "bytes": {}, "compiledBytes": {}, "compileSeconds": {}"#,
            component.len(),
            compiled.len(),
            s(compile)
        ),
        format!(r#"  "readyAheadSeconds": {}"#, s(ready(&ahead).await?)),
        format!(r#"  "readyJustInTimeSeconds": {}"#, s(ready(file).await?)),
    ];
    for (name, allocation) in [("pooled", "pooled"), ("onDemand", "on-demand")] {
        let host = host(&["--allocation", allocation, &ahead]).await?;
        if host.is_pooled != (allocation == "pooled") {
            return Err(format!("{name}: the system gives no room for a pool"));
        }
        let (start, end) = times(async || host.start_one().await).await?;
        let (request, _) = times(async || request(&host).await).await?;
        lines.push(format!(r#"  "{name}": {{ "start": {start}, "end": {end}, "request": {request} }}"#));
    }
    lines.push(memory(folder, &compiled).await?);
    Ok(lines)
}

/// From a file to the first instance: the shortest of five.
async fn ready(file: &str) -> Result<Duration, String> {
    let mut shortest = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        host(&[file]).await?;
        shortest = shortest.min(began.elapsed());
    }
    Ok(shortest)
}

/// So many functions, each from a file of its own, and then an instance of each alive at once.
async fn memory(folder: &Path, compiled: &[u8]) -> Result<String, String> {
    let files = (0..FUNCTIONS).map(|n| folder.join(format!("{n}.cwasm"))).collect::<Vec<PathBuf>>();
    for file in &files {
        std::fs::write(file, compiled).map_err(|error| error.to_string())?;
    }
    let named: Vec<String> = files.iter().enumerate().map(|(n, file)| format!("f{n}={}", file.display())).collect();
    let before = resident();
    let host = host(&named.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let loaded = resident();
    let alive = host.start_all().await.map_err(|failure| format!("{failure:?}"))?;
    let with_instances = resident();
    drop(alive);
    let pair = |(all, anonymous): (u64, u64)| format!(r#"{{ "resident": {all}, "anonymous": {anonymous} }}"#);
    Ok(format!(
        r#"  "functions": {{ "count": {FUNCTIONS}, "before": {}, "loaded": {}, "instancesAlive": {} }}"#,
        pair(before),
        pair(loaded),
        pair(with_instances)
    ))
}

async fn host(arguments: &[&str]) -> Result<Host, String> {
    Host::new(Options::read(arguments.iter().map(|argument| argument.to_string()))?).await
}

/// A whole request: its instance, its work, which is none, and its answer to the last byte.
async fn request(host: &Host) -> Result<(), String> {
    let request = Request::post("http://localhost/").header("ce-workseconds", "0").body(Empty::<Bytes>::new());
    let (function, _) = host.route("/").ok_or("no function")?;
    let (answer, _) = host.serve(function, request.map_err(|error| error.to_string())?).await;
    let answer = answer.map_err(|failure| format!("{failure:?}"))?;
    if answer.status() != 200 {
        return Err(format!("status {}", answer.status()));
    }
    answer.into_body().collect().await.map(drop).map_err(|error| error.to_string())
}

/// How long a job takes, and how long it takes to throw away what it made.
async fn times<T>(job: impl AsyncFn() -> Result<T, String>) -> Result<(String, String), String> {
    let mut made = Vec::with_capacity(ROUNDS);
    let mut thrown = Vec::with_capacity(ROUNDS);
    for round in 0..WARM_UP + ROUNDS {
        let began = Instant::now();
        let it = job().await?;
        let there = Instant::now();
        drop(it);
        if round >= WARM_UP {
            made.push(there - began);
            thrown.push(there.elapsed());
        }
    }
    Ok((law(made), law(thrown)))
}

fn law(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |q: f64| s(times[(q * times.len() as f64) as usize]);
    format!(r#"{{ "p50Seconds": {}, "p99Seconds": {} }}"#, at(0.5), at(0.99))
}

fn s(time: Duration) -> String {
    format!("{:.7}", time.as_secs_f64())
}

/// All of this process's memory, and what of it no file could give back.
fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0_u64)
    };
    (kib("VmRSS:") << 10, kib("RssAnon:") << 10)
}
