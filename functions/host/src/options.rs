//! What the command line says.
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub const USAGE: &str = "\
host [OPTIONS] [NAME=]FILE…        serves wasi:http components, each at /NAME; one without a name gets what is left
host compile IN.wasm OUT.cwasm     compiles ahead of time; a .cwasm is trusted as a program is
host measure FILE.wasm             start times, memory and compile times as JSON
host load [--connections 50] [--seconds 4] ADDRESS [PATH] [HEADER]…
                                   asks a server as fast as it answers, and prints rate and latencies as JSON

  --listen ADDRESS     127.0.0.1:0; 0 is a port of the system's choice, which is printed
  --timeout-ms N       of a request, from its arrival to its end: 504 (30000)
  --memory-mib N       of an instance, all its memories together: 507 (64)
  --instances N        at once in the host (1000)
  --each N             at once of one function (as --instances)
  --queue N            requests that may wait for an instance; who finds no place gets 503 (0)
  --slice-ms N         how long a guest computes before others get their turn (1)
  --threads N          that serve (the machine's cores)
  --allocation KIND    pooled or on-demand (pooled)
  --id TEXT            the instance id that answers name (HOSTNAME, or else the process's number)
  --env [NAME:]KEY=VALUE  what a function finds in its environment; it finds nothing else
  --rig                as a process of the rig: ends when stdin does, waits for coldcast-network, tells when it was busy";

pub struct Options {
    pub listen: SocketAddr,
    pub limits: Limits,
    pub threads: usize,
    pub is_pooled: bool,
    pub id: String,
    pub env: Vec<Variable>,
    pub is_rig: bool,
    pub functions: Vec<(String, PathBuf)>,
}

/// What a request may take.
pub struct Limits {
    pub timeout: Duration,
    pub memory_bytes: usize,
    pub instances: usize,
    pub each: usize,
    pub queue: usize,
    pub slice: Duration,
}

/// A variable of one function's environment, or of all functions'.
pub struct Variable {
    pub function: Option<String>,
    pub key: String,
    pub value: String,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            timeout: Duration::from_secs(30),
            memory_bytes: 64 << 20,
            instances: 1000,
            each: 1000,
            queue: 0,
            slice: Duration::from_millis(1),
        }
    }
}

impl Options {
    /// Reads the arguments after the program's name; the error is a sentence for the user.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Options, String> {
        let mut options = Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            limits: Limits::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            is_pooled: true,
            id: std::env::var("HOSTNAME").unwrap_or_else(|_| std::process::id().to_string()),
            env: Vec::new(),
            is_rig: false,
            functions: Vec::new(),
        };
        let mut each = None;
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{name} needs a value"));
            match name.as_str() {
                "--listen" => options.listen = value()?.parse().map_err(|_| format!("{name} needs ADDRESS:PORT"))?,
                "--timeout-ms" => options.limits.timeout = Duration::from_millis(whole(&name, &value()?)? as u64),
                "--memory-mib" => options.limits.memory_bytes = whole(&name, &value()?)? << 20,
                "--instances" => options.limits.instances = whole(&name, &value()?)?,
                "--each" => each = Some(whole(&name, &value()?)?),
                "--queue" => options.limits.queue = value()?.parse().map_err(|_| format!("{name} needs a number"))?,
                "--slice-ms" => options.limits.slice = Duration::from_millis(whole(&name, &value()?)? as u64),
                "--threads" => options.threads = whole(&name, &value()?)?,
                "--allocation" => options.is_pooled = pooled(&value()?)?,
                "--id" => options.id = value()?,
                "--env" => options.env.push(variable(&value()?)?),
                "--rig" => options.is_rig = true,
                _ if name.starts_with("--") => return Err(format!("no option {name}")),
                _ => options.functions.push(function(&name)),
            }
        }
        options.limits.each = each.unwrap_or(options.limits.instances);
        if options.functions.is_empty() {
            return Err("name a component".into());
        }
        if let Some((twice, _)) = (1..options.functions.len())
            .map(|n| &options.functions[n])
            .find(|(name, _)| options.functions.iter().filter(|(other, _)| other == name).count() > 1)
        {
            return Err(format!("two functions have the name \"{twice}\""));
        }
        Ok(options)
    }
}

fn whole(name: &str, text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&n| n >= 1).ok_or(format!("{name} needs a whole number from 1 on, not {text}"))
}

fn pooled(text: &str) -> Result<bool, String> {
    match text {
        "pooled" => Ok(true),
        "on-demand" => Ok(false),
        _ => Err(format!("--allocation is pooled or on-demand, not {text}")),
    }
}

fn function(text: &str) -> (String, PathBuf) {
    let (name, file) = text.split_once('=').unwrap_or(("", text));
    (name.into(), file.into())
}

fn variable(text: &str) -> Result<Variable, String> {
    let (left, value) = text.split_once('=').ok_or(format!("--env needs KEY=VALUE, not {text}"))?;
    let (function, key) = match left.split_once(':') {
        Some((function, key)) => (Some(function.to_string()), key),
        None => (None, left),
    };
    Ok(Variable { function, key: key.into(), value: value.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Options, String> {
        Options::read(text.split_whitespace().map(String::from))
    }

    #[test]
    fn reads_what_the_usage_says() {
        let options = read("--timeout-ms 250 --instances 20 --env a:K=v=w a=x.wasm b=y.cwasm rest.wasm").unwrap();
        assert_eq!(options.limits.timeout, Duration::from_millis(250));
        assert_eq!((options.limits.instances, options.limits.each), (20, 20));
        assert_eq!(options.functions[1], ("b".into(), "y.cwasm".into()));
        assert_eq!(options.functions[2].0, "");
        let Variable { function, key, value } = &options.env[0];
        assert_eq!((function.as_deref(), key.as_str(), value.as_str()), (Some("a"), "K", "v=w"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (arguments, reason) in [
            ("", "name a component"),
            ("--timeout-ms 0 x.wasm", "whole number"),
            ("--timeout-ms", "needs a value"),
            ("--speed 3 x.wasm", "no option"),
            ("a=x.wasm a=y.wasm", "two functions"),
            ("--env K x.wasm", "KEY=VALUE"),
            ("--allocation lazy x.wasm", "pooled or on-demand"),
        ] {
            let error = read(arguments).err().expect(arguments);
            assert!(error.contains(reason), "{arguments}: {error}");
        }
    }
}
