//! What it does not know itself it passes on, where another is behind it; else it works.
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

#[cfg(not(feature = "forward"))]
pub fn work_or_forward(request: IncomingRequest, out: ResponseOutparam) {
    crate::work(request, out);
}

#[cfg(feature = "forward")]
#[link(wasm_import_module = "wasi:http/incoming-handler@0.2.12")]
extern "C" {
    fn handle(request: u32, out: u32);
}

/// Works at `/here`; the rest is for the next, to whom request and answer go over.
#[cfg(feature = "forward")]
pub fn work_or_forward(request: IncomingRequest, out: ResponseOutparam) {
    if request.path_with_query().is_some_and(|path| path == "/here") {
        return crate::work(request, out);
    }
    // Both handles are given away, and are the next's from now on.
    unsafe { handle(request.take_handle(), out.take_handle()) }
}
