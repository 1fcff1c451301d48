//! As much of HTTP/1.1 as a sender of events needs: requests one after the other on a connection, bodies read and dropped.
use std::io::{Read, Result, Write};
use std::net::TcpStream;

/// A head longer than this is refused by closing.
const HEAD_BYTES: usize = 16 * 1024;

pub struct Request {
    pub path: String,
    pub work_seconds: Option<String>,
    pub work_is: Option<String>,
    /// The sender wants no further request on this connection.
    pub close: bool,
}

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Connection {
        // An answer is one small write; waiting for more to send with it would add 40 ms.
        let _ = stream.set_nodelay(true);
        Connection { stream, buffer: Vec::with_capacity(1024) }
    }

    /// The next request; `None` at the end of the connection, or where what came is not HTTP.
    pub fn read(&mut self) -> Option<Request> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if self.buffer.len() > HEAD_BYTES || !self.fill() {
                return None;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..end]).ok()?;
        let (request, mut body_bytes) = parse(head)?;
        self.buffer.drain(..end);
        // A body is dropped as it comes, however long it is.
        while body_bytes > self.buffer.len() {
            body_bytes -= self.buffer.len();
            self.buffer.clear();
            if !self.fill() {
                return None;
            }
        }
        self.buffer.drain(..body_bytes);
        Some(request)
    }

    /// `headers` are whole lines.
    pub fn write(&mut self, status: u16, headers: &str, close: bool) -> Result<()> {
        let reason = if status == 200 { "OK" } else { "Bad Request" };
        let connection = if close { "connection: close\r\n" } else { "" };
        let answer = format!("HTTP/1.1 {status} {reason}\r\n{headers}{connection}content-length: 0\r\n\r\n");
        self.stream.write_all(answer.as_bytes())
    }

    fn fill(&mut self) -> bool {
        let mut chunk = [0; 4096];
        match self.stream.read(&mut chunk) {
            Ok(bytes) if bytes > 0 => {
                self.buffer.extend_from_slice(&chunk[..bytes]);
                true
            }
            _ => false,
        }
    }
}

fn parse(head: &str) -> Option<(Request, usize)> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (_method, path, version) = (first.next()?, first.next()?, first.next()?);
    let mut request = Request { path: path.into(), work_seconds: None, work_is: None, close: version == "HTTP/1.0" };
    let mut body_bytes = 0;
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "ce-workseconds" => request.work_seconds = Some(value.into()),
            "ce-workis" => request.work_is = Some(value.into()),
            "content-length" => body_bytes = value.parse().ok()?,
            "connection" => request.close = value.eq_ignore_ascii_case("close"),
            // Its end could not be found, and a request that follows would be misread.
            "transfer-encoding" => return None,
            _ => {}
        }
    }
    Some((request, body_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_request() {
        let text = "POST /a HTTP/1.1\r\nCE-WorkSeconds: 0.25\r\nce-workis: cpu\r\nContent-Length: 3\r\n\r\n";
        let (request, body_bytes) = parse(text).unwrap();
        assert_eq!((request.path.as_str(), request.work_seconds.as_deref()), ("/a", Some("0.25")));
        assert_eq!((request.work_is.as_deref(), request.close, body_bytes), (Some("cpu"), false, 3));
    }

    #[test]
    fn refuses_what_it_cannot_frame() {
        assert!(parse("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n").is_none());
        assert!(parse("POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n").is_none());
        assert!(parse("nonsense\r\n\r\n").is_none());
    }
}
