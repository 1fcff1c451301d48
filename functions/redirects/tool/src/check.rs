//! Asks a server for every source there is, and for as many paths that are none.
use crate::{file, rules_of};
use redirects::rules::Rule;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

/// Connections, a thread each.
const CONNECTIONS: usize = 16;
/// Requests that are on the way at once on a connection.
const AHEAD: usize = 32;

pub fn check(path: &Path, address: &str) -> Result<(), String> {
    let text = file(path)?;
    let rules = rules_of(&text, path)?;
    let started = Instant::now();
    let part = rules.len().div_ceil(CONNECTIONS).max(1);
    let wrong: Result<Vec<String>, String> = std::thread::scope(|scope| {
        let parts: Vec<_> = rules.chunks(part).map(|part| scope.spawn(move || ask_all(part, address))).collect();
        parts.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a thread broke off".into()))).collect()
    });
    let wrong: Vec<String> = wrong?.into_iter().filter(|what| !what.is_empty()).collect();
    if let Some(first) = wrong.first() {
        return Err(format!("{} parts have wrong answers, the first: {first}", wrong.len()));
    }
    println!("{{\"found\": {0}, \"absent\": {0}, \"seconds\": {1:.1}}}", rules.len(), started.elapsed().as_secs_f64());
    Ok(())
}

/// The first wrong answer, in words; empty where all are right.
fn ask_all(rules: &[Rule<'_>], address: &str) -> Result<String, String> {
    let stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
    let mut writing = stream.try_clone().map_err(|error| error.to_string())?;
    let mut reading = BufReader::new(stream);
    for batch in rules.chunks(AHEAD) {
        let mut asked = Vec::new();
        for rule in batch {
            let source = String::from_utf8_lossy(rule.source);
            for path in [source.clone(), absent(&source).into()] {
                let _ = write!(asked, "GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
            }
        }
        writing.write_all(&asked).map_err(|error| error.to_string())?;
        for rule in batch {
            let source = String::from_utf8_lossy(rule.source);
            let target = String::from_utf8_lossy(rule.target);
            let found = answer(&mut reading)?;
            if found != (302, Some(target.to_string())) {
                return Ok(format!("{source}: {found:?} in place of {target}"));
            }
            let none = answer(&mut reading)?;
            if none != (404, None) {
                return Ok(format!("{}: {none:?} in place of 404", absent(&source)));
            }
        }
    }
    Ok(String::new())
}

/// No rule's source: none of them holds `~`, which the check of the whole list shows.
fn absent(source: &str) -> String {
    format!("{}~", source.trim_end_matches('/'))
}

/// The next answer's status and location.
fn answer(reading: &mut impl BufRead) -> Result<(u16, Option<String>), String> {
    let mut status = None;
    let mut location = None;
    loop {
        let mut line = String::new();
        let bytes = reading.read_line(&mut line).map_err(|error| error.to_string())?;
        if bytes == 0 {
            return Err("the server closed the connection".into());
        }
        let line = line.trim_end();
        if line.is_empty() {
            return Ok((status.unwrap_or(0), location));
        }
        if status.is_none() {
            status =
                Some(line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(format!("no status: {line}"))?);
        } else if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("location") {
                location = Some(value.trim().to_string());
            } else if name.eq_ignore_ascii_case("content-length") && value.trim() != "0" {
                return Err(format!("an answer with a body: {line}"));
            }
        }
    }
}
