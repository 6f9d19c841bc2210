//! Requests and responses, as far as sessions are concerned: header fields and a status.
//!
//! They are plain structs, and header values are bytes, because the frameworks' own http and cookie crates come in
//! versions that do not line up, and because hostile cookies are not always text.

/// Header fields in the order in which they were added. Names compare without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, Vec<u8>)>);

impl Headers {
    /// Adds a field and keeps those of the same name.
    pub fn append(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// All values of the fields of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }
}

/// What a session interface may look at when it opens a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The header fields; `Cookie` is the one that matters.
    pub headers: Headers,
}

impl Request {
    /// The values of the cookies of this name, in the order of the `Cookie` header (RFC 6265, section 4.2.1).
    ///
    /// ```
    /// use sessionspec_reference::http::Request;
    ///
    /// let mut request = Request::default();
    /// request.headers.append("Cookie", "theme=dark; session=9f2c");
    /// assert_eq!(request.cookies("session").collect::<Vec<_>>(), [b"9f2c"]);
    /// ```
    pub fn cookies<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .all("Cookie")
            .flat_map(|header| header.split(|byte| *byte == b';'))
            .filter_map(|pair| {
                let at = pair.iter().position(|byte| *byte == b'=')?;
                Some((pair[..at].trim_ascii(), pair[at + 1..].trim_ascii()))
            })
            .filter(move |(own, _)| *own == name.as_bytes())
            .map(|(_, value)| value)
    }
}

/// What a session interface may change when it saves a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status that the handler has chosen.
    pub status: u16,
    /// The header fields; `Set-Cookie` and `Vary` are those that matter.
    pub headers: Headers,
}

impl Default for Response {
    fn default() -> Self {
        Self { status: 200, headers: Headers::default() }
    }
}
