//! A client that asks as fast as it is answered: what it finds is a server's highest rate with so many connections.
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 50;
const WARM_UP: Duration = Duration::from_millis(500);
const SPAN: Duration = Duration::from_secs(4);

/// Prints JSON: requests a second, latencies, and answers that were not 200.
pub fn load(address: &str, rest: &[&str]) -> Result<(), String> {
    let path = rest.first().unwrap_or(&"/");
    let headers: String = rest.iter().skip(1).map(|header| format!("{header}\r\n")).collect();
    let request = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\n{headers}\r\n");
    // One thread: on a machine of few cores the server should have the rest.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let began = Instant::now();
    let mut all = runtime.block_on(async {
        let clients = (0..CONNECTIONS).map(|_| tokio::spawn(client(address.to_string(), request.clone(), began)));
        let mut all = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            all.extend(
                client.await.map_err(|error| error.to_string())?.map_err(|error| format!("{address}: {error}"))?,
            );
        }
        Ok::<_, String>(all)
    })?;
    all.sort_unstable_by_key(|&(took, _)| took);
    let failed = all.iter().filter(|&&(_, is_ok)| !is_ok).count();
    let at = |q: f64| all.get((q * all.len() as f64) as usize).map_or(f64::NAN, |&(took, _)| took.as_secs_f64());
    println!(
        r#"{{ "ratePerSecond": {:.0}, "p50Seconds": {:.7}, "p99Seconds": {:.7}, "requests": {}, "failed": {failed} }}"#,
        all.len() as f64 / SPAN.as_secs_f64(),
        at(0.5),
        at(0.99),
        all.len()
    );
    Ok(())
}

async fn client(address: String, request: String, began: Instant) -> std::io::Result<Vec<(Duration, bool)>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut took, mut buffer) = (Vec::new(), Vec::with_capacity(4096));
    while began.elapsed() < WARM_UP + SPAN {
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        buffer.clear();
        while !is_whole(&buffer) {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        if began.elapsed() >= WARM_UP {
            took.push((asked.elapsed(), buffer.starts_with(b"HTTP/1.1 200 ")));
        }
    }
    Ok(took)
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
