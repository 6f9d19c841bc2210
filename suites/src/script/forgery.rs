//! Forged cookies, as data: how each follows from cookies that a browser really has.

mod alter;

use std::fmt;

use serde::{Deserialize, Serialize};

use alter::{changed, unknown};

/// The cookies of a browser: names and values.
pub type Cookies = Vec<(Vec<u8>, Vec<u8>)>;

/// One way to forge cookies, relative to real ones: so that a forgery fits every backend, and is fresh in each run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Forgery {
    /// As they are now, and sent for good: by a client that does not care when a cookie ends.
    Replayed,
    /// Letters and digits become others of their kind: well-formed, and nobody's.
    Unknown,
    /// One field of one value is changed. Fields are what stands between delimiters, as in `s:ID.SIGNATURE`.
    Field {
        /// The cookie, from zero.
        cookie: usize,
        /// The field, from zero. Where there is none, nothing is changed.
        field: usize,
        /// What becomes of it.
        change: Change,
    },
    /// The value of each cookie is something else.
    Value(Spelling),
    /// The cookies are sent together with others.
    Among(Company),
}

/// What becomes of one field of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Nothing is left of it.
    Emptied,
    /// Its second half is missing.
    Truncated,
    /// It stands there twice.
    Doubled,
    /// One character in its middle is another one.
    Flipped,
    /// Small letters are capitals, and the other way round.
    Recased,
    /// It is the field of the other browser's cookie.
    Swapped,
}

/// How a value is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// Not at all.
    Empty,
    /// Not at all, without an equals sign.
    NameOnly,
    /// Dots.
    Dots,
    /// In quotes.
    Quoted,
    /// In quotes, with octal numbers for its characters, as Python's `http.cookies` has it.
    Octal,
    /// With each character percent-encoded.
    Percent,
    /// With an unfinished percent-encoding at its end.
    HalfPercent,
    /// With ten thousand more characters.
    Long,
    /// With a letter beyond ASCII at its end.
    NonAscii,
    /// With bytes at its end that are no UTF-8.
    NonUtf8,
    /// With a control character at its end: no lawful header.
    Control,
    /// With a NUL at its end: no lawful header.
    Nul,
    /// As a path that leads elsewhere.
    Path,
    /// As JSON.
    Json,
}

/// What the cookies are sent with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Company {
    /// A worthless cookie of the same name before each.
    WorthlessFirst,
    /// A worthless cookie of the same name after each.
    WorthlessLast,
    /// The other browser's cookies before them.
    OthersFirst,
    /// The other browser's cookies after them.
    OthersLast,
    /// A hundred cookies of other names.
    Many,
}

impl fmt::Display for Forgery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replayed => f.write_str("and keeps them for good"),
            Self::Unknown => f.write_str("with other letters and digits"),
            Self::Field { field, change, .. } => {
                write!(f, "with field {} {}", field + 1, format!("{change:?}").to_lowercase())
            }
            Self::Value(spelling) => write!(f, "with the value spelled {}", words(spelling)),
            Self::Among(company) => write!(f, "among others: {}", words(company)),
        }
    }
}

/// The name of a variant, as a reader sees it: `HalfPercent` is `half-percent`.
pub(crate) fn words(variant: &impl fmt::Debug) -> String {
    let mut words = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

impl Forgery {
    /// Whether the header that comes out is one that HTTP allows (RFC 9110, section 5.5).
    #[must_use]
    pub fn is_lawful(&self) -> bool {
        !matches!(self, Self::Value(Spelling::Control | Spelling::Nul))
    }

    /// What follows the name of each cookie, where that is the same whatever its real value is.
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
        let pairs: Vec<Vec<u8>> = match self {
            Self::Replayed => cookies.iter().map(pair).collect(),
            Self::Unknown => each_value(cookies, unknown),
            Self::Field { cookie, field, change } => {
                let forged = cookies.iter().enumerate().map(|(at, (name, value))| {
                    let theirs = other.get(at).map_or(&[][..], |(_, value)| value);
                    let is_meant = at == *cookie;
                    let value =
                        if is_meant { changed(value, *field, *change, theirs) } else { value.clone() };
                    pair(&(name.clone(), value))
                });
                forged.collect()
            }
            Self::Value(Spelling::NameOnly) => cookies.iter().map(|(name, _)| name.clone()).collect(),
            Self::Value(spelling) => each_value(cookies, |value| spelling.of(value)),
            Self::Among(company) => company.of(cookies, other),
        };
        pairs.join(&b"; "[..])
    }
}

fn pair((name, value): &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    [name.as_slice(), b"=", value].concat()
}

fn each_value(cookies: &Cookies, forged: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    cookies.iter().map(|(name, value)| pair(&(name.clone(), forged(value)))).collect()
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

impl Company {
    fn of(self, cookies: &Cookies, other: &Cookies) -> Vec<Vec<u8>> {
        let own = || cookies.iter().map(pair).collect::<Vec<_>>();
        let others = || other.iter().map(pair).collect::<Vec<_>>();
        let worthless = || each_value(cookies, |_| b"worthless".to_vec());
        let many = || (0..100).map(|number| format!("other{number}=value").into_bytes()).collect::<Vec<_>>();
        match self {
            Self::WorthlessFirst => [worthless(), own()].concat(),
            Self::WorthlessLast => [own(), worthless()].concat(),
            Self::OthersFirst => [others(), own()].concat(),
            Self::OthersLast => [own(), others()].concat(),
            Self::Many => [many(), own()].concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::alter::fields;
    use super::*;

    fn set(cookies: &[(&str, &str)]) -> Cookies {
        cookies.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
    }

    fn forged(forgery: &Forgery) -> String {
        let header = forgery.header(&set(&[("a", "s%3Aab.cd"), ("b", "22")]), &set(&[("a", "s%3Axy.zz")]));
        String::from_utf8_lossy(&header).into_owned()
    }

    #[test]
    fn what_is_unknown_looks_like_what_is_known() {
        for (real, forged) in [
            ("9f0a", "0a1a"),
            ("0z9-yx", "1a9-zx"),
            ("s%3Aab.cd", "s%3Abb.dd"),
            ("7", "8"),
            ("", ""),
            ("\u{fc}", "\u{fc}"),
        ] {
            assert_eq!(String::from_utf8_lossy(&unknown(real.as_bytes())), forged, "{real}");
        }
        assert_eq!(forged(&Forgery::Unknown), "a=s%3Abb.dd; b=32");
    }

    #[test]
    fn one_field_is_changed() {
        let field = |field, change| forged(&Forgery::Field { cookie: 0, field, change });
        assert_eq!(field(1, Change::Emptied), "a=s%3A.cd; b=22");
        assert_eq!(field(2, Change::Truncated), "a=s%3Aab.c; b=22");
        assert_eq!(field(1, Change::Doubled), "a=s%3Aabab.cd; b=22");
        assert_eq!(field(1, Change::Flipped), "a=s%3AaA.cd; b=22");
        assert_eq!(field(1, Change::Recased), "a=s%3AAB.cd; b=22");
        assert_eq!(field(2, Change::Swapped), "a=s%3Aab.zz; b=22");
        assert_eq!(field(3, Change::Emptied), "a=s%3Aab.cd; b=22", "there is no such field");
        assert_eq!(fields(b"s%3Aa%2Bb/c=.d"), vec![0..1, 4..12, 13..14]);
    }

    #[test]
    fn values_are_spelled_otherwise_and_keep_company() {
        assert_eq!(forged(&Forgery::Value(Spelling::NameOnly)), "a; b");
        assert_eq!(forged(&Forgery::Value(Spelling::Octal)).split("; ").nth(1), Some("b=\"\\062\\062\""));
        assert_eq!(forged(&Forgery::Value(Spelling::Percent)).split("; ").nth(1), Some("b=%32%32"));
        assert_eq!(forged(&Forgery::Among(Company::OthersLast)), "a=s%3Aab.cd; b=22; a=s%3Axy.zz");
        assert_eq!(words(&Spelling::HalfPercent), "half-percent");
    }
}
