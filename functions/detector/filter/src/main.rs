//! Events by line on standard input, answers by line on standard output: what runtimes and languages are compared by.
use std::io::{stdin, stdout, BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut input = stdin().lock();
    let mut output = stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let mut answer = detector::answer(&line, None).json;
        answer.push(b'\n');
        output.write_all(&answer)?;
        output.flush()?;
    }
}
