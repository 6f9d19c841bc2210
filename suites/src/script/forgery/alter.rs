//! How a value is altered: field by field, or letter by letter.

use super::Change;

/// The fields of a value: runs of the characters of base64 and of ids, percent-encoded or not. Behind the padding of base64, two
/// hyphens come between data and signature, as in Rails.
pub(super) fn fields(value: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut fields: Vec<std::ops::Range<usize>> = Vec::new();
    let (mut at, mut is_padding) = (0, false);
    while at < value.len() {
        if is_padding && value[at..].starts_with(HYPHENS) {
            (at, is_padding) = (at + HYPHENS.len(), false);
            continue;
        }
        let (byte, length) = match decoded(&value[at..]) {
            Some(byte) => (byte, 3),
            None => (value[at], 1),
        };
        if byte.is_ascii_alphanumeric() || b"-_+/=".contains(&byte) {
            match fields.last_mut() {
                Some(last) if last.end == at => last.end += length,
                _ => fields.push(at..at + length),
            }
        }
        is_padding = byte == b'=';
        at += length;
    }
    fields
}

const HYPHENS: &[u8] = b"--";

/// The byte that a percent-encoding stands for.
fn decoded(encoded: &[u8]) -> Option<u8> {
    let digits = encoded.strip_prefix(b"%")?.get(..2)?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

pub(super) fn changed(value: &[u8], field: usize, change: Change, theirs: &[u8]) -> Vec<u8> {
    let Some(range) = fields(value).into_iter().nth(field) else { return value.to_vec() };
    let old = &value[range.clone()];
    let new = match change {
        Change::Emptied => Vec::new(),
        Change::Truncated => old[..old.len() / 2].to_vec(),
        Change::Shortened => shortened(old).to_vec(),
        Change::Doubled => [old, old].concat(),
        Change::Flipped => {
            let mut flipped = old.to_vec();
            let middle = &mut flipped[old.len() / 2];
            // The new letter differs from the old one also where capitals and small letters count as the same.
            *middle = if middle.eq_ignore_ascii_case(&b'A') { b'B' } else { b'A' };
            flipped
        }
        Change::Recased => old.iter().map(|byte| swap_case(*byte)).collect(),
        Change::Zeroed => old.iter().map(|byte| zero(*byte, old)).collect(),
        Change::Raised => raised(old),
        Change::Missing => {
            let before = range.start.checked_sub(1).unwrap_or(range.start);
            return [&value[..before], &value[range.end..]].concat();
        }
        Change::Swapped => match fields(theirs).into_iter().nth(field) {
            Some(range) => theirs[range].to_vec(),
            None => old.to_vec(),
        },
    };
    [&value[..range.start], &new, &value[range.end..]].concat()
}

/// The field without its last letter. Padding is no letter of it: some decoders can do without.
fn shortened(field: &[u8]) -> &[u8] {
    let mut left = field;
    while let Some(rest) = left.strip_suffix(b"=").or_else(|| left.strip_suffix(b"%3D")) {
        left = rest;
    }
    let last = match left.len().checked_sub(3) {
        Some(at) if decoded(&left[at..]).is_some() => 3,
        _ => 1,
    };
    &left[..left.len().saturating_sub(last)]
}

/// The largest number of this length, written with the same digits; the same where it is no number.
fn raised(field: &[u8]) -> Vec<u8> {
    let largest = match field {
        _ if field.iter().all(u8::is_ascii_digit) => b'9',
        _ if !field.iter().all(u8::is_ascii_hexdigit) => return field.to_vec(),
        _ if field.iter().any(u8::is_ascii_uppercase) => b'F',
        _ => b'f',
    };
    vec![largest; field.len()]
}

/// The first character of the alphabet in which a field is written: 0 for hexadecimal digits, A for base64.
fn zero(byte: u8, field: &[u8]) -> u8 {
    let is_hex = field.iter().all(u8::is_ascii_hexdigit);
    match byte {
        b'=' => b'=',
        _ if is_hex => b'0',
        _ => b'A',
    }
}

/// The value with this byte at this place, or at its end. Where the real value has this byte there by chance, another
/// byte is taken, since a forged value must differ from the real one.
pub(super) fn with_byte(value: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let at = at.min(value.len());
    let byte = match value.get(at) {
        Some(real) if *real == byte => {
            if byte == b'A' {
                b'B'
            } else {
                b'A'
            }
        }
        _ => byte,
    };
    let after = value.get(at + 1..).unwrap_or_default();
    [&value[..at], &[byte], after].concat()
}

/// The value cut to this length, or repeated up to it.
pub(super) fn of_length(value: &[u8], length: usize) -> Vec<u8> {
    value.iter().copied().cycle().take(length).collect()
}

fn swap_case(byte: u8) -> u8 {
    if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
}

fn is_word(value: &[u8], at: usize) -> bool {
    value.get(at).is_some_and(u8::is_ascii_alphanumeric)
}

fn is_encoded(value: &[u8], at: usize) -> bool {
    (1..=2).any(|back| at >= back && value[at - back] == b'%')
}

/// The value with other letters and digits. Delimiters and percent-encoded bytes stay. The last character of each word
/// stays, too: in base64 it may carry few bits, so that another character may stand for the same bytes.
pub(super) fn unknown(value: &[u8]) -> Vec<u8> {
    let is_hex = value.iter().filter(|byte| byte.is_ascii_alphabetic()).all(u8::is_ascii_hexdigit);
    let turn = |keep_last: bool| -> Vec<u8> {
        let turned = value.iter().enumerate().map(|(at, byte)| {
            let is_last = !is_word(value, at + 1);
            let stays = !is_word(value, at) || is_encoded(value, at) || (keep_last && is_last);
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
