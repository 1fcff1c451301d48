//! What a request asks for, and what it is answered: the rules for trailing slashes and query strings.
use crate::Redirects;

/// A source as it is stored: a slash at the end makes no difference, except where the path is nothing else.
pub fn plain_source(path: &[u8]) -> &[u8] {
    match path {
        [start @ .., b'/'] if !start.is_empty() => start,
        _ => path,
    }
}

/// The path is compared byte by byte, without its query; the query goes on to the target, behind the target's own.
pub fn location<D: AsRef<[u8]>>(redirects: &Redirects<D>, path_with_query: &str) -> Option<String> {
    let (path, query) = path_with_query.split_once('?').unwrap_or((path_with_query, ""));
    let target = redirects.target(plain_source(path.as_bytes()))?;
    // The reader of rules lets plain ASCII through only.
    let target = String::from_utf8(target).ok()?;
    Some(if query.is_empty() { target } else { with_query(&target, query) })
}

fn with_query(target: &str, query: &str) -> String {
    let (start, fragment) = target.find('#').map_or((target, ""), |at| target.split_at(at));
    let joint = match start.find('?') {
        None => "?",
        Some(at) if at + 1 == start.len() => "",
        Some(_) => "&",
    };
    format!("{start}{joint}{query}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{index, rules};

    fn ask(text: &str, path: &str) -> Option<String> {
        let built = index::build(&rules::read(text.as_bytes()).unwrap()).unwrap();
        Redirects::open(&built.sources[..], &built.targets[..]).unwrap().location(path)
    }

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        for path in ["/a", "/a/"] {
            assert_eq!(ask("/a /b", path).as_deref(), Some("/b"));
            assert_eq!(ask("/a/ /b", path).as_deref(), Some("/b"));
        }
        assert_eq!(ask("/a /b", "/a//"), None);
        assert_eq!(ask("/ /home", "/").as_deref(), Some("/home"));
        assert_eq!(ask("/ /home", ""), None);
        assert_eq!(ask("/a /b", "/A"), None);
    }

    #[test]
    fn the_query_goes_on() {
        assert_eq!(ask("/a /b", "/a?x=1&y").as_deref(), Some("/b?x=1&y"));
        assert_eq!(ask("/a /b", "/a/?x=1").as_deref(), Some("/b?x=1"));
        assert_eq!(ask("/a /b?c=d#e", "/a?x=1?2").as_deref(), Some("/b?c=d&x=1?2#e"));
        assert_eq!(ask("/a /b?", "/a?x").as_deref(), Some("/b?x"));
        assert_eq!(ask("/a /b#e?f", "/a?x").as_deref(), Some("/b?x#e?f"));
        assert_eq!(ask("/a /b?c", "/a?").as_deref(), Some("/b?c"));
    }
}
