//! Rewrites the data in a cookie as an attacker would who wants to be another user: decodes and unpacks them, replaces a
//! text, and packs and encodes them again.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::Change;
use super::alter::{changed, fields, unknown};
use super::compression::repacked;

/// How deep the text may lie: in data that are packed and written in base64 twice.
pub(super) const MOST_LAYERS: usize = 3;

/// Whether a client can read this text in the value, however it is packed or encoded.
pub(crate) fn is_readable(value: &[u8], text: &str) -> bool {
    within(value, text, text, MOST_LAYERS).is_some()
}

/// The value with one text in it replaced, and its last field changed. Where it holds no such text, it becomes an
/// unknown value.
pub(super) fn rewritten(
    value: &[u8],
    (from, to): (&str, &str),
    signature: Option<Change>,
    theirs: &[u8],
) -> Vec<u8> {
    let Some(forged) = within(value, from, to, MOST_LAYERS) else {
        return unknown(value);
    };
    let last = fields(&forged).len().saturating_sub(1);
    match signature {
        // Where there is a single field, it is the data and not a signature.
        Some(change) if last > 0 => changed(&forged, last, change, theirs),
        _ => forged,
    }
}

/// Replaces the text where it stands in the value, or under so many layers of encoding and compression.
pub(super) fn within(value: &[u8], from: &str, to: &str, layers: usize) -> Option<Vec<u8>> {
    if let Some(at) = value.windows(from.len()).position(|window| window == from.as_bytes()) {
        return Some([&value[..at], to.as_bytes(), &value[at + from.len()..]].concat());
    }
    let deeper = layers.checked_sub(1)?;
    below(value, from.len(), |inner| within(inner, from, to, deeper))
}

/// Changes what the value is written or packed from: one layer of encoding or compression below it.
pub(super) fn below(
    value: &[u8],
    shortest: usize,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    repacked(value, &change).or_else(|| encoded(value, shortest, &change))
}

/// Changes what a field contains that is written in base64, and is long enough for a text of this length.
fn encoded(value: &[u8], shortest: usize, change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let engine = |alphabet| {
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        GeneralPurpose::new(alphabet, lenient)
    };
    fields(value).into_iter().filter(|range| range.len() > shortest).find_map(|range| {
        let field = &value[range.clone()];
        let percent_encoded = field.contains(&b'%');
        let text = if percent_encoded { without_percent(field) } else { field.to_vec() };
        let is_padded = text.ends_with(b"=");
        // A field may have none of the letters in which the two alphabets differ, and what takes its place may have some. Who
        // writes no padding hardly ever writes for anything but URLs.
        let alphabets = if is_padded { [&STANDARD, &URL_SAFE] } else { [&URL_SAFE, &STANDARD] };
        let (engine, decoded) = alphabets.into_iter().map(engine).find_map(|engine| {
            let decoded = change(&engine.decode(&text).ok()?)?;
            Some((engine, decoded))
        })?;
        let mut again = engine.encode(decoded);
        if !is_padded {
            again.truncate(again.trim_end_matches('=').len());
        }
        let again = if percent_encoded {
            again.replace('=', "%3D").replace('+', "%2B").replace('/', "%2F")
        } else {
            again
        };
        Some([&value[..range.start], again.as_bytes(), &value[range.end..]].concat())
    })
}

/// The bytes that a percent-encoded field stands for.
pub(super) fn without_percent(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, code.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn forged(value: &str, signature: Option<Change>) -> String {
        String::from_utf8(rewritten(value.as_bytes(), ("ann", "bob"), signature, b"data.theirs")).unwrap()
    }

    #[test]
    fn data_are_rewritten_however_they_are_encoded() {
        let json = r#"{"owner":"ann"}"#;
        let rewritten = r#"{"owner":"bob"}"#;
        assert_eq!(forged("owner=ann.0a1b", None), "owner=bob.0a1b");
        let url = URL_SAFE_NO_PAD.encode(json);
        assert_eq!(
            forged(&format!("{url}.aZ.sig"), None),
            format!("{}.aZ.sig", URL_SAFE_NO_PAD.encode(rewritten))
        );
        let padded = STANDARD.encode(r#"{"owner":"ann","a":1}"#).replace('=', "%3D");
        let expected = STANDARD.encode(r#"{"owner":"bob","a":1}"#).replace('=', "%3D");
        assert_eq!(forged(&padded, None), expected);
    }

    /// As Flask, Django and Rack pack them, and as Rails puts one base64 into another.
    #[test]
    fn data_are_rewritten_however_deep_they_lie() {
        let packed = |json: &str| URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(json.as_bytes(), 9));
        let [ann, bob] =
            ["ann", "bob"].map(|owner| format!("{{\"owner\":\"{owner}\",\"x\":\"{:x<99}\"}}", ""));
        assert_eq!(forged(&format!(".{}.aZ.sig", packed(&ann)), None), format!(".{}.aZ.sig", packed(&bob)));
        let [ann, bob] =
            [ann, bob].map(|json| STANDARD.encode(format!("{{\"data\":\"{}\"}}", STANDARD.encode(json))));
        assert_eq!(forged(&format!("{ann}--0a1b"), None), format!("{bob}--0a1b"));
        assert!(is_readable(ann.as_bytes(), "ann") && !is_readable(ann.as_bytes(), "eve"));
    }

    #[test]
    fn the_last_field_is_the_signature() {
        assert_eq!(forged("ann.0a1b", Some(Change::Emptied)), "bob.");
        assert_eq!(forged("ann.0a1b", Some(Change::Missing)), "bob");
        assert_eq!(forged("ann.0a1b", Some(Change::Zeroed)), "bob.0000");
        assert_eq!(forged("ann.0a1b", Some(Change::Swapped)), "bob.theirs");
        assert_eq!(forged("ann", Some(Change::Emptied)), "bob");
    }

    #[test]
    fn a_value_without_the_text_becomes_one_that_is_nobodys() {
        assert_ne!(forged("0a1b2c3d", None), "0a1b2c3d");
    }
}
