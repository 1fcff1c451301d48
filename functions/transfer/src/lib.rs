//! A function that moves many bytes and computes little: what hosting costs by the byte.
//!
//! Three things are asked of it: to read a body that is sent, to send a body, and to read a file. Every byte is looked at
//! once, so that none can be left uncopied; the checksum proves it.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

use alloc::vec::Vec;

/// More is asked for by nobody who measures.
pub const BYTES_MAX: u64 = 1 << 30;
/// What is read, made or sent at once.
pub const PIECE_BYTES: usize = 64 * 1024;

/// What a request asks for, by its path.
#[derive(Debug, PartialEq)]
pub enum Ask<'a> {
    /// `/digest`: the checksum of the body.
    Digest,
    /// `/fill?bytes=N`: a body of so many bytes.
    Fill(u64),
    /// `/file/NAME`: the checksum of a file in the folder of objects.
    File(&'a str),
}

impl Ask<'_> {
    /// `None` where the path asks for nothing that is to be had.
    pub fn read(path: &str) -> Option<Ask<'_>> {
        if path == "/digest" {
            return Some(Ask::Digest);
        }
        if let Some(bytes) = path.strip_prefix("/fill?bytes=") {
            return bytes.parse().ok().filter(|bytes| *bytes <= BYTES_MAX).map(Ask::Fill);
        }
        // A name in the folder itself: nothing leads out of it.
        path.strip_prefix("/file/")
            .filter(|name| !name.is_empty() && !name.contains(['/', '\\', '%', '?']) && *name != "..")
            .map(Ask::File)
    }
}

/// A checksum that grows with the bytes, whatever the pieces they come in: FNV-1a's step on words of eight bytes.
#[derive(Default)]
pub struct Checksum {
    state: u64,
    word: [u8; 8],
    held: usize,
}

impl Checksum {
    pub fn add(&mut self, mut bytes: &[u8]) {
        if self.held > 0 {
            let wanted = (8 - self.held).min(bytes.len());
            self.word[self.held..self.held + wanted].copy_from_slice(&bytes[..wanted]);
            self.held += wanted;
            bytes = &bytes[wanted..];
            if self.held < 8 {
                return;
            }
            self.step(u64::from_le_bytes(self.word));
        }
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.step(u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]));
        }
        let rest = words.remainder();
        self.word[..rest.len()].copy_from_slice(rest);
        self.held = rest.len();
    }

    pub fn end(mut self) -> u64 {
        if self.held > 0 {
            self.word[self.held..].fill(0);
            self.step(u64::from_le_bytes(self.word));
        }
        self.state
    }

    #[inline]
    fn step(&mut self, word: u64) {
        self.state = (self.state ^ word).wrapping_mul(0x0000_0100_0000_01b3);
    }
}

/// The bytes that `Ask::Fill` sends: one piece over and over.
pub fn piece() -> Vec<u8> {
    (0..PIECE_BYTES).map(|at| (at % 251) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_do_not_matter() {
        let bytes = piece();
        let whole = |sizes: &[usize]| {
            let (mut checksum, mut rest) = (Checksum::default(), &bytes[..1000]);
            for size in sizes.iter().cycle() {
                let (first, then) = rest.split_at((*size).min(rest.len()));
                checksum.add(first);
                rest = then;
                if rest.is_empty() {
                    return checksum.end();
                }
            }
            unreachable!()
        };
        assert_eq!(whole(&[1000]), whole(&[1]));
        assert_eq!(whole(&[1000]), whole(&[3, 8, 17, 0, 1]));
    }

    #[test]
    fn reads_what_is_asked_for() {
        assert_eq!(Ask::read("/digest"), Some(Ask::Digest));
        assert_eq!(Ask::read("/fill?bytes=10"), Some(Ask::Fill(10)));
        assert_eq!(Ask::read("/file/a.bin"), Some(Ask::File("a.bin")));
        for path in
            ["/", "/fill?bytes=-1", "/fill?bytes=99999999999", "/file/", "/file/..", "/file/a/b", "/file/%2e%2e"]
        {
            assert_eq!(Ask::read(path), None, "{path}");
        }
    }
}
