//! Whatever the rules are: every source is found and leads where it says, and nothing else is.
use redirects::location::plain_source;
use redirects::{index, rules, Redirects};
use std::collections::BTreeMap;

/// SplitMix64, as everywhere here, so that a failing case is the same on every machine.
struct Draw(u64);

impl Draw {
    fn number(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % below
    }

    /// Of few letters, so that sources begin alike, end in slashes, and are met again.
    fn path(&mut self) -> String {
        let length = self.number(12);
        let rest: String = (0..length).map(|_| b"ab/%~-"[self.number(6) as usize] as char).collect();
        format!("/{rest}")
    }
}

fn plain(path: &str) -> String {
    String::from_utf8(plain_source(path.as_bytes()).to_vec()).unwrap()
}

/// As many rules as are asked for at most, by what is compared of their sources: what has one already gets no second.
fn drawn(draw: &mut Draw, count: u64) -> BTreeMap<String, (String, String)> {
    let mut all = BTreeMap::new();
    for _ in 0..count {
        let source = draw.path();
        let target = if draw.number(2) == 0 { draw.path() } else { format!("https://host.example{}", draw.path()) };
        all.entry(plain(&source)).or_insert((source, target));
    }
    all
}

#[test]
fn what_is_there_is_found_and_nothing_else() {
    let mut draw = Draw(1);
    for round in 0..300 {
        let count = draw.number(200);
        let all = drawn(&mut draw, count);
        let text: String = all.values().map(|(source, target)| format!("{source}  {target}\n")).collect();
        let built = index::build(&rules::read(text.as_bytes()).unwrap()).unwrap();
        let redirects = Redirects::open(&built.sources[..], &built.targets[..]).unwrap();
        redirects.check().unwrap();
        assert_eq!(redirects.len(), all.len(), "round {round}");
        let near = all.values().flat_map(|(source, _)| [source.clone(), format!("{source}/"), format!("{source}a")]);
        let far: Vec<String> = (0..200).map(|_| draw.path()).collect();
        for path in near.chain(far) {
            let expected = all.get(&plain(&path)).map(|(_, target)| target);
            assert_eq!(redirects.location(&path).as_ref(), expected, "round {round}: {path}");
        }
    }
}

#[test]
fn the_order_of_the_rules_changes_no_byte() {
    let all = drawn(&mut Draw(2), 500);
    let lines: Vec<String> = all.values().map(|(source, target)| format!("{source} {target}\n")).collect();
    let built = |text: String| {
        let index = index::build(&rules::read(text.as_bytes()).unwrap()).unwrap();
        (index.sources, index.targets)
    };
    assert_eq!(built(lines.concat()), built(lines.iter().rev().cloned().collect()));
}

#[test]
fn damaged_bytes_are_noticed() {
    let text: String = (0..100).map(|i| format!("/source/{i} /target/{i}\n")).collect();
    let built = index::build(&rules::read(text.as_bytes()).unwrap()).unwrap();
    let mut sources = built.sources.clone();
    sources[40] ^= 1;
    let opened = Redirects::open(&sources[..], &built.targets[..]);
    assert!(opened.and_then(|redirects| redirects.check()).is_err());
    assert!(Redirects::open(&built.sources[..20], &built.targets[..]).is_err());
    assert!(Redirects::open(&built.sources[..], &built.targets[..20]).is_err());
}
