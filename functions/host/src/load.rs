//! A client that asks as fast as it is answered: what it finds is a server's highest rate with so many connections.
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const WARM_UP: Duration = Duration::from_millis(500);

struct Plan {
    connections: usize,
    /// Measured, after the warm-up.
    span: Duration,
}

/// When a request was answered after the start, how long that took, and whether with 200.
type Answered = (Duration, Duration, bool);

/// `[--connections N] [--seconds N] ADDRESS [PATH] [HEADER]…`; prints JSON: requests a second, latencies, answers that were
/// not 200, and the processor time of this client, as a request of its own costs time that the server has not.
pub fn load(words: &[&str]) -> Result<(), String> {
    let mut plan = Plan { connections: 50, span: Duration::from_secs(4) };
    let mut words = words;
    while let [name @ ("--connections" | "--seconds"), value, rest @ ..] = words {
        let number: u32 =
            value.parse().ok().filter(|&n| n > 0).ok_or(format!("{name} needs a whole number, not {value}"))?;
        match *name {
            "--connections" => plan.connections = number as usize,
            _ => plan.span = Duration::from_secs(number.into()),
        }
        words = rest;
    }
    let [address, rest @ ..] = words else { return Err("load: which address?".into()) };
    let path = rest.first().unwrap_or(&"/");
    let headers: String = rest.iter().skip(1).map(|header| format!("{header}\r\n")).collect();
    let request = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\n{headers}\r\n");
    let answered = ask(address, &request, &plan)?;
    print(&plan, &answered);
    Ok(())
}

fn ask(address: &str, request: &str, plan: &Plan) -> Result<Vec<Answered>, String> {
    // One thread: on a machine of few cores the server should have the rest.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let end = WARM_UP + plan.span;
    runtime.block_on(async {
        let clients =
            (0..plan.connections).map(|_| tokio::spawn(client(address.to_string(), request.to_string(), end)));
        let mut all = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            let answered = client.await.map_err(|error| error.to_string())?;
            all.extend(answered.map_err(|error| format!("{address}: {error}"))?);
        }
        Ok(all)
    })
}

fn print(plan: &Plan, answered: &[Answered]) {
    let mut measured: Vec<Answered> = answered.iter().filter(|&&(at, _, _)| at >= WARM_UP).copied().collect();
    measured.sort_unstable_by_key(|&(_, took, _)| took);
    let failed = measured.iter().filter(|&&(_, _, is_ok)| !is_ok).count();
    let count = measured.len();
    let at = |q: f64| measured.get((q * count as f64) as usize).map_or(f64::NAN, |&(_, took, _)| took.as_secs_f64());
    println!(
        r#"{{ "ratePerSecond": {:.0}, "p50Seconds": {:.7}, "p99Seconds": {:.7}, "requests": {count}, "failed": {failed}, "asked": {}, "clientSeconds": {:.3} }}"#,
        count as f64 / plan.span.as_secs_f64(),
        at(0.5),
        at(0.99),
        answered.len(),
        processor_seconds()
    );
}

/// What this process has used so far.
fn processor_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // The clock is always there, and the system only writes what it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

async fn client(address: String, request: String, end: Duration) -> std::io::Result<Vec<Answered>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let began = Instant::now();
    let (mut answered, mut buffer) = (Vec::new(), Vec::with_capacity(4096));
    while began.elapsed() < end {
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        buffer.clear();
        while !is_whole(&buffer) {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        answered.push((began.elapsed(), asked.elapsed(), buffer.starts_with(b"HTTP/1.1 200 ")));
    }
    Ok(answered)
}

/// Its head is there, and as much body as it says.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    answer.len() >= end + 4 + length.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn an_answer_is_whole_with_its_body() {
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx"));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxy"));
        assert!(is_whole(b"HTTP/1.1 204 No Content\r\n\r\n"));
    }
}
