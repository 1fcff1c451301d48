//! A native server, a thread a connection: as much of HTTP/1.1 as a sender of load needs.
use redirects::index::Index;
use redirects::Redirects;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Instant;

/// A head longer than this is refused by closing.
const HEAD_BYTES: usize = 16 * 1024;
const STACK_BYTES: usize = 64 * 1024;

type Parts = Redirects<Vec<u8>>;

pub fn serve(index: Index) -> Result<(), String> {
    let redirects = Arc::new(Redirects::open(index.sources, index.targets)?);
    let port: u16 = std::env::var("PORT").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| format!("port {port}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("redirects: listening on port {}", address.port());
    for stream in listener.incoming().flatten() {
        let redirects = redirects.clone();
        let serving = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || connection(&redirects, stream));
        if let Err(error) = serving {
            // The connection closes, and its sender counts a failure.
            eprintln!("redirects: no thread for a connection: {error}");
        }
    }
    Ok(())
}

fn connection(redirects: &Parts, mut stream: TcpStream) {
    // An answer is one small write; waiting for more to send with it would add 40 ms.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::with_capacity(1024);
    let mut answer = Vec::with_capacity(1024);
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            let mut chunk = [0; 4096];
            match stream.read(&mut chunk) {
                Ok(bytes) if bytes > 0 && buffer.len() <= HEAD_BYTES => buffer.extend_from_slice(&chunk[..bytes]),
                _ => return,
            }
        };
        answer.clear();
        let Some(last) = respond(redirects, &buffer[..end], &mut answer) else { return };
        buffer.drain(..end);
        if stream.write_all(&answer).is_err() || last {
            return;
        }
    }
}

/// Writes the answer; returns whether it is the connection's last, or `None` where what came is no request without a body.
fn respond(redirects: &Parts, head: &[u8], answer: &mut Vec<u8>) -> Option<bool> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (_method, path, version) = (first.next()?, first.next()?, first.next()?);
    let mut last = version == "HTTP/1.0";
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("connection") {
            last = value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding")
            || (name.eq_ignore_ascii_case("content-length") && value != "0")
        {
            return None;
        }
    }
    let started = Instant::now();
    let location = redirects.location(path);
    let seconds = started.elapsed().as_secs_f64();
    match location {
        Some(location) => write!(answer, "HTTP/1.1 302 Found\r\nlocation: {location}\r\n"),
        None => write!(answer, "HTTP/1.1 404 Not Found\r\n"),
    }
    .ok()?;
    let connection = if last { "connection: close\r\n" } else { "" };
    write!(answer, "coldcast-work: {seconds:.9}\r\n{connection}content-length: 0\r\n\r\n").ok()?;
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use redirects::{index, rules};

    fn ask(head: &str) -> Option<(String, bool)> {
        let index = index::build(&rules::read(b"/a https://b.example/c").unwrap()).unwrap();
        let mut answer = Vec::new();
        let last = respond(&Redirects::open(index.sources, index.targets).unwrap(), head.as_bytes(), &mut answer)?;
        Some((String::from_utf8(answer).unwrap(), last))
    }

    #[test]
    fn answers_302_or_404() {
        let (answer, last) = ask("GET /a/?d=1 HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        assert!(answer.starts_with("HTTP/1.1 302 Found\r\nlocation: https://b.example/c?d=1\r\n"), "{answer}");
        assert!(!last);
        assert!(ask("HEAD /b HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap().0.starts_with("HTTP/1.1 404"));
    }

    #[test]
    fn refuses_bodies_and_nonsense() {
        assert_eq!(ask("POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\n"), None);
        assert_eq!(ask("nonsense\r\n\r\n"), None);
    }
}
