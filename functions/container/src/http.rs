//! As much of HTTP/1.1 as a sender of events needs: requests one after the other on a connection, bodies of a told length.
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;

/// A head longer than this is refused by closing.
const HEAD_BYTES: usize = 16 * 1024;
/// What is read at once of a head, and perhaps of the body after it.
const CHUNK_BYTES: usize = 4 * 1024;
/// What is read or written at once of a body.
const PIECE_BYTES: usize = 64 * 1024;

pub struct Request {
    /// With its query.
    pub path: String,
    pub work_seconds: Option<String>,
    pub work_is: Option<String>,
    pub body_bytes: u64,
    /// The sender wants no further request on this connection.
    pub close: bool,
}

pub struct Answer {
    pub status: u16,
    /// Whole lines.
    pub headers: String,
    pub content: Content,
}

pub enum Content {
    Bytes(Vec<u8>),
    /// So many bytes from a source.
    From(Box<dyn Read>, u64),
}

impl Answer {
    pub fn ok(headers: String) -> Answer {
        Answer { status: 200, headers, content: Content::Bytes(Vec::new()) }
    }

    pub fn refused() -> Answer {
        Answer { status: 400, ..Answer::ok(String::new()) }
    }
}

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What is left of a request's body.
pub struct Body<'a> {
    connection: &'a mut Connection,
    left: u64,
}

impl Body<'_> {
    pub fn new(connection: &mut Connection, left: u64) -> Body<'_> {
        Body { connection, left }
    }

    /// Hands over what comes, piece by piece, to the body's end.
    pub fn read(&mut self, mut piece: impl FnMut(&[u8])) -> Result<()> {
        // What came with the head is there already.
        let buffer = &mut self.connection.buffer;
        let bytes = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        piece(&buffer[..bytes]);
        buffer.drain(..bytes);
        self.left -= bytes as u64;
        if self.left == 0 {
            return Ok(());
        }
        let mut chunk = vec![0; PIECE_BYTES];
        while self.left > 0 {
            let most = chunk.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            match self.connection.stream.read(&mut chunk[..most])? {
                0 => return Err(Error::from(ErrorKind::UnexpectedEof)),
                bytes => {
                    piece(&chunk[..bytes]);
                    self.left -= bytes as u64;
                }
            }
        }
        Ok(())
    }

    /// The whole body; an error where it is longer than `most`.
    pub fn whole(&mut self, most: u64) -> Result<Vec<u8>> {
        if self.left > most {
            return Err(Error::from(ErrorKind::InvalidInput));
        }
        let mut bytes = Vec::new();
        self.read(|piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }
}

impl Connection {
    pub fn new(stream: TcpStream) -> Connection {
        // An answer is one small write; waiting for more to send with it would add 40 ms.
        let _ = stream.set_nodelay(true);
        Connection { stream, buffer: Vec::with_capacity(1024) }
    }

    /// The next request, its body still to be read; `None` at the end of the connection, or where what came is not HTTP.
    pub fn read(&mut self) -> Option<Request> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if self.buffer.len() > HEAD_BYTES || !self.fill() {
                return None;
            }
        };
        let request = parse(std::str::from_utf8(&self.buffer[..end]).ok()?)?;
        self.buffer.drain(..end);
        Some(request)
    }

    pub fn write(&mut self, answer: Answer, close: bool) -> Result<()> {
        let reason = if answer.status == 200 { "OK" } else { "Bad Request" };
        let connection = if close { "connection: close\r\n" } else { "" };
        let bytes = match &answer.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::From(_, bytes) => *bytes,
        };
        let head = format!(
            "HTTP/1.1 {} {reason}\r\n{}{connection}content-length: {bytes}\r\n\r\n",
            answer.status, answer.headers
        );
        match answer.content {
            Content::Bytes(mut content) => {
                let mut all = head.into_bytes();
                all.append(&mut content);
                self.stream.write_all(&all)
            }
            Content::From(mut source, bytes) => {
                self.stream.write_all(head.as_bytes())?;
                let (mut chunk, mut left) = (vec![0; PIECE_BYTES], bytes);
                while left > 0 {
                    let most = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    match source.read(&mut chunk[..most])? {
                        0 => return Err(Error::from(ErrorKind::UnexpectedEof)),
                        bytes => {
                            self.stream.write_all(&chunk[..bytes])?;
                            left -= bytes as u64;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    fn fill(&mut self) -> bool {
        let mut chunk = [0; CHUNK_BYTES];
        match self.stream.read(&mut chunk) {
            Ok(bytes) if bytes > 0 => {
                self.buffer.extend_from_slice(&chunk[..bytes]);
                true
            }
            _ => false,
        }
    }
}

fn parse(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (_method, path, version) = (first.next()?, first.next()?, first.next()?);
    let close = version == "HTTP/1.0";
    let mut request = Request { path: path.into(), work_seconds: None, work_is: None, body_bytes: 0, close };
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "ce-workseconds" => request.work_seconds = Some(value.into()),
            "ce-workis" => request.work_is = Some(value.into()),
            "content-length" => request.body_bytes = value.parse().ok()?,
            "connection" => request.close = value.eq_ignore_ascii_case("close"),
            // Its end could not be found, and a request that follows would be misread.
            "transfer-encoding" => return None,
            _ => {}
        }
    }
    Some(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_request() {
        let text = "POST /a HTTP/1.1\r\nCE-WorkSeconds: 0.25\r\nce-workis: cpu\r\nContent-Length: 3\r\n\r\n";
        let request = parse(text).unwrap();
        assert_eq!((request.path.as_str(), request.work_seconds.as_deref()), ("/a", Some("0.25")));
        assert_eq!((request.work_is.as_deref(), request.close, request.body_bytes), (Some("cpu"), false, 3));
    }

    #[test]
    fn refuses_what_it_cannot_frame() {
        assert!(parse("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n").is_none());
        assert!(parse("POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n").is_none());
        assert!(parse("nonsense\r\n\r\n").is_none());
    }
}
