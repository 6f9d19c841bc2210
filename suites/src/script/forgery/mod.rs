//! Forged cookies, as data: each forgery says how they are made from cookies that a browser really has.

mod alter;
mod compression;
mod keyless;
mod made;
mod rewrite;
mod spelling;
mod strangers;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use keyless::Keyless;
use made::Sent;
pub(crate) use rewrite::is_readable;
pub use spelling::Spelling;
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
    /// Each cookie has the value of the other browser's cookie in its place: the first one that of the first, and so on.
    /// Where the other browser has fewer, the rest is left out.
    ValuesOfOther,
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
    /// The data in the cookie are decoded and unpacked, one text in them is replaced by another, and they are packed and
    /// encoded again. Where a cookie holds no such text, its letters and digits become others, as in
    /// [`Unknown`](Self::Unknown).
    Rewritten {
        /// The text that is replaced.
        from: String,
        /// The text that takes its place.
        to: String,
        /// How the last field is changed, which is the signature where there is one.
        signature: Option<Change>,
    },
    /// The data in the cookie are rewritten as in [`Rewritten`](Self::Rewritten), and signed as anybody can sign them who has no
    /// key. Where they are not signed in that way, the letters and digits of each cookie become others, as in
    /// [`Unknown`](Self::Unknown).
    SignedWithoutKey {
        /// The text that is replaced.
        from: String,
        /// The text that takes its place.
        to: String,
        /// How they are signed.
        way: Keyless,
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
    /// The last letter of the field is missing, and the padding of base64 behind it.
    Shortened,
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
    /// A number becomes the largest one of its length. What is no number, decimal or hexadecimal, stays as it is.
    Raised,
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
            Self::ValuesOfOther => f.write_str("with the values of the other's cookies"),
            Self::Among(neighbours) => write!(f, "among others: {}", words(neighbours)),
            Self::Beside { stranger, first: true } => write!(f, "after a stranger's: {}", words(stranger)),
            Self::Beside { stranger, first: false } => write!(f, "before a stranger's: {}", words(stranger)),
            Self::Rewritten { from, to, signature: None } => write!(f, "with `{from}` rewritten to `{to}`"),
            Self::Rewritten { from, to, signature: Some(change) } => {
                write!(f, "with `{from}` rewritten to `{to}`, and the signature {}", words(change))
            }
            Self::SignedWithoutKey { from, to, way } => {
                write!(f, "with `{from}` rewritten to `{to}`, and signed without a key: {}", words(way))
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
    /// How the cookies are made, in words, where the other browser has this name.
    #[must_use]
    pub fn told(&self, other: Option<&str>) -> String {
        let told = self.to_string();
        match other {
            Some(name) => told.replace("the other's", &format!("{name}'s")),
            None => told,
        }
    }

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
            Self::Value(spelling) if Spelling::FIXED.contains(spelling) => {
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
}

#[cfg(test)]
mod tests;
