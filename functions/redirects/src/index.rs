//! Makes the two parts of rules, at build time.
use crate::order::ordered;
use crate::rules::Rule;

/// The bytes that `Redirects` reads in place.
pub struct Index {
    pub sources: Vec<u8>,
    pub targets: Vec<u8>,
}

/// Targets that share one written-out start: more take less memory and longer to decode.
const BUCKET: usize = 32;

/// Two rules for one source are told by it.
pub fn build(rules: &[Rule<'_>]) -> Result<Index, String> {
    let sources: Vec<&[u8]> = rules.iter().map(|rule| rule.source).collect();
    let targets: Vec<&[u8]> = rules.iter().map(|rule| rule.target).collect();
    let (by_target, by_source) = both(|| ordered(&targets), || ordered(&sources));
    // Targets in their order, each once; what a rule leads to is a target's place among them.
    let mut place = vec![0; rules.len()];
    let mut different: Vec<&[u8]> = Vec::with_capacity(rules.len());
    for &rule in &by_target {
        let target = targets[rule as usize];
        if different.last() != Some(&target) {
            different.push(target);
        }
        place[rule as usize] = different.len() as u64 - 1;
    }
    let (dictionary, map) = both(|| dictionary_of(&different), || map_of(&by_source, &sources, &place));
    Ok(Index { sources: map?, targets: dictionary? })
}

fn dictionary_of(targets: &[&[u8]]) -> Result<Vec<u8>, String> {
    let dictionary = fcsd::Set::with_bucket_size(targets, BUCKET).map_err(|error| error.to_string())?;
    Ok(dictionary.as_bytes().to_vec())
}

fn map_of(order: &[u32], sources: &[&[u8]], place: &[u64]) -> Result<Vec<u8>, String> {
    let mut map = fst::MapBuilder::memory();
    for &rule in order {
        let source = sources[rule as usize];
        map.insert(source, place[rule as usize]).map_err(|error| match error {
            fst::Error::Fst(fst::raw::Error::DuplicateKey { .. }) => {
                format!("{} has two rules; a slash at the end makes no difference", String::from_utf8_lossy(source))
            }
            other => other.to_string(),
        })?;
    }
    map.into_inner().map_err(|error| error.to_string())
}

/// Two jobs at once, where there are threads.
fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    if cfg!(target_arch = "wasm32") {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let beside = scope.spawn(one);
        let here = other();
        (beside.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)), here)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules, Redirects};

    #[test]
    fn many_sources_share_a_target() {
        let index = build(&rules::read(b"/b /x\n/a /x\n/c /y").unwrap()).unwrap();
        let redirects = Redirects::open(&index.sources[..], &index.targets[..]).unwrap();
        redirects.check().unwrap();
        assert_eq!(redirects.len(), 3);
        assert_eq!(redirects.target(b"/a").as_deref(), Some(&b"/x"[..]));
        assert_eq!(redirects.target(b"/c").as_deref(), Some(&b"/y"[..]));
        assert_eq!(redirects.target(b"/"), None);
    }

    #[test]
    fn none_at_all_answers_nothing() {
        let index = build(&[]).unwrap();
        let redirects = Redirects::open(&index.sources[..], &index.targets[..]).unwrap();
        redirects.check().unwrap();
        assert!(redirects.is_empty());
        assert_eq!(redirects.target(b"/a"), None);
    }

    #[test]
    fn two_rules_for_a_source_are_refused() {
        let refused = build(&rules::read(b"/a /x\n/a/ /y").unwrap()).err().unwrap();
        assert!(refused.contains("/a has two rules"), "{refused}");
    }
}
