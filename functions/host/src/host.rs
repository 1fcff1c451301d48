//! The functions of one process: who may run, and how one request is served by an instance of its own.
use crate::engines::{Engines, Running, Ticker};
use crate::guest::Guest;
use crate::options::{Limits, Options};
use bytes::Bytes;
use hyper::body::Body;
use hyper::{Request, Response};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout_at;
use wasmtime::{PoolConcurrencyLimitError, Result, Store, Trap};
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::bindings::{Proxy, ProxyPre};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::{Error, WasiHttpView};

pub struct Host {
    /// Whether slots are made in advance.
    pub is_pooled: bool,
    limits: Limits,
    ticker: Arc<Ticker>,
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
    functions: Vec<Function>,
}

pub struct Function {
    name: String,
    pre: ProxyPre<Guest>,
    environment: Vec<(String, String)>,
    slots: Arc<Semaphore>,
}

/// Why a request got no answer from its guest.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// All instances are taken, and so are the places of those who wait.
    Full,
    /// It ran into its limit of time.
    Late,
    /// It ran into its limit of memory, and ended.
    Memory,
    /// It ended: by a trap, or because it wanted to.
    Trap(String),
    /// It returned without an answer, or with an error for one.
    NoAnswer(String),
}

/// Where a request's time went, up to its answer's head.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    pub queue: Duration,
    pub start: Duration,
    pub compute: Duration,
}

/// What an instance is made with, and what it gives back when it ends.
struct Held {
    _running: Running,
    _slots: [OwnedSemaphorePermit; 2],
}

type Answer = std::result::Result<Response<HyperOutgoingBody>, ErrorCode>;

impl Host {
    /// Loads every function, and makes an instance of each: what cannot be had at all is said now.
    pub async fn new(options: Options) -> Result<Host, String> {
        let engines = Engines::new(&options.limits, options.is_pooled).map_err(|error| format!("{error:#}"))?;
        let mut host = Host {
            is_pooled: engines.is_pooled(),
            ticker: engines.tick(options.limits.slice),
            slots: Arc::new(Semaphore::new(options.limits.instances)),
            waiting: AtomicUsize::new(0),
            functions: Vec::new(),
            limits: options.limits,
        };
        for (name, file) in options.functions {
            let wanted = |owner: &Option<String>| owner.as_ref().is_none_or(|owner| *owner == name);
            let variables = options.env.iter().filter(|variable| wanted(&variable.function));
            let environment = variables.map(|variable| (variable.key.clone(), variable.value.clone())).collect();
            let said = |error| format!("{}: {error:#}", file.display());
            let function = host.load(name, &file, &engines, environment).map_err(said)?;
            host.first(&function).await.map_err(|failure| format!("{}: {failure:?}", file.display()))?;
            host.functions.push(function);
        }
        // The most specific first; the one without a name gets what is left.
        host.functions.sort_by_key(|function| std::cmp::Reverse(function.name.len()));
        Ok(host)
    }

    /// The function that a path belongs to, and the path as the function sees it.
    pub fn route<'a>(&self, path: &'a str) -> Option<(&Function, &'a str)> {
        self.functions.iter().find_map(|function| Some((function, below(&function.name, path)?)))
    }

    /// Serves one request that arrived just now.
    pub async fn serve<B>(
        &self,
        function: &Function,
        request: Request<B>,
    ) -> (Result<Response<HyperOutgoingBody>, Failure>, Spent)
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Error>,
    {
        let arrived = Instant::now();
        let deadline = arrived + self.limits.timeout;
        let mut spent = Spent::default();
        let answer = async {
            let slots = timeout_at(deadline.into(), self.slots(function)).await.map_err(|_| Failure::Late)??;
            spent.queue = arrived.elapsed();
            let held = Held { _running: self.ticker.run(), _slots: slots };
            let (mut store, proxy) = self.start(function, deadline).await?;
            spent.start = arrived.elapsed() - spent.queue;
            let (answer, answered) = oneshot::channel();
            let entrance = enter(&mut store, request, answer).map_err(|error| Failure::NoAnswer(error.to_string()))?;
            run(store, proxy, entrance, deadline, held, answered).await
        }
        .await;
        spent.compute = arrived.elapsed() - spent.queue - spent.start;
        (answer, spent)
    }

    /// An instance of the first function.
    pub async fn start_one(&self) -> Result<impl Sized, String> {
        let deadline = Instant::now() + self.limits.timeout;
        self.start(&self.functions[0], deadline).await.map_err(|failure| format!("{failure:?}"))
    }

    /// An instance of every function, alive at once.
    pub async fn start_all(&self) -> Result<Vec<impl Sized>, Failure> {
        let mut alive = Vec::new();
        for function in &self.functions {
            alive.push(self.start(function, Instant::now() + self.limits.timeout).await?);
        }
        Ok(alive)
    }

    fn load(
        &self,
        name: String,
        file: &Path,
        engines: &Engines,
        environment: Vec<(String, String)>,
    ) -> Result<Function> {
        let pre = engines.load(file)?;
        Ok(Function { name, pre, environment, slots: Arc::new(Semaphore::new(self.limits.each)) })
    }

    async fn first(&self, function: &Function) -> Result<(), Failure> {
        let _running = self.ticker.run();
        self.start(function, Instant::now() + self.limits.timeout).await.map(drop)
    }

    /// A slot of the function's and one of the host's, after those that came before.
    async fn slots(&self, function: &Function) -> Result<[OwnedSemaphorePermit; 2], Failure> {
        let both = [&function.slots, &self.slots];
        if let [Ok(one), Ok(other)] = both.map(|slots| slots.clone().try_acquire_owned()) {
            return Ok([one, other]);
        }
        let _place = Place::take(&self.waiting, self.limits.queue).ok_or(Failure::Full)?;
        let [one, other] = both.map(|slots| slots.clone().acquire_owned());
        // The function's own first, so that nobody holds a place of the host's while waiting for one of the function's.
        let one = one.await.expect("slots are never closed");
        Ok([one, other.await.expect("slots are never closed")])
    }

    async fn start(&self, function: &Function, deadline: Instant) -> Result<(Store<Guest>, Proxy), Failure> {
        let pre = &function.pre;
        let mut store = Store::new(pre.engine(), Guest::new(&function.environment, self.limits.memory_bytes));
        store.limiter(|guest| guest);
        // After every tick others get their turn. The first deadline is ahead, or the start itself would wait for a tick.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        match timeout_at(deadline.into(), pre.instantiate_async(&mut store)).await {
            Ok(Ok(proxy)) => Ok((store, proxy)),
            Ok(Err(error)) => Err(failure(&store, &error)),
            Err(_) => Err(Failure::Late),
        }
    }
}

/// What is left of a path below `/name`; everything is below no name.
fn below<'a>(name: &str, path: &'a str) -> Option<&'a str> {
    if name.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix('/')?.strip_prefix(name)?;
    match rest.as_bytes().first() {
        None => Some("/"),
        Some(b'/') => Some(rest),
        Some(_) => None,
    }
}

/// One of the places for those who wait.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Place<'a>> {
        if waiting.fetch_add(1, SeqCst) < most {
            return Some(Place(waiting));
        }
        waiting.fetch_sub(1, SeqCst);
        None
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

type Entrance = (
    wasmtime::component::Resource<wasmtime_wasi_http::p2::types::HostIncomingRequest>,
    wasmtime::component::Resource<wasmtime_wasi_http::p2::types::HostResponseOutparam>,
);

fn enter<B>(store: &mut Store<Guest>, request: Request<B>, answer: oneshot::Sender<Answer>) -> Result<Entrance>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Error>,
{
    let request = store.data_mut().http().new_incoming_request(Scheme::Http, request)?;
    Ok((request, store.data_mut().http().new_response_outparam(answer)?))
}

/// Asks the instance, and returns its answer's head as soon as it is there. A guest that goes on, because its body is
/// long, does so beside; it is bound by the same deadline, and dropped with its connection.
async fn run(
    mut store: Store<Guest>,
    proxy: Proxy,
    (request, out): Entrance,
    deadline: Instant,
    held: Held,
    mut answered: oneshot::Receiver<Answer>,
) -> Result<Response<HyperOutgoingBody>, Failure> {
    let mut guest = Box::pin(async move {
        let _held = held;
        let handling = proxy.wasi_http_incoming_handler();
        match timeout_at(deadline.into(), handling.call_handle(&mut store, request, out)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failure(&store, &error)),
            Err(_) => Err(Failure::Late),
        }
    });
    let answer = tokio::select! {
        biased;
        end = &mut guest => {
            end?;
            answered.await.map_err(|_| Failure::NoAnswer("the guest returned without an answer".into()))?
        }
        Ok(answer) = &mut answered => {
            tokio::spawn(guest);
            answer
        }
    };
    answer.map_err(|error| Failure::NoAnswer(format!("the guest answered with an error: {error:?}")))
}

fn failure(store: &Store<Guest>, error: &wasmtime::Error) -> Failure {
    if store.data().was_denied {
        return Failure::Memory;
    }
    // Composed of more parts than the pool reckons with for so many instances.
    if error.is::<PoolConcurrencyLimitError>() {
        return Failure::Full;
    }
    match error.downcast_ref::<Trap>() {
        Some(trap) => Failure::Trap(trap.to_string()),
        None => Failure::Trap(error.root_cause().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_sees_the_path_below_its_name() {
        assert_eq!(below("a", "/a/b?c=d"), Some("/b?c=d"));
        assert_eq!(below("a", "/a"), Some("/"));
        assert_eq!(below("a", "/ab"), None);
        assert_eq!(below("a", "/"), None);
        assert_eq!(below("", "/a/b"), Some("/a/b"));
    }

    #[test]
    fn places_are_given_back() {
        let waiting = AtomicUsize::new(0);
        let one = Place::take(&waiting, 1);
        assert!(one.is_some() && Place::take(&waiting, 1).is_none());
        drop(one);
        assert!(Place::take(&waiting, 1).is_some());
    }
}
