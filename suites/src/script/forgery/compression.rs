//! Data that are compressed: unpacked, changed, and packed again in the form in which they came.

use std::cell::RefCell;

use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};

/// More than this is no cookie that was packed.
const MOST_BYTES: usize = 1 << 20;

/// As small as it gets: a cookie has little room.
const LEVEL: u8 = 9;

/// The bytes with their content changed, where they are a stream of zlib, of gzip or of deflate, and the content can be
/// changed.
pub(super) fn repacked(packed: &[u8], change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let zlib = || {
        let content = decompress_to_vec_zlib_with_limit(packed, MOST_BYTES).ok()?;
        Some(compress_to_vec_zlib(&change(&content)?, LEVEL))
    };
    let gzip = || {
        let (header, body) = packed.split_at_checked(GZIP_HEADER.len())?;
        // A name or a comment would follow the header, which nobody sends in a cookie.
        let has_no_more = header.starts_with(&GZIP_HEADER[..3]) && header[3] == 0;
        let content = has_no_more.then(|| decompress_to_vec_with_limit(body, MOST_BYTES).ok())??;
        Some(gzip(&change(&content)?))
    };
    let deflate = || {
        let content = decompress_to_vec_with_limit(packed, MOST_BYTES).ok()?;
        Some(compress_to_vec(&change(&content)?, LEVEL))
    };
    zlib().or_else(gzip).or_else(deflate)
}

/// What is packed in one of these forms.
pub(super) fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let found = RefCell::new(None);
    repacked(packed, |content| {
        found.borrow_mut().get_or_insert_with(|| content.to_vec());
        None
    });
    found.into_inner()
}

/// RFC 1952: the magic number, deflate, no flags, no time, and an unknown system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

fn gzip(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or_default();
    [&GZIP_HEADER[..], &compress_to_vec(content, LEVEL), &crc32(content).to_le_bytes(), &length.to_le_bytes()]
        .concat()
}

/// The checksum of RFC 1952, section 8.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let shifted = |sum: u32| (0..8).fold(sum, |sum, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1)));
    !bytes.iter().fold(!0, |sum, byte| shifted(sum ^ u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bob(content: &[u8]) -> Option<Vec<u8>> {
        (content == b"ann").then(|| b"bob".to_vec())
    }

    #[test]
    fn what_is_packed_again_has_the_form_that_it_had() {
        let zlib = repacked(&compress_to_vec_zlib(b"ann", 6), bob).unwrap();
        assert_eq!(decompress_to_vec_zlib_with_limit(&zlib, 10).unwrap(), b"bob");
        let deflate = repacked(&compress_to_vec(b"ann", 6), bob).unwrap();
        assert_eq!(decompress_to_vec_with_limit(&deflate, 10).unwrap(), b"bob");
        assert_eq!(unpacked(&deflate).as_deref(), Some(&b"bob"[..]));
        assert_eq!(repacked(b"ann", bob), None, "it is not packed");
        assert_eq!(repacked(&compress_to_vec_zlib(b"eve", 6), bob), None, "there is nothing to change");
    }

    /// `ann` is what Python's `gzip.compress` writes, and so is the end of `bob`: the checksum and the length.
    #[test]
    fn gzip_is_what_others_write() {
        let ann = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03K\xcc\xcb\x03\0sr \xe7\x03\0\0\0";
        let bob = repacked(ann, bob).unwrap();
        assert!(bob.starts_with(b"\x1f\x8b\x08\0"));
        assert!(bob.ends_with(b"@\xb1\xcb\xf5\x03\0\0\0"));
        assert_eq!(decompress_to_vec_with_limit(&bob[GZIP_HEADER.len()..], 10).unwrap(), b"bob");
    }
}
