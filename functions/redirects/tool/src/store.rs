//! The two parts in one file: the length of the first in eight bytes, then both.
use crate::file;
use redirects::index::Index;
use std::path::Path;

pub fn write(index: &Index, path: &Path) -> Result<(), String> {
    let mut bytes = (index.sources.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(&index.sources);
    bytes.extend_from_slice(&index.targets);
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

pub fn read(path: &Path) -> Result<Index, String> {
    let mut bytes = file(path)?;
    let length = bytes.first_chunk::<8>().map(|head| u64::from_le_bytes(*head) as usize);
    match length.and_then(|length| length.checked_add(8)) {
        Some(end) if end <= bytes.len() => {
            let targets = bytes.split_off(end);
            bytes.drain(..8);
            Ok(Index { sources: bytes, targets })
        }
        _ => Err(format!("{}: no index that this tool has built", path.display())),
    }
}
