//! Digests that have no key, and how they are written.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::script::forgery::compression::crc32;

/// A function that anybody can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Crc32,
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    pub(super) const ALL: [Self; 5] = [Self::Crc32, Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512];

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Crc32 => crc32(bytes).to_be_bytes().to_vec(),
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// How the bytes of a digest are written. What is open has no padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Bytes,
    Hexadecimal,
    Capitals,
    Base64,
    Base64Open,
    /// With percent-encodings in the place of `+`, `/` and `=`.
    Base64Percent,
    Url,
    UrlOpen,
    /// Four bytes as one number, as PHP has checksums.
    Decimal,
}

impl Written {
    const OF_ALL: [Self; 8] = [
        Self::Bytes,
        Self::Hexadecimal,
        Self::Capitals,
        Self::Base64,
        Self::Base64Open,
        Self::Base64Percent,
        Self::Url,
        Self::UrlOpen,
    ];

    /// Every digest in every spelling that it has.
    pub(super) const EVERY_WAY: [(Digest, Self); 41] = {
        let mut ways = [(Digest::Crc32, Self::Decimal); 41];
        let mut at = 1;
        while at < ways.len() {
            let spelling = (at - 1) % Self::OF_ALL.len();
            ways[at] = (Digest::ALL[(at - 1) / Self::OF_ALL.len()], Self::OF_ALL[spelling]);
            at += 1;
        }
        ways
    };

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        let each = |spell: fn(&u8) -> String| bytes.iter().map(spell).collect::<String>();
        let text = match self {
            Self::Bytes => return bytes.to_vec(),
            Self::Hexadecimal => each(|byte| format!("{byte:02x}")),
            Self::Capitals => each(|byte| format!("{byte:02X}")),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Open => STANDARD_NO_PAD.encode(bytes),
            Self::Base64Percent => percent_encoded(&STANDARD.encode(bytes)),
            Self::Url => URL_SAFE.encode(bytes),
            Self::UrlOpen => URL_SAFE_NO_PAD.encode(bytes),
            Self::Decimal => {
                bytes.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)).to_string()
            }
        };
        text.into_bytes()
    }

    /// The bytes that are written so, where they are written in base64.
    pub(super) fn read(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64Open => STANDARD_NO_PAD.decode(text).ok(),
            Self::Url => URL_SAFE.decode(text).ok(),
            Self::UrlOpen => URL_SAFE_NO_PAD.decode(text).ok(),
            Self::Bytes | Self::Hexadecimal | Self::Capitals | Self::Base64Percent | Self::Decimal => None,
        }
    }
}

/// Base64 with percent-encodings in the place of the three characters that are none of URLs.
pub(super) fn percent_encoded(base64: &str) -> String {
    base64.replace('=', "%3D").replace('+', "%2B").replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 1321, RFC 3174 and FIPS 180-4, and PHP's `crc32`.
    #[test]
    fn digests_are_what_others_compute() {
        let written =
            |digest: Digest, written: Written| String::from_utf8(written.of(&digest.of(b"abc"))).unwrap();
        assert_eq!(written(Digest::Md5, Written::Hexadecimal), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(written(Digest::Sha1, Written::Capitals), "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert_eq!(written(Digest::Sha256, Written::Base64), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_eq!(
            written(Digest::Sha256, Written::Base64Percent),
            "ungWv48Bz%2BpBQUDeXa4iI7ADYaOWF3qctBD%2FYfIAFa0%3D"
        );
        assert!(
            written(Digest::Sha512, Written::Hexadecimal).starts_with("ddaf35a193617abacc417349ae204131")
        );
        assert_eq!(written(Digest::Crc32, Written::Hexadecimal), "352441c2");
        assert_eq!(written(Digest::Crc32, Written::Decimal), "891568578");
    }

    #[test]
    fn every_digest_is_written_in_every_way() {
        let ways: std::collections::BTreeSet<_> =
            Written::EVERY_WAY.iter().map(|way| format!("{way:?}")).collect();
        assert_eq!(ways.len(), Digest::ALL.len() * Written::OF_ALL.len() + 1);
    }
}
