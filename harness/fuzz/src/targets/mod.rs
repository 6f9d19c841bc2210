//! What reads the text of others, one entry each: the fuzzer gives bytes to it, and so does `harness/tests/parsers`.
//!
//! An entry takes any bytes. It panics where something does not hold that has to hold whatever the bytes are.

#![expect(clippy::unwrap_used, reason = "what does not hold is a panic")]

mod cookies;
mod files;
mod service;
mod wire;

use std::borrow::Cow;

/// One thing that reads what others wrote.
#[derive(Debug)]
pub struct Target {
    /// Its name, which is that of a file in `fuzz_targets`.
    pub name: &'static str,
    /// Inputs from which a search may begin.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads these bytes.
    pub read: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 12] = [
    Target { name: "answers", seeds: wire::answers, read: wire::answer },
    Target { name: "case_files", seeds: files::cases, read: files::case },
    Target { name: "cookie_dates", seeds: cookies::dates, read: cookies::date },
    Target { name: "descriptions", seeds: wire::descriptions, read: wire::description },
    Target { name: "forgeries", seeds: cookies::to_forge, read: cookies::forge },
    Target { name: "known_failures", seeds: files::known_failures, read: files::known_failure },
    Target { name: "peer_manifests", seeds: files::manifests, read: files::manifest },
    Target { name: "projects", seeds: files::projects, read: files::project },
    Target { name: "raw_http", seeds: wire::responses, read: wire::response },
    Target { name: "reports", seeds: files::reports, read: files::report },
    Target { name: "services", seeds: service::seeds, read: service::run },
    Target { name: "set_cookie", seeds: cookies::fields, read: cookies::field },
];

/// What often means something to one of them.
pub const TOKENS: [&[u8]; 28] = [
    b"\0",
    b"\r\n",
    b"\n",
    b" ",
    b";",
    b"=",
    b",",
    b":",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"null",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"\\ud800",
    b"\xff",
    b"\xe2\x80\xae",
    b"\x1b[31m",
    b"0",
    b"chunked",
    b"Content-Length: 3\r\n",
    b"Expires=",
    b"__Host-",
    b"HTTP/1.1 100 Continue\r\n\r\n",
];

/// The target of this name.
///
/// # Panics
///
/// Where there is none.
#[must_use]
pub fn find(name: &str) -> &'static Target {
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("there is no target {name}"))
}

/// The first byte, which decides how the others are read, and the others.
fn split_first(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}

/// A status that an answer may have.
fn status(byte: u8) -> u16 {
    const STATUSES: [u16; 12] = [200, 201, 204, 302, 304, 400, 403, 404, 429, 500, 503, 999];
    STATUSES[usize::from(byte) % STATUSES.len()]
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Whether nothing of a text acts on a terminal, but what makes it end a line or colours it.
fn is_harmless(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\u{1b}'))
}
