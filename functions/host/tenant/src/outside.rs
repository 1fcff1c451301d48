//! What there is beyond its own memory: it asks for everything that WASI knows a name for.
use crate::line;
use alloc::string::{String, ToString};
use wasip2::cli::environment::get_environment;
use wasip2::filesystem::preopens::get_directories;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{ErrorCode, Fields, OutgoingRequest, Scheme};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::network::{IpAddressFamily, IpSocketAddress, Ipv4SocketAddress};
use wasip2::sockets::{ip_name_lookup, tcp_create_socket};

/// Folders it was given; without one no file can be named.
pub fn files() -> String {
    line("folders", get_directories().len())
}

pub fn environment() -> String {
    get_environment().into_iter().map(|variable| line("variable", variable)).collect()
}

/// A connection to a port of this machine, and the address of a name.
pub fn connect(port: u16) -> String {
    let network = instance_network();
    let connected = tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4).and_then(|socket| {
        let address = IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (127, 0, 0, 1) });
        socket.start_connect(&network, address)?;
        socket.subscribe().block();
        socket.finish_connect().map(drop)
    });
    let resolved = ip_name_lookup::resolve_addresses(&network, "localhost").and_then(|addresses| {
        addresses.subscribe().block();
        addresses.resolve_next_address().map(drop)
    });
    line("connect", connected) + &line("resolve", resolved)
}

/// A request over HTTP to that authority.
pub fn fetch(authority: &str) -> String {
    line("fetch", status(authority))
}

fn status(authority: &str) -> Result<u16, ErrorCode> {
    let request = OutgoingRequest::new(Fields::new());
    let _ = request.set_scheme(Some(&Scheme::Http));
    let _ = request.set_authority(Some(authority));
    let _ = request.set_path_with_query(Some("/"));
    let response = outgoing_handler::handle(request, None)?;
    response.subscribe().block();
    match response.get() {
        Some(Ok(Ok(response))) => Ok(response.status()),
        Some(Ok(Err(error))) => Err(error),
        Some(Err(())) | None => Err(ErrorCode::InternalError(Some("no answer".to_string()))),
    }
}
