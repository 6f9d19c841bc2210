//! A request before it is sent: lawful, or with bytes in its header fields that HTTP forbids.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use sessionspec::reference::http::Headers;
use url::{Position, Url};

/// What is sent.
#[derive(Debug)]
pub(super) struct Outgoing<'a> {
    pub(super) method: Method,
    /// The header fields that it has in common with others.
    pub(super) common: &'a Fields,
    /// All others but those about the body. Their values may be no lawful ones.
    pub(super) added: &'a Headers,
    pub(super) body: Vec<u8>,
    /// Whether nothing else goes over its connection: what a service may send after a response without a body would be taken for
    /// the next one.
    pub(super) alone: bool,
}

/// Header fields that go with many requests, read once.
#[derive(Debug)]
pub(super) struct Fields {
    /// As they were given, for requests that are written byte by byte.
    given: Headers,
    /// The same as HTTP has them; none where a value has bytes that HTTP forbids.
    lawful: Option<HeaderMap>,
}

impl Fields {
    pub(super) fn of(given: Headers) -> Self {
        let mut lawful = HeaderMap::new();
        let lawful = append(&mut lawful, &given).map(|()| lawful);
        Self { given, lawful }
    }
}

/// Adds these fields; `None` where a value has bytes that HTTP forbids.
fn append(map: &mut HeaderMap, fields: &Headers) -> Option<()> {
    for (name, value) in fields.iter() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        map.append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(())
}

impl Outgoing<'_> {
    /// The header fields as HTTP has them; none where a value has bytes that HTTP forbids.
    pub(super) fn lawful_headers(&self) -> Option<HeaderMap> {
        let mut headers = self.common.lawful.clone()?;
        append(&mut headers, self.added)?;
        Some(headers)
    }

    /// The request to this URL, with these header fields.
    pub(super) fn lawful(self, url: &Url, headers: HeaderMap) -> Request {
        let mut request = Request::new(self.method, url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(self.body.into());
        request
    }

    /// The request to this URL as bytes, whatever its values are.
    pub(super) fn spelt(&self, url: &Url) -> Vec<u8> {
        let target = &url[Position::BeforePath..Position::AfterQuery];
        let mut bytes = format!("{} {target} HTTP/1.1\r\nConnection: close\r\n", self.method).into_bytes();
        for (name, value) in self.common.given.iter().chain(self.added.iter()) {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
