//! Forged cookies, as data: how each follows from cookies that a browser really has.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One way to forge cookies, relative to real ones: so that a forgery fits every backend, and is fresh in each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Forgery {
    /// As they are now, and sent for good: by a client that does not care when a cookie ends.
    Replayed,
    /// Letters and digits become others of their kind: well-formed, and nobody's.
    Unknown,
}

impl fmt::Display for Forgery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replayed => f.write_str("and keeps them for good"),
            Self::Unknown => f.write_str("with other letters and digits"),
        }
    }
}

impl Forgery {
    /// The `Cookie` header with these cookies, each a name and a value, forged.
    #[must_use]
    pub fn header(self, cookies: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
        let pairs = cookies.iter().map(|(name, value)| {
            let value = match self {
                Self::Replayed => value.clone(),
                Self::Unknown => unknown(value),
            };
            [name.as_slice(), b"=", &value].concat()
        });
        pairs.collect::<Vec<_>>().join(&b"; "[..])
    }
}

/// The value with other letters and digits. Delimiters and percent-encoded bytes stay, and so does the last character
/// of each word: in base64 it often has few bits to spare.
fn unknown(value: &[u8]) -> Vec<u8> {
    let is_hex = value.iter().filter(|byte| byte.is_ascii_alphabetic()).all(u8::is_ascii_hexdigit);
    let is_word = |at: usize| value.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let is_encoded = |at: usize| (1..=2).any(|back| at >= back && value[at - back] == b'%');
    let turn = |keep_last: bool| -> Vec<u8> {
        let turned = value.iter().enumerate().map(|(at, byte)| {
            let stays = !is_word(at) || is_encoded(at) || (keep_last && !is_word(at + 1));
            if stays { *byte } else { another(*byte, is_hex) }
        });
        turned.collect()
    };
    let forged = turn(true);
    if forged == value { turn(false) } else { forged }
}

/// Another letter for a letter, another digit for a digit.
fn another(byte: u8, is_hex: bool) -> u8 {
    let (first, count) = match byte {
        b'0'..=b'9' => (b'0', 10),
        b'a'..=b'z' => (b'a', if is_hex { 6 } else { 26 }),
        _ => (b'A', if is_hex { 6 } else { 26 }),
    };
    first + (byte - first + 1) % count
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn a_header_holds_the_whole_set() {
        let cookies = [(b"a".to_vec(), b"11".to_vec()), (b"b".to_vec(), b"22".to_vec())];
        assert_eq!(Forgery::Unknown.header(&cookies), b"a=21; b=32");
    }
}
