//! HTTP/1.1 in front of the functions.
use crate::busy::Busy;
use crate::host::{Failure, Host, Spent};
use crate::timer::sleep_until;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use wasmtime_wasi_http::io::TokioIo;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

const READY: &str = "/coldcast/ready";
const BUSY: &str = "/coldcast/busy";
const NETWORK: HeaderName = HeaderName::from_static("coldcast-network");
/// How long requests in hand may go on after the end was asked for.
const LONGEST_END: Duration = Duration::from_secs(25);

pub struct Server {
    host: Host,
    id: HeaderValue,
    /// On the system's monotonic clock, which other processes of the machine read too.
    ready: HeaderValue,
    /// As a process of the rig: when requests were in hand.
    busy: Option<Busy>,
}

impl Server {
    pub fn new(host: Host, id: &str, is_rig: bool) -> Server {
        let ready = HeaderValue::try_from(format!("{:.9}", monotonic_seconds())).expect("a number");
        let id = HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("host"));
        Server { host, id, ready, busy: is_rig.then(Busy::default) }
    }

    /// Serves until `end` comes, then finishes what is in hand.
    pub async fn listen(self: Arc<Server>, listener: TcpListener, end: impl Future<Output = ()>) {
        // Every connection holds a receiver until it is closed.
        let (ending, ended) = watch::channel(());
        tokio::pin!(end);
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => drop(tokio::spawn(self.clone().connection(stream, ended.clone()))),
                    // No more files, most often: those that are open will be closed.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
                () = &mut end => break,
            }
        }
        drop((listener, ended));
        ending.send_replace(());
        let _ = tokio::time::timeout(LONGEST_END, ending.closed()).await;
    }

    async fn connection(self: Arc<Server>, stream: TcpStream, mut ended: watch::Receiver<()>) {
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        // A connection that breaks concerns only its sender.
        tokio::select! {
            _ = &mut connection => return,
            _ = ended.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }

    async fn answer(&self, mut request: Request<Incoming>) -> Response<HyperOutgoingBody> {
        match (request.uri().path(), &self.busy) {
            (READY, _) => return text(StatusCode::OK, String::new()),
            (BUSY, Some(busy)) => return text(StatusCode::OK, busy.lines()),
            _ => {}
        }
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let Some((function, rest)) = self.host.route(path) else {
            return text(StatusCode::NOT_FOUND, "no function has this path\n".into());
        };
        if rest.len() != path.len() {
            // What is left of a valid path is one.
            *request.uri_mut() = Uri::try_from(rest).unwrap_or_default();
        }
        let network = self.busy.as_ref().and_then(|_| seconds(request.headers()));
        let working = self.busy.as_ref().map(Busy::begin);
        let (answer, spent) = self.host.serve(function, request).await;
        drop(working);
        if let Some(network) = network {
            sleep_until(Instant::now() + network).await;
        }
        let mut response = answer.unwrap_or_else(|failure| match (failure, &self.busy) {
            // As the rig's other host does, and as the simulator has it: Spin's own answer to a request that is too many.
            (Failure::Full, Some(_)) => text(StatusCode::INTERNAL_SERVER_ERROR, "all instances are taken\n".into()),
            (failure, _) => refusal(&failure),
        });
        self.tell(response.headers_mut(), spent);
        response
    }

    fn tell(&self, headers: &mut HeaderMap, spent: Spent) {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let Spent { queue, start, compute } = spent;
        let timing = format!("queue;dur={:.3}, start;dur={:.4}, compute;dur={:.3}", ms(queue), ms(start), ms(compute));
        let mut tell = |name: &'static str, value: HeaderValue| headers.insert(HeaderName::from_static(name), value);
        tell("server-timing", HeaderValue::try_from(timing).expect("numbers"));
        tell("coldcast-start", HeaderValue::try_from(format!("{:.9}", start.as_secs_f64())).expect("a number"));
        tell("coldcast-instance-started", self.ready.clone());
        headers.entry(HeaderName::from_static("coldcast-instance")).or_insert(self.id.clone());
    }
}

fn refusal(failure: &Failure) -> Response<HyperOutgoingBody> {
    let (status, outcome, reason) = match failure {
        Failure::Full => (StatusCode::SERVICE_UNAVAILABLE, "rejected", "all instances are taken".into()),
        Failure::Late => (StatusCode::GATEWAY_TIMEOUT, "timeout", "the time was up".into()),
        Failure::Memory => (StatusCode::INSUFFICIENT_STORAGE, "trap", "the memory was used up".into()),
        Failure::Trap(reason) => (StatusCode::INTERNAL_SERVER_ERROR, "trap", reason.clone()),
        Failure::NoAnswer(reason) => (StatusCode::BAD_GATEWAY, "no-answer", reason.clone()),
    };
    let mut response = text(status, format!("{reason}\n"));
    response.headers_mut().insert("coldcast-outcome", HeaderValue::from_static(outcome));
    response
}

fn text(status: StatusCode, text: String) -> Response<HyperOutgoingBody> {
    let length = HeaderValue::from(text.len());
    let mut response = Response::new(Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

/// The round trip that the rig asks for.
fn seconds(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get(NETWORK)?.to_str().ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

pub fn monotonic_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // The clock is always there, and the system only writes what it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
