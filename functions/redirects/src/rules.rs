//! `redirects.txt`: a rule a line, `SOURCE TARGET`, with blanks between; empty lines and those that begin with `#` say nothing.
use crate::location::plain_source;

/// One redirect, as bytes of the text it was read from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule<'a> {
    pub source: &'a [u8],
    pub target: &'a [u8],
}

/// What is wrong with a line, counted from 1.
#[derive(Debug, PartialEq)]
pub struct Problem {
    pub line: usize,
    pub what: &'static str,
}

/// More would help nobody.
const PROBLEMS_MAX: usize = 100;
/// What common servers take of a request's first line.
const BYTES_MAX: usize = 8000;

/// Every rule in the order of the lines, sources without the slash that may end them; or what is wrong, the first hundred.
pub fn read(text: &[u8]) -> Result<Vec<Rule<'_>>, Vec<Problem>> {
    // A rule is some hundred bytes.
    let mut rules = Vec::with_capacity(text.len() / 96);
    let mut problems = Vec::new();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        match rule_of(line) {
            Ok(Some(rule)) => rules.push(rule),
            Ok(None) => {}
            Err(what) => problems.push(Problem { line: index + 1, what }),
        }
        if problems.len() == PROBLEMS_MAX {
            break;
        }
    }
    if problems.is_empty() {
        Ok(rules)
    } else {
        Err(problems)
    }
}

fn rule_of(line: &[u8]) -> Result<Option<Rule<'_>>, &'static str> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let Some(source) = words.next() else { return Ok(None) };
    if source[0] == b'#' {
        return Ok(None);
    }
    let target = words.next().ok_or("a source without a target")?;
    if words.next().is_some() {
        return Err("more than a source and a target: blanks in them are written %20");
    }
    if source.len() > BYTES_MAX || target.len() > BYTES_MAX {
        return Err("longer than 8,000 bytes");
    }
    // A location is a header's value, and a path comes without anything else.
    if ![source, target].iter().all(|word| word.iter().all(u8::is_ascii_graphic)) {
        return Err("not plain ASCII: other characters are written in percent-encoding");
    }
    if source[0] != b'/' {
        return Err("a source must begin with /");
    }
    if source.contains(&b'?') || source.contains(&b'#') {
        return Err("a source is a path, without a query or fragment");
    }
    if !is_target(target) {
        return Err("a target must begin with /, http:// or https://");
    }
    Ok(Some(Rule { source: plain_source(source), target }))
}

fn is_target(target: &[u8]) -> bool {
    [&b"/"[..], b"http://", b"https://"].iter().any(|start| target.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rules_between_comments() {
        let rules = read(b"# moved\n\n/a  https://b.example/\r\n\t/c/ /d?e#f\n/\t/home").unwrap();
        let words: Vec<_> = rules.iter().map(|rule| (rule.source, rule.target)).collect();
        assert_eq!(words, [(&b"/a"[..], &b"https://b.example/"[..]), (b"/c", b"/d?e#f"), (b"/", b"/home")]);
    }

    #[test]
    fn tells_the_line_of_what_is_no_rule() {
        let lines = ["/a", "/a /b /c", "a /b", "/a?b /c", "/a ftp://c", "/ä /b", "/ok /ok"];
        let problems = read(lines.join("\n").as_bytes()).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    }
}
