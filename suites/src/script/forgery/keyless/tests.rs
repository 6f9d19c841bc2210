//! Tests of signatures that anybody can make.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use miniz_oxide::deflate::compress_to_vec_zlib;

use super::*;

const TEXTS: (&str, &str) = ("ann", "bob");
const ANN: &str = r#"{"owner":"ann"}"#;
const BOB: &str = r#"{"owner":"bob"}"#;

fn forged(value: &str, way: Keyless) -> Option<String> {
    let cookies = vec![(b"sid".to_vec(), value.as_bytes().to_vec())];
    let (_, forged) = signed(&cookies, TEXTS, way)?.pop()?;
    String::from_utf8(forged).ok()
}

fn digest(digest: Digest, written: Written, data: impl AsRef<[u8]>) -> String {
    String::from_utf8(written.of(&digest.of(data.as_ref()))).unwrap()
}

/// For a digest that may be written in two ways, spaces are put behind the new name until both are the same.
#[test]
fn a_digest_of_the_data_is_computed_anew() {
    let ann = URL_SAFE_NO_PAD.encode(ANN);
    for (name, way) in Written::EVERY_WAY {
        if way == Written::Bytes {
            continue;
        }
        let sum = |data: &str| digest(name, way, data);
        let is_right = |data: &str, of_data: &str| {
            let json: serde_json::Value =
                serde_json::from_slice(&URL_SAFE_NO_PAD.decode(data).unwrap()).unwrap();
            json == serde_json::json!({"owner": "bob"}) && sum(data) == of_data
        };
        for separator in [".", "%7C"] {
            let forged = forged(&format!("{ann}{separator}{}", sum(&ann)), Keyless::Digest).unwrap();
            let (data, of_data) = forged.split_once(separator).unwrap();
            assert!(is_right(data, of_data), "{name:?} {way:?} {forged}");
        }
        let before = forged(&format!("{}:{ann}", sum(&ann)), Keyless::Digest).unwrap();
        let (of_data, data) = before.split_once(':').unwrap();
        assert!(is_right(data, of_data), "{name:?} {way:?} {before}");
    }
    let bob = URL_SAFE_NO_PAD.encode(BOB);
    let signed = |data: &str| format!("{data}{}", digest(Digest::Md5, Written::Hexadecimal, data));
    assert_eq!(forged(&signed(&ann), Keyless::Digest), Some(signed(&bob)), "nothing lies between");
}

#[test]
fn it_may_be_that_of_what_is_written_there_and_may_be_cut() {
    let sum = |data: &str| digest(Digest::Sha1, Written::Hexadecimal, data);
    let [ann, bob] = [ANN, BOB].map(|json| STANDARD.encode(json));
    let decoded = |data: &str, json: &str| format!("v1.{data}.1764170000.{}", sum(json));
    assert_eq!(forged(&decoded(&ann, ANN), Keyless::Digest), Some(decoded(&bob, BOB)));
    let named = |data: &str| format!("{data}.{}", sum(&format!("sid={data}")));
    assert_eq!(forged(&named(&ann), Keyless::Digest), Some(named(&bob)));
    let cut = |data: &str| format!("{data}.{}", &sum(data)[..16]);
    assert_eq!(forged(&cut(&ann), Keyless::Digest), Some(cut(&bob)));
    let packed = |json: &str| URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(json.as_bytes(), 9));
    let unpacked = |json: &str| format!("{}.{}", packed(json), sum(json));
    assert_eq!(forged(&unpacked(ANN), Keyless::Digest), Some(unpacked(BOB)));
    let with_a_time = |data: &str| format!("{data}.1764170000.{}", sum(&format!("{data}.1764170000")));
    assert_eq!(forged(&with_a_time(&ann), Keyless::Digest), Some(with_a_time(&bob)));
}

#[test]
fn it_may_lie_below_the_encoding_or_in_another_cookie() {
    let bytes = |json: &str| {
        super::digest::percent_encoded(
            &STANDARD.encode([&Digest::Md5.of(json.as_bytes())[..], json.as_bytes()].concat()),
        )
    };
    assert_eq!(forged(&bytes(ANN), Keyless::Digest), Some(bytes(BOB)));
    let text =
        |json: &str| STANDARD.encode(format!("{json}|{}", digest(Digest::Md5, Written::Hexadecimal, json)));
    assert_eq!(forged(&text(ANN), Keyless::Digest), Some(text(BOB)));
    let two = |json: &str| {
        let data = STANDARD.encode(json);
        let sum = digest(Digest::Sha256, Written::Hexadecimal, format!("sid={data}"));
        vec![(b"sid".to_vec(), data.into_bytes()), (b"sid.sum".to_vec(), sum.into_bytes())]
    };
    assert_eq!(signed(&two(ANN), TEXTS, Keyless::Digest), Some(two(BOB)));
}

/// No guess is made: what is keyed, what is a mere part, and what holds no such text is not forged at all.
#[test]
fn a_signature_with_a_key_is_left_alone() {
    let ann = URL_SAFE_NO_PAD.encode(ANN);
    let keyed = digest(Digest::Sha256, Written::UrlOpen, format!("secret{ann}"));
    assert_eq!(forged(&format!("{ann}.{keyed}"), Keyless::Digest), None);
    assert_eq!(forged(&format!("{ann}.0a1b"), Keyless::Digest), None);
    assert_eq!(forged(&ann, Keyless::Digest), None);
    let eve = digest(Digest::Md5, Written::Hexadecimal, "eve");
    assert_eq!(forged(&format!("eve.{eve}"), Keyless::Digest), None);
}

#[test]
fn a_token_says_that_it_is_not_signed() {
    let token = |header: &str, json: &str, signature: &str| {
        format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(json))
    };
    let signed = token(r#"{"alg":"HS256","typ":"JWT"}"#, ANN, "c2ln");
    let none = token(r#"{"alg":"none","typ":"JWT"}"#, BOB, "");
    assert_eq!(forged(&signed, Keyless::NoAlgorithm), Some(none));
    let recased = token(r#"{"alg":"nOnE","typ":"JWT"}"#, BOB, "");
    assert_eq!(forged(&signed, Keyless::NoAlgorithmRecased), Some(recased));
    for other in
        [token(r#"{"typ":"JWT"}"#, ANN, "c2ln"), token("no header", ANN, "c2ln"), "ann.a.b".to_owned()]
    {
        assert_eq!(forged(&other, Keyless::NoAlgorithm), None, "{other}");
    }
    assert_eq!(forged(&format!("{signed}.x"), Keyless::NoAlgorithm), None, "it has four parts");
}
