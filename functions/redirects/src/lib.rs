//! Redirects by the million: an FST maps a source path to an index, a front-coded dictionary the index to its target.
//!
//! Both are read in place, from bytes that lie in memory already: opening them copies nothing and costs no time that
//! grows with their number. `rules` reads a `redirects.txt`, `index` makes the bytes of it.
pub mod index;
pub mod location;
mod order;
pub mod rules;

use fcsd::Set;
use fst::raw::Fst;
use fst::Streamer;

/// The redirects, over the bytes that `index::build` made.
pub struct Redirects<D> {
    sources: Fst<D>,
    targets: Set<D>,
}

impl<D: AsRef<[u8]>> Redirects<D> {
    /// Looks at the heads of both parts only; `check` reads them wholly.
    pub fn open(sources: D, targets: D) -> Result<Self, String> {
        let sources = Fst::new(sources).map_err(|error| format!("sources: {error}"))?;
        let targets = Set::from_bytes_trusted(targets).map_err(|error| format!("targets: {error}"))?;
        Ok(Redirects { sources, targets })
    }

    /// Reads every byte: whether the parts are what was built, and fit each other.
    pub fn check(&self) -> Result<(), String> {
        self.sources.verify().map_err(|error| format!("sources: {error}"))?;
        Set::from_bytes(self.targets.as_bytes()).map_err(|error| format!("targets: {error}"))?;
        let mut rules = self.sources.stream();
        while let Some((_, target)) = rules.next() {
            if target.value() >= self.targets.len() as u64 {
                return Err(format!("a source leads to target {}, of {}", target.value(), self.targets.len()));
            }
        }
        Ok(())
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The target of a source as it is stored.
    pub fn target(&self, source: &[u8]) -> Option<Vec<u8>> {
        let index = self.sources.get(source)?;
        Some(self.targets.decoder().run(index.value() as usize))
    }

    /// What a request's path and query lead to: the answer's `location`.
    pub fn location(&self, path_with_query: &str) -> Option<String> {
        location::location(self, path_with_query)
    }
}
