//! Cookies of strangers: other software on a site stores such cookies, and browsers send them beside the session's.
//!
//! A parser that judges the header as a whole gives up at the first pair that it does not accept, and the session is
//! lost.

use serde::{Deserialize, Serialize};

use super::Sent;

/// A cookie, or several, that somebody else has stored in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stranger {
    /// A pair without an equals sign.
    NoEqualsSign,
    /// A pair without a name.
    NoName,
    /// A cookie whose value is empty.
    EmptyValue,
    /// JSON as value, with quotes, braces and commas.
    Json,
    /// A value in quotes.
    Quoted,
    /// A value that begins with a quote and has no other.
    UnbalancedQuote,
    /// A value with commas.
    Commas,
    /// A value with a space.
    Space,
    /// A value with equals signs and parentheses, as analytics have it.
    Analytics,
    /// A name with an at sign.
    AtSign,
    /// A name with brackets, as some languages spell lists.
    Brackets,
    /// A value with bytes beyond ASCII.
    EightBit,
    /// A value with octal escapes.
    OctalEscapes,
    /// A cookie called `path`.
    CalledPath,
    /// A cookie called `expires`, with a date.
    CalledExpires,
    /// A cookie whose name is the beginning of the session's.
    PrefixOfTheName,
    /// A cookie whose name begins with the session's.
    LongerName,
    /// A cookie of the session's name in another case.
    OtherCase,
    /// A cookie of the session's name with the prefix `__Host-`.
    HostPrefix,
    /// A cookie of the session's name with the prefix `__Secure-`.
    SecurePrefix,
    /// A cookie whose name is the end of the session's.
    SuffixOfTheName,
    /// Fifty cookies.
    Fifty,
    /// Eight kilobytes of cookies.
    EightKilobytes,
    /// A value with a comma, and with the session's name and an equals sign behind it.
    NameAfterAComma,
    /// A name that is the session's with brackets behind it, as some languages spell lists.
    NameWithBrackets,
    /// A name that is the session's with its first letter percent-encoded.
    NamePercentEncoded,
}

impl Stranger {
    /// All strangers.
    pub(crate) const ALL: [Self; 26] = [
        Self::NoEqualsSign,
        Self::NoName,
        Self::EmptyValue,
        Self::Json,
        Self::Quoted,
        Self::UnbalancedQuote,
        Self::Commas,
        Self::Space,
        Self::Analytics,
        Self::AtSign,
        Self::Brackets,
        Self::EightBit,
        Self::OctalEscapes,
        Self::CalledPath,
        Self::CalledExpires,
        Self::PrefixOfTheName,
        Self::LongerName,
        Self::OtherCase,
        Self::HostPrefix,
        Self::SecurePrefix,
        Self::SuffixOfTheName,
        Self::Fifty,
        Self::EightKilobytes,
        Self::NameAfterAComma,
        Self::NameWithBrackets,
        Self::NamePercentEncoded,
    ];

    /// The stranger whom generated scripts meet next. The number of turns is a prime, since the tables of situations have no common
    /// divisor; the first few are met twice as often as the others.
    pub(crate) fn met(number: usize) -> Self {
        const TURNS: usize = 29;
        Self::ALL[number % TURNS % Self::ALL.len()]
    }

    /// Whether servers may refuse the request for its size (RFC 6585, section 5).
    pub(crate) fn is_long(self) -> bool {
        self == Self::EightKilobytes
    }

    /// The values of all their cookies.
    pub(crate) fn values() -> impl Iterator<Item = Vec<u8>> {
        let cookies = Self::ALL.into_iter().flat_map(|stranger| stranger.beside(&[]));
        cookies.map(|cookie| cookie.value.unwrap_or(cookie.name))
    }

    /// The stranger's cookies beside these of a session. No value is one that a forged id could have by chance.
    pub(super) fn beside(self, session: &[Sent]) -> Vec<Sent> {
        let own = session.first().map_or(&b"session"[..], |cookie| &cookie.name);
        let one = |name: &[u8], value: &[u8]| vec![Sent::new(name, value)];
        match self {
            Self::NoEqualsSign => vec![Sent { name: b"opted-out".to_vec(), value: None }],
            Self::NoName => one(b"", b"nameless"),
            Self::EmptyValue => one(b"theme", b""),
            Self::Json => one(b"ipt", br#"{"v":{"L":3,"t":"a b"},"l":[1,2]}"#),
            Self::Quoted => one(b"theme", b"\"dark\""),
            Self::UnbalancedQuote => one(b"search", b"\"open"),
            Self::Commas => one(b"seen", b"1,2,3"),
            Self::Space => one(b"city", b"New York"),
            Self::Analytics => one(b"utm", b"utmcsr=(direct)|utmccn=(not set)"),
            Self::AtSign => one(b"user@example", b"present"),
            Self::Brackets => one(b"list[0]", b"first"),
            Self::EightBit => one(b"name", b"J\xf6rg \xc3\xbc"),
            Self::OctalEscapes => one(b"note", br#""a\054b\073""#),
            Self::CalledPath => one(b"path", b"/elsewhere"),
            Self::CalledExpires => one(b"expires", b"Thu, 01 Jan 1970 00:00:00 GMT"),
            Self::PrefixOfTheName => one(&own[..own.len().div_ceil(2)], b"short"),
            Self::LongerName => one(&[own, b"2"].concat(), b"longer"),
            Self::OtherCase => one(&other_case(own), b"other-case"),
            Self::HostPrefix => one(&[b"__Host-", own].concat(), b"prefixed"),
            Self::SecurePrefix => one(&[b"__Secure-", own].concat(), b"secured"),
            Self::SuffixOfTheName => one(&own[own.len() / 2..], b"ending"),
            Self::Fifty => {
                (0..50).map(|number| Sent::new(format!("ad{number}").as_bytes(), b"value")).collect()
            }
            Self::EightKilobytes => {
                (0..8).map(|number| Sent::new(format!("big{number}").as_bytes(), &[b'x'; 1000])).collect()
            }
            Self::NameAfterAComma => one(b"seen", &[b"1,", own, b"=joined"].concat()),
            Self::NameWithBrackets => one(&[own, b"[0]"].concat(), b"listed"),
            Self::NamePercentEncoded => {
                let (first, rest) = own.split_first().unwrap_or((&b's', b""));
                one(&[format!("%{first:02X}").as_bytes(), rest].concat(), b"encoded")
            }
        }
    }
}

fn other_case(name: &[u8]) -> Vec<u8> {
    let swap = |byte: &u8| {
        if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
    };
    name.iter().map(swap).collect()
}
