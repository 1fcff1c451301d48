//! The redirects as a `wasi:http` component: 302 with `location`, or 404.
//!
//! Built without redirects: the tool reserves memory in an instance, fills it, has `wizer-initialize` called and takes a
//! snapshot. So every fresh instance finds them opened.
use redirects::{index, rules, Redirects};
use std::sync::{Mutex, OnceLock};
use wasip2::clocks::monotonic_clock::now;
use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

type Parts = Redirects<&'static [u8]>;

static OPENED: OnceLock<Parts> = OnceLock::new();
/// What the tool has put here: the two parts, or the text of the rules alone.
static RESERVED: Mutex<Vec<&'static [u8]>> = Mutex::new(Vec::new());

/// Memory that the tool will fill, for good.
#[no_mangle]
extern "C" fn reserve(bytes: usize) -> *const u8 {
    let piece: &'static [u8] = vec![0; bytes].leak();
    RESERVED.lock().unwrap().push(piece);
    piece.as_ptr()
}

/// Called once at build time, after the memory is filled. Rules that are there as text are left to the first request.
#[export_name = "wizer-initialize"]
extern "C" fn initialize() {
    if let [sources, targets] = RESERVED.lock().unwrap()[..] {
        let parts = Redirects::open(sources, targets).expect("what the tool has built");
        assert!(OPENED.set(parts).is_ok());
    }
}

fn opened() -> &'static Parts {
    OPENED.get_or_init(|| {
        let [text] = RESERVED.lock().unwrap()[..] else { panic!("no redirects: the tool puts them in") };
        let rules = rules::read(text).expect("rules that the tool has read");
        let index = index::build(&rules).expect("rules that the tool has built");
        Redirects::open(&*index.sources.leak(), &*index.targets.leak()).expect("what was built just now")
    })
}

struct Function;

wasip2::http::proxy::export!(Function);

impl wasip2::exports::http::incoming_handler::Guest for Function {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let started = now();
        let location = opened().location(&path);
        let seconds = (now() - started) as f64 * 1e-9;
        let fields = Fields::new();
        let status = match &location {
            // The host refuses a value only where the request's query cannot stand in a header.
            Some(location) => match fields.append("location", location.as_bytes()) {
                Ok(()) => 302,
                Err(_) => 400,
            },
            None => 404,
        };
        let _ = fields.append("content-length", b"0");
        let _ = fields.append("coldcast-work", format!("{seconds:.9}").as_bytes());
        let response = OutgoingResponse::new(fields);
        let _ = response.set_status_code(status);
        let body = response.body();
        ResponseOutparam::set(out, Ok(response));
        if let Ok(body) = body {
            let _ = OutgoingBody::finish(body, None);
        }
    }
}
