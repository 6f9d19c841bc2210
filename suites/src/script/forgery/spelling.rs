//! How the value of a cookie is spelled: values that parsers know, patterns, and ids as others have them.

use serde::{Deserialize, Serialize};

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
    /// The value is a percent sign: with SQL's `LIKE`, any text.
    AnyLike,
    /// The value consists of underscores, as many as the real one has bytes: with SQL's `LIKE`, any text of that length.
    SameLengthLike,
    /// The value is an asterisk: in the names of files, and of Redis' keys, any text.
    AnyGlob,
    /// The value consists of question marks, as many as the real one has bytes: in the names of files, and of Redis'
    /// keys, any text of that length.
    SameLengthGlob,
    /// The value is the regular expression of any text.
    AnyRegex,
    /// The value ends a text of SQL and goes on with a condition that always holds.
    AnySql,
    /// The value is percent-encoded JSON as Express marks it, of an operator with which MongoDB finds whatever is not null.
    AnyMongo,
    /// The value is the first half of the real one, and a percent sign: with SQL's `LIKE`, any text that begins so.
    BeginningLike,
    /// The value is the first half of the real one, and an asterisk: in the names of files, and of Redis' keys, any text
    /// that begins so.
    BeginningGlob,
    /// The value is the regular expression of any text that begins with the first half of the real one.
    BeginningRegex,
    /// The value is a UUID.
    Uuid,
    /// The value is a number in 32 hexadecimal digits.
    Hexadecimal,
    /// The value is a decimal number.
    Number,
    /// The value is a word with hyphens, as somebody chooses it.
    Word,
}

impl Spelling {
    /// Those that are searched for, and found, instead of compared.
    pub(crate) const PATTERNS: [Self; 10] = [
        Self::AnyLike,
        Self::SameLengthLike,
        Self::AnyGlob,
        Self::SameLengthGlob,
        Self::AnyRegex,
        Self::AnySql,
        Self::AnyMongo,
        Self::BeginningLike,
        Self::BeginningGlob,
        Self::BeginningRegex,
    ];

    /// Those that have the form of ids elsewhere. Each is made from the real value, so that no two sessions have the same.
    pub(crate) const FORMS: [Self; 4] = [Self::Uuid, Self::Hexadecimal, Self::Number, Self::Word];

    /// Those that are the same whatever the real value is, and have an equals sign.
    pub(crate) const FIXED: [Self; 9] = [
        Self::Empty,
        Self::Dots,
        Self::Path,
        Self::Json,
        Self::AnyLike,
        Self::AnyGlob,
        Self::AnyRegex,
        Self::AnySql,
        Self::AnyMongo,
    ];

    /// The value that stands in the place of this one.
    pub(super) fn of(self, value: &[u8]) -> Vec<u8> {
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
            Self::AnyLike => b"%".to_vec(),
            Self::SameLengthLike => vec![b'_'; value.len()],
            Self::AnyGlob => b"*".to_vec(),
            Self::SameLengthGlob => vec![b'?'; value.len()],
            Self::AnyRegex => b".*".to_vec(),
            Self::AnySql => b"'or'1'='1".to_vec(),
            Self::AnyMongo => b"j%3A%7B%22%24ne%22%3Anull%7D".to_vec(),
            Self::BeginningLike => [&value[..value.len() / 2], b"%"].concat(),
            Self::BeginningGlob => [&value[..value.len() / 2], b"*"].concat(),
            Self::BeginningRegex => [&value[..value.len() / 2], b".*"].concat(),
            Self::Uuid => {
                let digits = digits(value, 16, 32);
                let part = |range: std::ops::Range<usize>| &digits[range];
                // Version 4, and the variant of RFC 9562.
                let (time, node) = (part(13..16), part(20..32));
                format!("{}-{}-4{time}-a{}-{node}", part(0..8), part(8..12), part(17..20)).into_bytes()
            }
            Self::Hexadecimal => digits(value, 16, 32).into_bytes(),
            Self::Number => digits(value, 10, 18).into_bytes(),
            Self::Word => format!("chosen-by-somebody-{}", digits(value, 10, 6)).into_bytes(),
        }
    }
}

/// So many digits of a number to this base, in which every byte of the value counts.
fn digits(value: &[u8], base: u32, count: usize) -> String {
    let digit = |place: usize| {
        let bytes = value.iter().skip(place % value.len().max(1)).step_by(count).map(|byte| u32::from(*byte));
        let sum: u32 = bytes.sum();
        // A number that begins with a zero is written without it somewhere.
        char::from_digit((sum + u32::try_from(place).unwrap_or_default() + 1) % base, base)
            .filter(|digit| place > 0 || *digit != '0')
            .unwrap_or('1')
    };
    (0..count).map(digit).collect()
}
