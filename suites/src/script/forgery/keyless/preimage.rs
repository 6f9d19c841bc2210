//! What a digest in a cookie may be that of: the text beside it, a part of that text, or what is written there.

use super::digest::Written;
use crate::script::forgery::alter::fields;
use crate::script::forgery::compression::unpacked;
use crate::script::forgery::rewrite::{is_readable, without_percent};

/// What the digest of these data, in which this text can be read, may be computed from. They come in the same order for any data
/// of the same form, and none stands in the place of what there is not.
pub(super) fn preimages(data: &[u8], text: &str, name: &[u8]) -> Vec<Option<Vec<u8>>> {
    let held = fields(data).into_iter().map(|range| &data[range]).find(|field| is_readable(field, text));
    let parts = [Some(data), held].into_iter().chain(between(data));
    parts.flat_map(|part| readings(part, name)).collect()
}

/// The data without the delimiter that follows them, or comes before them, in one character, in two, or in a
/// percent-encoding.
fn between(data: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let is_delimiter = |part: &[u8]| match part {
        [b'%', digits @ ..] => digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit),
        _ => part.len() < 3 && !part.iter().any(u8::is_ascii_alphanumeric),
    };
    (1..=3).flat_map(move |length| {
        let behind = data.len().checked_sub(length).map(|end| data.split_at(end));
        let behind = behind.filter(|(_, delimiter)| is_delimiter(delimiter)).map(|(data, _)| data);
        let before = data.split_at_checked(length);
        let before = before.filter(|(delimiter, _)| is_delimiter(delimiter)).map(|(_, data)| data);
        [behind, before]
    })
}

/// The part as it stands there, decoded, and unpacked; each alone, and behind the name of the cookie.
fn readings(part: Option<&[u8]>, name: &[u8]) -> [Option<Vec<u8>>; 8] {
    let plain = part.map(without_percent);
    let bytes = plain.as_deref().and_then(|text| {
        [Written::UrlOpen, Written::Url, Written::Base64, Written::Base64Open]
            .into_iter()
            .find_map(|written| written.read(text))
    });
    let content = bytes.as_deref().and_then(unpacked);
    let readings = [part.map(<[u8]>::to_vec), plain, bytes, content];
    let named = readings.clone().map(|reading| reading.map(|reading| [name, b"=", &reading].concat()));
    let [a, b, c, d] = readings;
    let [e, f, g, h] = named;
    [a, b, c, d, e, f, g, h]
}
