//! The function that moves bytes as an HTTP server. `COLDCAST_OBJECTS` names the folder of objects, `/objects` by default.
use container::{Answer, Body, Content, Function, Request, Server};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use transfer::{piece, Ask, Checksum, PIECE_BYTES};

struct Transfer {
    objects: PathBuf,
}

impl Function for Transfer {
    fn answer(&self, server: &Server, request: &Request, body: &mut Body) -> Answer {
        let mut read: io::Result<()> = Ok(());
        let mut answer = match Ask::read(&request.path) {
            Some(Ask::Digest) => server.done(|| {
                let mut checksum = Checksum::default();
                read = body.read(|bytes| checksum.add(bytes));
                (checksum.end(), Vec::new())
            }),
            Some(Ask::File(name)) => server.done(|| {
                let mut checksum = Checksum::default();
                read = self.read(name, |bytes| checksum.add(bytes));
                (checksum.end(), Vec::new())
            }),
            Some(Ask::Fill(bytes)) => {
                let content = Content::From(Box::new(Endless { piece: piece(), at: 0 }), bytes);
                Answer { content, ..server.done(|| (0, Vec::new())) }
            }
            None => return Answer::refused(),
        };
        if read.is_err() {
            answer.status = 400;
        }
        answer
    }
}

impl Transfer {
    fn read(&self, name: &str, mut piece: impl FnMut(&[u8])) -> io::Result<()> {
        let mut file = File::open(self.objects.join(name))?;
        let mut buffer = vec![0; PIECE_BYTES];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(()),
                bytes => piece(&buffer[..bytes]),
            }
        }
    }
}

/// One piece over and over.
struct Endless {
    piece: Vec<u8>,
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = &self.piece[self.at..];
        let bytes = from.len().min(into.len());
        into[..bytes].copy_from_slice(&from[..bytes]);
        self.at = (self.at + bytes) % self.piece.len();
        Ok(bytes)
    }
}

fn main() {
    let objects = std::env::var_os("COLDCAST_OBJECTS").map_or("/objects".into(), PathBuf::from);
    container::serve("transfer", Transfer { objects })
}
