//! Tests of forged headers, byte by byte.

use super::alter::{fields, unknown};
use super::*;

fn set(cookies: &[(&str, &str)]) -> Cookies {
    cookies.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
}

fn forged(forgery: &Forgery) -> String {
    let header = forgery.header(&set(&[("a", "s%3Aab.cd"), ("b", "22")]), &set(&[("a", "s%3Axy.zz")]));
    String::from_utf8_lossy(&header).into_owned()
}

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
    assert_eq!(forged(&Forgery::Unknown), "a=s%3Abb.dd; b=32");
}

#[test]
fn one_field_is_changed() {
    let field = |field, change| forged(&Forgery::Field { cookie: 0, field, change });
    assert_eq!(field(1, Change::Emptied), "a=s%3A.cd; b=22");
    assert_eq!(field(2, Change::Truncated), "a=s%3Aab.c; b=22");
    assert_eq!(field(2, Change::Shortened), "a=s%3Aab.c; b=22");
    let shortened = |value: &[u8]| {
        let shortened = Forgery::Field { cookie: 0, field: 0, change: Change::Shortened };
        shortened.header(&vec![(b"a".to_vec(), value.to_vec())], &Cookies::new())
    };
    assert_eq!(shortened(b"YWI=.xy"), b"a=YW.xy", "padding is no letter");
    assert_eq!(shortened(b"YQ%3D%3D.xy"), b"a=Y.xy");
    assert_eq!(shortened(b"Y%2B.xy"), b"a=Y.xy");
    assert_eq!(shortened(b"1.xy"), b"a=.xy");
    assert_eq!(field(1, Change::Doubled), "a=s%3Aabab.cd; b=22");
    assert_eq!(field(1, Change::Flipped), "a=s%3AaA.cd; b=22");
    let flipped = Forgery::Field { cookie: 0, field: 0, change: Change::Flipped };
    assert_eq!(flipped.header(&vec![(b"a".to_vec(), b"1a".to_vec())], &Cookies::new()), b"a=1B");
    assert_eq!(field(1, Change::Recased), "a=s%3AAB.cd; b=22");
    assert_eq!(field(2, Change::Swapped), "a=s%3Aab.zz; b=22");
    let number = |value: &[u8]| {
        let raised = Forgery::Field { cookie: 0, field: 0, change: Change::Raised };
        raised.header(&vec![(b"a".to_vec(), value.to_vec())], &Cookies::new())
    };
    assert_eq!(number(b"1764170000.xy"), b"a=9999999999.xy");
    assert_eq!(number(b"6927a1.xy"), b"a=ffffff.xy");
    assert_eq!(number(b"6927A1.xy"), b"a=FFFFFF.xy");
    assert_eq!(number(b"annie.xy"), b"a=annie.xy", "no number");
    assert_eq!(field(3, Change::Emptied), "a=s%3Aab.cd; b=22", "there is no such field");
    assert_eq!(fields(b"s%3Aa%2Bb/c=.d"), vec![0..1, 4..12, 13..14]);
}

#[test]
fn values_are_spelled_otherwise_and_keep_company() {
    assert_eq!(forged(&Forgery::Value(Spelling::NameOnly)), "a; b");
    assert_eq!(forged(&Forgery::Value(Spelling::Octal)).split("; ").nth(1), Some("b=\"\\062\\062\""));
    assert_eq!(forged(&Forgery::Value(Spelling::Percent)).split("; ").nth(1), Some("b=%32%32"));
    assert_eq!(forged(&Forgery::Among(Neighbours::OthersLast)), "a=s%3Aab.cd; b=22; a=s%3Axy.zz");
    assert_eq!(words(&Spelling::HalfPercent), "half-percent");
}

#[test]
fn any_place_is_reached() {
    let byte = |at| forged(&Forgery::Byte { at, byte: b'"' });
    assert_eq!(byte(1), "a=s\"3Aab.cd; b=2\"");
    assert_eq!(byte(8), "a=s%3Aab.c\"; b=22\"", "beyond the end of the shorter one");
    let already_there = Forgery::Byte { at: 0, byte: b's' };
    assert_eq!(forged(&already_there), "a=A%3Aab.cd; b=s2", "what is forged is never what was real");
    assert_eq!(forged(&Forgery::Length(1)), "a=s; b=2");
    assert_eq!(forged(&Forgery::Length(10)), "a=s%3Aab.cds; b=2222222222");
    let emptied = || Box::new(Forgery::Value(Spelling::Empty));
    assert_eq!(forged(&Forgery::Only { cookie: 1, forgery: emptied() }), "a=s%3Aab.cd; b=");
    assert_eq!(forged(&Forgery::Only { cookie: 2, forgery: emptied() }), "a=s%3Aab.cd; b=22");
    let swapped = Forgery::Field { cookie: 0, field: 2, change: Change::Swapped };
    assert_eq!(forged(&Forgery::Only { cookie: 0, forgery: Box::new(swapped) }), "a=s%3Aab.zz; b=22");
}

#[test]
fn one_is_forged_of_another() {
    let composed = |parts: &[Forgery]| forged(&Forgery::Composed(parts.to_vec()));
    let (short, first) = (Forgery::Length(1), Forgery::Among(Neighbours::WorthlessFirst));
    assert_eq!(composed(&[short.clone(), first.clone()]), "a=worthless; b=worthless; a=s; b=2");
    assert_eq!(composed(&[first.clone(), short]), "a=w; b=w; a=s; b=2");
    let name_only = Forgery::Value(Spelling::NameOnly);
    assert_eq!(composed(&[name_only.clone(), Forgery::Length(3)]), "a; b", "there is no value");
    assert!(!Forgery::Composed(vec![first.clone(), Forgery::Value(Spelling::Nul)]).is_lawful());
    let long = Box::new(Forgery::Value(Spelling::Long));
    assert!(Forgery::Only { cookie: 0, forgery: long }.is_long() && !first.is_long());
}

#[test]
fn a_part_that_all_sessions_share_is_not_taken_from_another_one() {
    let token =
        |signature: &str| vec![(b"sid".to_vec(), format!("eyJhbGciOiJIUzI1NiJ9.{signature}").into_bytes())];
    let swapped = |field| Forgery::LongField { cookie: 0, field, change: Change::Swapped, shortest: 16 };
    let forged = |field| swapped(field).header(&token("0123456789abcdef"), &token("fedcba9876543210"));
    assert_ne!(forged(0), b"sid=eyJhbGciOiJIUzI1NiJ9.0123456789abcdef");
    assert_eq!(forged(1), b"sid=eyJhbGciOiJIUzI1NiJ9.fedcba9876543210");
}

#[test]
fn a_part_with_padding_is_not_doubled_since_decoders_stop_there() {
    let long = |change| Forgery::LongField { cookie: 0, field: 0, change, shortest: 16 };
    let forged = |value: &str, change| {
        let header = long(change).header(&set(&[("sid", value)]), &Cookies::new());
        String::from_utf8_lossy(&header).into_owned()
    };
    let unpadded = "QUJDREVGR0hJSktMTQ";
    assert_eq!(forged(unpadded, Change::Doubled), format!("sid={unpadded}{unpadded}"));
    for padding in ["=", "==", "%3D", "%3d%3d"] {
        let value = format!("{unpadded}{padding}%3Bnonce");
        let other = unknown(value.as_bytes());
        assert_eq!(forged(&value, Change::Doubled), format!("sid={}", String::from_utf8_lossy(&other)));
        assert_eq!(forged(&value, Change::Emptied), "sid=%3Bnonce", "{padding}");
    }
}

#[test]
fn patterns_are_as_long_as_what_they_are_to_match() {
    let last = |spelling| forged(&Forgery::Value(spelling)).split("; b=").nth(1).map(str::to_owned);
    let patterns = Spelling::PATTERNS.map(last).map(Option::unwrap);
    let mongo = "j%3A%7B%22%24ne%22%3Anull%7D";
    assert_eq!(patterns, ["%", "__", "*", "??", ".*", "'or'1'='1", mongo, "2%", "2*", "2.*"]);
    assert_eq!(Forgery::Value(Spelling::AnyLike).fixed().as_deref(), Some("=%"));
    assert_eq!(Forgery::Value(Spelling::SameLengthLike).fixed(), None);
}

#[test]
fn values_in_the_form_of_ids_elsewhere_are_made_from_the_real_one() {
    let spelled = |real: &str, spelling| {
        let header = Forgery::Value(spelling).header(&set(&[("sid", real)]), &Cookies::new());
        String::from_utf8(header).unwrap().replace("sid=", "")
    };
    let real = "9f0a1b2c3d4e5f60718293a4b5c6d7e8";
    let uuid = spelled(real, Spelling::Uuid);
    let parts: Vec<&str> = uuid.split('-').collect();
    assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
    assert!(parts[2].starts_with('4') && parts[3].starts_with('a'), "{uuid}");
    let number = spelled(real, Spelling::Number);
    assert!(number.len() == 18 && number.parse::<u64>().unwrap().to_string() == number, "{number}");
    assert!(spelled(real, Spelling::Hexadecimal).chars().all(|digit| digit.is_ascii_hexdigit()));
    for spelling in Spelling::FORMS {
        let other = real.replace('8', "9");
        assert_eq!(spelled(real, spelling), spelled(real, spelling));
        assert_ne!(spelled(real, spelling), spelled(&other, spelling), "{spelling:?}");
        assert!(!spelled("", spelling).is_empty());
    }
}

#[test]
fn the_values_of_another_browser_stand_under_the_own_names() {
    assert_eq!(forged(&Forgery::ValuesOfOther), "a=s%3Axy.zz");
    let (own, other) = (set(&[("shop", "1")]), set(&[("forum", "2"), ("theme", "3")]));
    let header = |forgery: &Forgery| String::from_utf8(forgery.header(&own, &other)).unwrap();
    assert_eq!(header(&Forgery::ValuesOfOther), "shop=2");
    let beside = Forgery::Composed(vec![Forgery::ValuesOfOther, Forgery::Among(Neighbours::OthersFirst)]);
    assert_eq!(header(&beside), "forum=2; theme=3; shop=2");
    assert_eq!(Forgery::ValuesOfOther.told(Some("bob")), "with the values of bob's cookies");
}
