//! `redirects VERB …`: everything around the component that is done natively.
//!
//! | verb | what it does |
//! | --- | --- |
//! | `generate COUNT [SEED]` | prints that many realistic rules |
//! | `build RULES GUEST OUT` | puts the rules, indexed, into the guest's memory by Wizer; beside OUT lies `OUT.index`, for `serve` |
//! | `build --text RULES GUEST OUT` | puts them in as text, so that every instance must index them before its first answer |
//! | `serve INDEX` (or `--text RULES`) | answers natively at `PORT`, 0 by default: a port of the system's choice, printed |
//! | `check RULES HOST:PORT` | asks for every source, and for as many paths that are none |
//! | `time RULES` | what a lookup takes natively, in this process |
mod check;
mod generate;
mod put;
mod serve;
mod store;
mod time;

use redirects::{index, rules};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["generate", count] => generate::print(count, "1"),
        ["generate", count, seed] => generate::print(count, seed),
        ["build", rules, guest, out] => put::build(Path::new(rules), Path::new(guest), Path::new(out), false),
        ["build", "--text", rules, guest, out] => put::build(Path::new(rules), Path::new(guest), Path::new(out), true),
        ["serve", "--text", rules] => index_of(Path::new(rules)).and_then(serve::serve),
        ["serve", index] => store::read(Path::new(index)).and_then(serve::serve),
        ["check", rules, address] => check::check(Path::new(rules), address),
        ["time", rules] => time::time(Path::new(rules)),
        _ => Err("generate COUNT [SEED] | build [--text] RULES GUEST OUT | serve INDEX | serve --text RULES | check RULES HOST:PORT | time RULES".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("redirects: {what}");
            ExitCode::FAILURE
        }
    }
}

pub fn file(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The rules of a text, or every line that is none.
pub fn rules_of<'a>(text: &'a [u8], path: &Path) -> Result<Vec<rules::Rule<'a>>, String> {
    rules::read(text).map_err(|problems| {
        let lines = problems.iter().map(|problem| format!("{}:{}: {}", path.display(), problem.line, problem.what));
        lines.collect::<Vec<_>>().join("\n")
    })
}

pub fn index_of(path: &Path) -> Result<index::Index, String> {
    let text = file(path)?;
    index::build(&rules_of(&text, path)?)
}
