//! Spin's variables: the one way to tell a Spin component where it runs, since Spin passes no environment on.
//!
//! One function, so that the canonical ABI is written out by hand: `get: func(name: string) -> result<string, error>`.
use alloc::{string::String, vec::Vec};

/// Where the host writes the result: whether it is an error, then (offset 4) the string, or the error's case and text.
#[repr(C, align(4))]
struct Returned {
    is_error: u8,
    pointer: *mut u8,
    bytes: usize,
    error_bytes: usize,
}

#[link(wasm_import_module = "fermyon:spin/variables@2.0.0")]
extern "C" {
    #[link_name = "get"]
    fn get_variable(name: *const u8, name_bytes: usize, returned: *mut Returned);
}

/// A variable of the application's manifest; `None` where it is not defined or empty.
pub fn variable(name: &str) -> Option<String> {
    let mut returned = Returned { is_error: 1, pointer: core::ptr::null_mut(), bytes: 0, error_bytes: 0 };
    // The host allocates the string by our own allocator and hands it over. An error's text is left to the instance's
    // end, which is the request's.
    let text = unsafe {
        get_variable(name.as_ptr(), name.len(), &mut returned);
        if returned.is_error != 0 || returned.bytes == 0 {
            return None;
        }
        Vec::from_raw_parts(returned.pointer, returned.bytes, returned.bytes)
    };
    String::from_utf8(text).ok()
}
