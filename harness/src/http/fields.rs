//! Header fields for whatever stands in front of a service: a gateway, Basic authentication. They are secrets.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use sessionspec::backend::{BackendError, Body, CycleResponse};
use sessionspec::engine::script::Answer;
use url::Url;

/// What is shown in place of a secret.
pub const REDACTED: &str = "***";

/// The least length of a secret that is looked for in texts: anything shorter stands in words that are none.
const SHORTEST: usize = 4;

/// A header field that goes with every request.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderField {
    name: HeaderName,
    value: HeaderValue,
}

/// Why a text is no header field that can go with every request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderFieldError {
    /// It has no colon, or its name or value has characters that no header field has.
    #[error("give a header field as `NAME: VALUE`, as in `Authorization: Bearer TOKEN`")]
    Malformed,
    /// The harness decides this one itself.
    #[error("`{name}` is not for --header: {instead}")]
    Own {
        /// Its name.
        name: String,
        /// What does that instead.
        instead: &'static str,
    },
}

impl FromStr for HeaderField {
    type Err = HeaderFieldError;

    fn from_str(text: &str) -> Result<Self, HeaderFieldError> {
        let (name, value) = text.split_once(':').ok_or(HeaderFieldError::Malformed)?;
        let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| HeaderFieldError::Malformed)?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_| HeaderFieldError::Malformed)?;
        let instead = match name.as_str() {
            "host" | "x-forwarded-proto" => "--origin sets it",
            "cookie" => "cookies are what is judged, and the browsers of the suite send their own",
            "content-type" | "content-length" | "transfer-encoding" | "connection" => {
                "it belongs to the request that the suite sends"
            }
            _ => return Ok(Self { name, value }),
        };
        Err(HeaderFieldError::Own { name: name.to_string(), instead })
    }
}

/// The name alone: the value may be a secret.
impl fmt::Display for HeaderField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {REDACTED}", self.name)
    }
}

impl fmt::Debug for HeaderField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl HeaderField {
    /// The name of the field.
    pub(super) fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its value.
    pub(super) fn value(&self) -> &[u8] {
        self.value.as_bytes()
    }

    /// Takes the user and the password out of a URL: the field that says the same (RFC 7617).
    pub(super) fn taken_from(url: &mut Url) -> Option<Self> {
        if url.username().is_empty() && url.password().is_none() {
            return None;
        }
        let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
        let pair =
            [decoded(url.username()), b":".to_vec(), decoded(url.password().unwrap_or_default())].concat();
        let value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
        // Only a URL without a host can have neither, and this one has both.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        Some(Self { name: hyper::header::AUTHORIZATION, value })
    }
}

/// A URL as it may be shown, whether it can be read or not: nothing stands before its host.
#[must_use]
pub fn shown_url(url: &str) -> String {
    let parsed = Url::parse(url);
    if let Ok(mut parsed) = parsed.clone()
        && HeaderField::taken_from(&mut parsed).is_some()
    {
        // However many slashes stand before the user, and whichever these are.
        return parsed.as_str().replacen("://", &format!("://{REDACTED}@"), 1);
    }
    let start = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = if parsed.is_ok() {
        url[start..].find(['/', '?', '#', '\\']).map_or(url.len(), |end| start + end)
    } else {
        url.len()
    };
    match url[start..end].rfind('@') {
        Some(at) => format!("{}{REDACTED}{}", &url[..start], &url[start + at..]),
        None => url.to_owned(),
    }
}

/// A text without what these fields say, where somebody repeats it.
#[must_use]
pub fn without_secrets(text: String, fields: &[HeaderField]) -> String {
    Secrets::of(fields).redacted(text)
}

/// What must not be shown, also where a service repeats it.
#[derive(Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// The values of these fields, and what these are made of.
    pub(super) fn of(fields: &[HeaderField]) -> Self {
        let mut secrets = Vec::new();
        for field in fields {
            let Ok(value) = field.value.to_str() else { continue };
            secrets.push(value.to_owned());
            let Some((scheme, rest)) = value.split_once(' ') else { continue };
            secrets.push(rest.trim().to_owned());
            if !scheme.eq_ignore_ascii_case("basic") {
                continue;
            }
            let pair = STANDARD.decode(rest.trim()).ok().and_then(|pair| String::from_utf8(pair).ok());
            if let Some((_, password)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
                secrets.push(password.to_owned());
            }
            secrets.extend(pair);
        }
        secrets.retain(|secret| secret.len() >= SHORTEST);
        // One that is part of another is looked for after it.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets)
    }

    /// The text without them.
    pub(super) fn redacted(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| {
            if text.contains(secret.as_str()) { text.replace(secret.as_str(), REDACTED) } else { text }
        })
    }

    /// The fault, told without them.
    pub(super) fn redacted_fault(&self, fault: BackendError) -> BackendError {
        match fault {
            BackendError::Unreachable(said) => BackendError::Unreachable(self.redacted(said)),
            BackendError::CutOff(said) => BackendError::CutOff(self.redacted(said)),
            BackendError::Failed(said) => BackendError::Failed(self.redacted(said)),
            BackendError::NotAProbe(said) => BackendError::NotAProbe(self.redacted(said)),
            other => other,
        }
    }

    /// The response, told without them. Values are what is compared, and stay what they are.
    pub(super) fn redacted_response(&self, mut response: CycleResponse) -> CycleResponse {
        match &mut response.body {
            Body::Other(said) => *said = self.redacted(std::mem::take(said)),
            Body::Answers { results, save_error } => {
                let errors = results.iter_mut().filter_map(|answer| match answer {
                    Answer::Error(said) => Some(said),
                    _ => None,
                });
                for said in errors.chain(save_error) {
                    *said = self.redacted(std::mem::take(said));
                }
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_a_name_and_a_value_and_shows_only_its_name() {
        let field: HeaderField = "X-Key:  s3cr3t ".parse().unwrap();
        assert_eq!((field.name(), field.value()), ("x-key", &b"s3cr3t"[..]));
        assert_eq!(format!("{field} {field:?}"), "x-key: *** x-key: ***");
        for text in ["", "X-Key", ": x", "X Key: x", "X-Key: a\nB: c", "X-Key: \u{0}"] {
            assert_eq!(text.parse::<HeaderField>(), Err(HeaderFieldError::Malformed), "{text:?}");
        }
        for text in ["Host: x", "cookie: a=b", "Content-Length: 3", "Connection: close"] {
            assert!(matches!(text.parse::<HeaderField>(), Err(HeaderFieldError::Own { .. })), "{text:?}");
        }
    }

    #[test]
    fn what_a_url_says_of_its_user_becomes_a_field() {
        let mut url = Url::parse("http://us%65r:p%40ss@127.0.0.1:80/probe?a=b").unwrap();
        let field = HeaderField::taken_from(&mut url).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1/probe?a=b");
        assert_eq!(field.value(), b"Basic dXNlcjpwQHNz");
        assert_eq!(HeaderField::taken_from(&mut url), None);
    }

    #[test]
    fn no_url_is_shown_with_its_user() {
        for (url, shown) in [
            ("http://127.0.0.1:5000/@me", "http://127.0.0.1:5000/@me"),
            ("http://user:pass@127.0.0.1/probe", "http://***@127.0.0.1/probe"),
            ("http://user@host/@me", "http://***@host/@me"),
            ("http://user:p@ss@host/", "http://***@host/"),
            ("http:/user:pass@127.0.0.1:5000/probe", "http://***@127.0.0.1:5000/probe"),
            ("http:///user:pass@127.0.0.1:5000/probe", "http://***@127.0.0.1:5000/probe"),
            ("http:user:pass@127.0.0.1:5000/probe", "http://***@127.0.0.1:5000/probe"),
            (r"http:\\user:pass@127.0.0.1:5000\probe", "http://***@127.0.0.1:5000/probe"),
            ("http://user:p/ss@host/", "http://***@host/"),
            ("user:pass@host", "***@host"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(shown_url(url), shown);
        }
    }

    #[test]
    fn a_secret_is_shown_in_no_form() {
        let basic: HeaderField = "Authorization: Basic dXNlcjpwQHNz".parse().unwrap();
        let bearer: HeaderField = "Authorization: Bearer abc-def".parse().unwrap();
        let secrets = Secrets::of(&[basic, bearer]);
        let said =
            "got Basic dXNlcjpwQHNz, dXNlcjpwQHNz, user:p@ss, p@ss, Bearer abc-def and abc-def".to_owned();
        assert_eq!(secrets.redacted(said), "got ***, ***, ***, ***, *** and ***");
    }
}
