//! Forged cookies, as data: each forgery says how they are made from cookies that a browser really has.

mod alter;
mod rewrite;
mod strangers;

use std::fmt;

use serde::{Deserialize, Serialize};

use alter::{changed, fields, of_length, unknown, with_byte};
use rewrite::rewritten;
pub use strangers::Stranger;

/// The cookies of a browser: their names and values.
pub type Cookies = Vec<(Vec<u8>, Vec<u8>)>;

/// One way to forge cookies. It starts from real ones, so that it fits every backend and gives new cookies in each run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Forgery {
    /// The cookies are sent as they are now, and go on being sent, by a client that ignores when a cookie ends.
    Replayed,
    /// Letters and digits become other letters and digits, so that the cookies are well-formed and belong to no
    /// session.
    Unknown,
    /// One field of one value is changed. A value consists of fields with delimiters between them, as in
    /// `s:ID.SIGNATURE`.
    Field {
        /// The cookie, from zero.
        cookie: usize,
        /// The field, from zero. Where there is none, nothing is changed.
        field: usize,
        /// How the field is changed.
        change: Change,
    },
    /// One field of one value is changed, as in [`Field`](Self::Field). Where the field is too short, the whole value
    /// becomes an unknown one instead.
    LongField {
        /// The cookie, from zero.
        cookie: usize,
        /// The field, from zero. Where there is none, the whole value becomes an unknown one.
        field: usize,
        /// How the field is changed.
        change: Change,
        /// How many bytes a field must have to be changed.
        shortest: usize,
    },
    /// The value of each cookie is spelled in this way.
    Value(Spelling),
    /// The cookies are sent together with these others.
    Among(Neighbours),
    /// The cookies are sent beside the cookie of a stranger (other software on the site), as browsers store and send
    /// it.
    Beside {
        /// The stranger's cookie.
        stranger: Stranger,
        /// Whether it comes before the session's; else it comes after them.
        first: bool,
    },
    /// The data in the cookie are decoded, one text in them is replaced by another, and they are encoded again. Where a
    /// cookie holds no such text, its letters and digits become others, as in [`Unknown`](Self::Unknown).
    Rewritten {
        /// The text that is replaced.
        from: String,
        /// The text that takes its place.
        to: String,
        /// How the last field is changed, which is the signature where there is one.
        signature: Option<Change>,
    },
    /// One byte of each value is replaced; beyond the end of the value it is added.
    Byte {
        /// The byte's place, from zero.
        at: usize,
        /// The byte that stands there; another one where the real value has it.
        byte: u8,
    },
    /// Each value gets this length, in bytes: it is cut, or repeated from its beginning.
    Length(usize),
    /// One cookie alone is forged, and the others are sent as they are.
    Only {
        /// The cookie, from zero.
        cookie: usize,
        /// How that cookie is forged.
        forgery: Box<Forgery>,
    },
    /// Each of these forgeries is made from the result of the one before it.
    Composed(Vec<Forgery>),
}

/// How one field of a value is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The field is empty.
    Emptied,
    /// The second half of the field is missing.
    Truncated,
    /// The field stands there twice.
    Doubled,
    /// One character in the middle of the field is another one.
    Flipped,
    /// Small letters become capitals, and capitals become small letters.
    Recased,
    /// The same field of the other browser's cookie takes its place.
    Swapped,
    /// Each character becomes the first one of its alphabet.
    Zeroed,
    /// The field is missing, with the delimiter before it.
    Missing,
}

/// How a value is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// The value is empty.
    Empty,
    /// The value is missing, and so is the equals sign.
    NameOnly,
    /// The value consists of dots.
    Dots,
    /// The value is in quotes.
    Quoted,
    /// The value is in quotes, with octal numbers for its characters, as Python's `http.cookies` writes it.
    Octal,
    /// Each character is percent-encoded.
    Percent,
    /// The value ends with an unfinished percent-encoding.
    HalfPercent,
    /// The value has ten thousand more characters.
    Long,
    /// The value ends with a letter beyond ASCII.
    NonAscii,
    /// The value ends with bytes that are no UTF-8.
    NonUtf8,
    /// The value ends with a control character, which no lawful header has.
    Control,
    /// The value ends with a NUL, which no lawful header has.
    Nul,
    /// The value is a path that leads elsewhere.
    Path,
    /// The value is JSON.
    Json,
}

/// Other cookies in the same header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Neighbours {
    /// A worthless cookie of the same name stands before each.
    WorthlessFirst,
    /// A worthless cookie of the same name stands after each.
    WorthlessLast,
    /// The other browser's cookies stand before them.
    OthersFirst,
    /// The other browser's cookies stand after them.
    OthersLast,
    /// A hundred cookies of other names stand before them.
    Many,
}

impl fmt::Display for Forgery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replayed => f.write_str("and sends them even after they end"),
            Self::Unknown => f.write_str("with other letters and digits"),
            Self::Field { field, change, .. } | Self::LongField { field, change, .. } => {
                write!(f, "with field {} {}", field + 1, words(change))
            }
            Self::Value(spelling) => write!(f, "with the value spelled {}", words(spelling)),
            Self::Among(neighbours) => write!(f, "among others: {}", words(neighbours)),
            Self::Beside { stranger, first: true } => write!(f, "after a stranger's: {}", words(stranger)),
            Self::Beside { stranger, first: false } => write!(f, "before a stranger's: {}", words(stranger)),
            Self::Rewritten { from, to, signature: None } => write!(f, "with `{from}` rewritten to `{to}`"),
            Self::Rewritten { from, to, signature: Some(change) } => {
                write!(f, "with `{from}` rewritten to `{to}`, and the signature {}", words(change))
            }
            Self::Byte { at, byte } => write!(f, "with 0x{byte:02x} as byte {}", at + 1),
            Self::Length(length) => write!(f, "with a value of length {length}"),
            Self::Only { cookie, forgery } => write!(f, "{forgery}, but only cookie {}", cookie + 1),
            Self::Composed(parts) => {
                let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
                f.write_str(&parts.join(", then "))
            }
        }
    }
}

/// The name of a variant in reasons and reports. It is the name in case files with hyphens, as in `half-percent`.
pub(crate) fn words(variant: &impl Serialize) -> String {
    let name = serde_json::to_value(variant).unwrap_or_default();
    name.as_str().unwrap_or_default().replace('_', "-")
}

impl Forgery {
    /// Whether the header that comes out is one that HTTP allows (RFC 9110, section 5.5).
    #[must_use]
    pub fn is_lawful(&self) -> bool {
        !self.involves(&|spelling| matches!(spelling, Spelling::Control | Spelling::Nul))
    }

    /// Whether the header that comes out is so long that servers may refuse it.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.involves(&|spelling| spelling == Spelling::Long)
    }

    fn involves(&self, is_meant: &dyn Fn(Spelling) -> bool) -> bool {
        match self {
            Self::Value(spelling) => is_meant(*spelling),
            Self::Only { forgery, .. } => forgery.involves(is_meant),
            Self::Composed(parts) => parts.iter().any(|part| part.involves(is_meant)),
            _ => false,
        }
    }

    /// The text that follows the name of each cookie, where it does not depend on the real value.
    pub(crate) fn fixed(&self) -> Option<String> {
        match self {
            Self::Value(Spelling::NameOnly) => Some(String::new()),
            Self::Value(spelling @ (Spelling::Empty | Spelling::Dots | Spelling::Path | Spelling::Json)) => {
                Some(format!("={}", String::from_utf8_lossy(&spelling.of(b""))))
            }
            _ => None,
        }
    }

    /// The `Cookie` header with these cookies, forged; `other` are those of another browser.
    #[must_use]
    pub fn header(&self, cookies: &Cookies, other: &Cookies) -> Vec<u8> {
        let real = cookies.iter().map(|(name, value)| Sent::new(name, value)).collect();
        let forged: Vec<Vec<u8>> = self.of(real, other).into_iter().map(Sent::pair).collect();
        forged.join(&b"; "[..])
    }

    fn of(&self, cookies: Vec<Sent>, other: &Cookies) -> Vec<Sent> {
        match self {
            Self::Replayed => cookies,
            Self::Unknown => each_value(cookies, unknown),
            Self::Field { cookie, field, change } => {
                let theirs = other.get(*cookie).map_or(&[][..], |(_, value)| value);
                only(cookies, *cookie, |cookie| {
                    each_value(vec![cookie], |value| changed(value, *field, *change, theirs))
                })
            }
            Self::LongField { cookie, field, change, shortest } => {
                let theirs = other.get(*cookie).map_or(&[][..], |(_, value)| value);
                let is_alone = cookies.len() == 1;
                let is_meant = |value: &[u8]| {
                    let fields = fields(value);
                    // The only field of the only cookie, taken from another session, is that session's real cookie.
                    let is_theirs = *change == Change::Swapped && is_alone && fields.len() == 1;
                    // Decoders of base64 stop at its padding, so that whatever follows changes nothing.
                    let ends_itself = |range: &std::ops::Range<usize>| {
                        *change == Change::Doubled && value[range.clone()].ends_with(b"=")
                    };
                    let is_long = |range: &std::ops::Range<usize>| range.len() >= *shortest;
                    !is_theirs
                        && fields.get(*field).is_some_and(|range| is_long(range) && !ends_itself(range))
                };
                only(cookies, *cookie, |cookie| {
                    each_value(vec![cookie], |value| match is_meant(value) {
                        true => changed(value, *field, *change, theirs),
                        false => unknown(value),
                    })
                })
            }
            Self::Value(Spelling::NameOnly) => {
                cookies.into_iter().map(|cookie| Sent { value: None, ..cookie }).collect()
            }
            Self::Value(spelling) => each_value(cookies, |value| spelling.of(value)),
            Self::Among(neighbours) => neighbours.of(cookies, other),
            Self::Beside { stranger, first } => {
                let strangers = stranger.beside(&cookies);
                if *first { [strangers, cookies].concat() } else { [cookies, strangers].concat() }
            }
            Self::Rewritten { from, to, signature } => {
                let theirs = |at: usize| other.get(at).map_or(&[][..], |(_, value)| value);
                let rewrite = |(at, cookie): (usize, Sent)| {
                    let value = cookie.value.as_deref();
                    Sent {
                        value: value.map(|value| rewritten(value, (from, to), *signature, theirs(at))),
                        ..cookie
                    }
                };
                cookies.into_iter().enumerate().map(rewrite).collect()
            }
            Self::Byte { at, byte } => each_value(cookies, |value| with_byte(value, *at, *byte)),
            Self::Length(length) => each_value(cookies, |value| of_length(value, *length)),
            Self::Only { cookie, forgery } => {
                let theirs = other.get(*cookie).cloned().into_iter().collect();
                only(cookies, *cookie, |cookie| forgery.of(vec![cookie], &theirs))
            }
            Self::Composed(parts) => {
                parts.iter().fold(cookies, |cookies, forgery| forgery.of(cookies, other))
            }
        }
    }
}

/// A cookie as it is sent.
#[derive(Clone)]
struct Sent {
    name: Vec<u8>,
    /// The value; `None` where the cookie has no equals sign either.
    value: Option<Vec<u8>>,
}

impl Sent {
    fn new(name: &[u8], value: &[u8]) -> Self {
        Self { name: name.to_vec(), value: Some(value.to_vec()) }
    }

    fn pair(self) -> Vec<u8> {
        match self.value {
            Some(value) => [self.name.as_slice(), b"=", &value].concat(),
            None => self.name,
        }
    }
}

/// Gives each cookie that has a value another one.
fn each_value(cookies: Vec<Sent>, forged: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Sent> {
    let forged = |cookie: Sent| Sent { value: cookie.value.as_deref().map(&forged), ..cookie };
    cookies.into_iter().map(forged).collect()
}

/// Forges only the cookie at this place, and leaves the others as they are.
fn only(cookies: Vec<Sent>, place: usize, forged: impl Fn(Sent) -> Vec<Sent>) -> Vec<Sent> {
    let forged = |(at, cookie)| if at == place { forged(cookie) } else { vec![cookie] };
    cookies.into_iter().enumerate().flat_map(forged).collect()
}

impl Spelling {
    fn of(self, value: &[u8]) -> Vec<u8> {
        let with = |end: &[u8]| [value, end].concat();
        let each = |spell: fn(&u8) -> String| value.iter().map(spell).collect::<String>().into_bytes();
        match self {
            Self::Empty | Self::NameOnly => Vec::new(),
            Self::Dots => b"...".to_vec(),
            Self::Quoted => [b"\"", value, b"\""].concat(),
            Self::Octal => [&b"\""[..], &each(|byte| format!("\\{byte:03o}")), b"\""].concat(),
            Self::Percent => each(|byte| format!("%{byte:02X}")),
            Self::HalfPercent => with(b"%4"),
            Self::Long => with(&[b'A'; 10_000]),
            Self::NonAscii => with("\u{fc}".as_bytes()),
            Self::NonUtf8 => with(b"\xff\xc3"),
            Self::Control => with(b"\x01"),
            Self::Nul => with(b"\0"),
            Self::Path => b"../../../../etc/passwd".to_vec(),
            Self::Json => b"{\"admin\":true}".to_vec(),
        }
    }
}

impl Neighbours {
    fn of(self, own: Vec<Sent>, other: &Cookies) -> Vec<Sent> {
        let others = || other.iter().map(|(name, value)| Sent::new(name, value)).collect();
        let worthless = || each_value(own.clone(), |_| b"worthless".to_vec());
        let many =
            || (0..100).map(|number| Sent::new(format!("other{number}").as_bytes(), b"value")).collect();
        match self {
            Self::WorthlessFirst => [worthless(), own].concat(),
            Self::WorthlessLast => [own.clone(), worthless()].concat(),
            Self::OthersFirst => [others(), own].concat(),
            Self::OthersLast => [own, others()].concat(),
            Self::Many => [many(), own].concat(),
        }
    }
}

#[cfg(test)]
mod tests;
