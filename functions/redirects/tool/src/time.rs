//! What a lookup takes natively.
use crate::{file, index_of, rules_of};
use redirects::Redirects;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// Odd, and without common factors with any round number, so that every rule is asked for once, far from the one before.
const STRIDE: usize = 611_953;
const ROUNDS: usize = 5;

pub fn time(path: &Path) -> Result<(), String> {
    let index = index_of(path)?;
    let redirects = Redirects::open(&index.sources[..], &index.targets[..])?;
    let text = file(path)?;
    let rules = rules_of(&text, path)?;
    let sources: Vec<&str> = rules.iter().map(|rule| std::str::from_utf8(rule.source).expect("plain ASCII")).collect();
    let absent: Vec<String> = sources.iter().map(|source| format!("{source}-absent")).collect();
    let absent: Vec<&str> = absent.iter().map(String::as_str).collect();
    let present = median(|| each(&redirects, &sources));
    let missing = median(|| each(&redirects, &absent));
    println!("{{\"rules\": {}, \"foundNanoseconds\": {present:.0}, \"absentNanoseconds\": {missing:.0}}}", rules.len());
    Ok(())
}

fn each(redirects: &Redirects<&[u8]>, paths: &[&str]) -> f64 {
    let started = Instant::now();
    let mut at = 0;
    for _ in paths {
        at = (at + STRIDE) % paths.len();
        black_box(redirects.location(black_box(paths[at])));
    }
    started.elapsed().as_secs_f64() * 1e9 / paths.len() as f64
}

fn median(mut measure: impl FnMut() -> f64) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}
