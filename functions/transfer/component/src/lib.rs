//! The function that moves bytes as a `wasi:http` component. Objects lie in the first folder that the host opens to it.
#![no_std]

extern crate alloc;

use component::Exchange;
use transfer::{piece, Ask, Checksum, PIECE_BYTES};
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasip2::http::types::{IncomingRequest, OutgoingBody, ResponseOutparam};
use wasip2::io::streams::StreamError;

struct Function;

wasip2::http::proxy::export!(Function);

impl wasip2::exports::http::incoming_handler::Guest for Function {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let mut exchange = Exchange::new(request, None);
        if exchange.asks_readiness() {
            return exchange.respond(out, 200, &[]);
        }
        let done = match Ask::read(exchange.path()) {
            Some(Ask::Digest) => exchange.done(|exchange| {
                let mut checksum = Checksum::default();
                let read = exchange.read_body(|bytes| checksum.add(bytes));
                (checksum.end(), read.is_ok())
            }),
            Some(Ask::File(_)) => exchange.done(|exchange| {
                let mut checksum = Checksum::default();
                let Some(Ask::File(name)) = Ask::read(exchange.path()) else { return (0, false) };
                let read = read_file(name, |bytes| checksum.add(bytes));
                (checksum.end(), read.is_some())
            }),
            Some(Ask::Fill(bytes)) => {
                exchange.done(|_| (0, ()));
                return fill(exchange, out, bytes);
            }
            None => false,
        };
        exchange.respond(out, if done { 200 } else { 400 }, &[]);
    }
}

fn read_file(name: &str, mut piece: impl FnMut(&[u8])) -> Option<()> {
    let (folder, _) = get_directories().into_iter().next()?;
    let file = folder.open_at(PathFlags::empty(), name, OpenFlags::empty(), DescriptorFlags::READ).ok()?;
    let stream = file.read_via_stream(0).ok()?;
    loop {
        match stream.blocking_read(PIECE_BYTES as u64) {
            Ok(bytes) => piece(&bytes),
            Err(StreamError::Closed) => return Some(()),
            Err(StreamError::LastOperationFailed(_)) => return None,
        }
    }
}

fn fill(exchange: Exchange, out: ResponseOutparam, bytes: u64) {
    let Some(body) = exchange.begin(out, 200, bytes) else { return };
    let sent = body.write().is_ok_and(|stream| {
        let (piece, ready) = (piece(), stream.subscribe());
        let mut left = bytes;
        while left > 0 {
            let Ok(room) = stream.check_write() else { return false };
            let at = ((bytes - left) % PIECE_BYTES as u64) as usize;
            let some = (piece.len() - at).min(room.min(left) as usize);
            if some == 0 {
                ready.block();
            } else if stream.write(&piece[at..at + some]).is_err() {
                return false;
            } else {
                left -= some as u64;
            }
        }
        stream.flush().is_ok()
    });
    // A body that is not finished tells the host that it was cut off.
    if sent {
        let _ = OutgoingBody::finish(body, None);
    }
}
