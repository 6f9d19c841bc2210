//! Replaces times of a run within texts and the values of cookies: seconds or milliseconds since 1970 that are about now.
//! The `Expires` of a cookie becomes `<past>` or `<future>` in `mod.rs` (`when`).

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How far from now a time of a run may be, in seconds: lifetimes are counted in weeks at most.
const NEAR: u64 = 60 * 86_400;

/// The text, with each number that is a time of about now replaced.
pub(super) fn without_times(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        shown.push_str(before);
        shown.push_str(if is_a_time(digits) { "<time>" } else { digits });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Whether a cookie's value has a time in it, so that the same session has another value a second later. Ten digits between
/// letters are part of an id: in one id of some ten thousand they look like a time by chance.
pub(super) fn holds_a_time(value: &[u8]) -> bool {
    let texts = value.split(|byte| !byte.is_ascii_alphanumeric() && !b"+/-_".contains(byte));
    let has = |text: &[u8]| text.split(|byte| !byte.is_ascii_alphanumeric()).any(is_a_time_in_bytes);
    has(value) || texts.flat_map(decoded).any(|text| has(&text))
}

/// What this may be in base64, of either alphabet.
fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabets = [STANDARD, URL_SAFE];
    alphabets.iter().filter_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok()).collect()
}

fn is_a_time_in_bytes(digits: &[u8]) -> bool {
    std::str::from_utf8(digits).is_ok_and(is_a_time)
}

/// Whether these digits are a time of about now, in seconds or in milliseconds.
fn is_a_time(digits: &str) -> bool {
    let unit = match digits.len() {
        10 => 1,
        13 => 1000,
        _ => return false,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    digits.parse::<u64>().is_ok_and(|time| (time / unit).abs_diff(now) <= NEAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_about_now_are_times() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let text = format!("at {}.25 and {} of 1234567890, 42", now.as_secs(), now.as_millis());
        assert_eq!(without_times(&text), "at <time>.25 and <time> of 1234567890, 42");
    }

    #[test]
    fn a_time_is_found_in_base64() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let value = GeneralPurpose::new(&URL_SAFE, GeneralPurposeConfig::new())
            .encode(format!("{now}|some data|\u{1}"));
        assert!(holds_a_time(value.as_bytes()));
        assert!(holds_a_time(format!("{now}:signature").as_bytes()));
        assert!(!holds_a_time(b"s:3f2504e04f8911d39a0c0305e82c3301.signature"));
        assert!(!holds_a_time(format!("3f{now}e04f8911d39a0c03.{now}b").as_bytes()), "parts of ids");
    }
}
