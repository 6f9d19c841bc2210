//! Reads one `Set-Cookie` header value as browsers do. Values stay bytes, quotes included, and attributes that browsers
//! ignore are listed, so that a report can name them.

use std::time::SystemTime;

use super::{
    cookie_date::parse_cookie_date,
    refusal::{IgnoredAttribute, Refusal},
};

/// One `Set-Cookie` header value, read by the algorithm of RFC 6265bis §5.6.
///
/// The attributes are as sent; the [`Jar`](super::jar::Jar) decides whether the cookie is kept, and where it is then
/// valid. Of an attribute that is sent twice, the last one counts. Attributes that are not among the fields
/// (`Partitioned`, `Priority`, …) can be found in `raw` only.
///
/// ```
/// use sessionspec::engine::browser::{SameSite, SetCookie};
///
/// let cookie = SetCookie::parse(b"sid=\"31d4\"; Path=/app; HttpOnly; SameSite=lax; Max-Age=soon")?;
/// assert_eq!(cookie.name, b"sid");
/// assert_eq!(cookie.value, b"\"31d4\"");
/// assert_eq!(cookie.path.as_deref(), Some("/app"));
/// assert_eq!(cookie.same_site, Some(SameSite::Lax));
/// assert!(cookie.http_only && !cookie.secure);
/// let ignored = cookie.ignored[0].to_string();
/// assert_eq!(ignored, "browsers ignore `Max-Age=soon`: it is no whole number of seconds");
/// # Ok::<(), sessionspec::engine::browser::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetCookie {
    /// The header value, byte for byte.
    pub raw: Vec<u8>,
    /// The name, which may be empty: `Set-Cookie: x` is the value `x` without a name.
    pub name: Vec<u8>,
    /// The value, with its quotes if it has any.
    pub value: Vec<u8>,
    /// The attribute `Path`. A path that does not begin with a slash stands for the default path.
    pub path: Option<String>,
    /// The attribute `Domain`, in lower case and without a dot in front. An empty one counts as none.
    pub domain: Option<String>,
    /// The attribute `Expires`, in whole seconds.
    pub expires: Option<SystemTime>,
    /// The attribute `Max-Age`, in seconds. A number beyond the range of an `i64` becomes the nearest one in the range.
    pub max_age: Option<i64>,
    /// Whether `Secure` is there, whatever its value.
    pub secure: bool,
    /// Whether `HttpOnly` is there, whatever its value.
    pub http_only: bool,
    /// The attribute `SameSite`. It is `None` also for an unknown value, for which browsers take their default.
    pub same_site: Option<SameSite>,
    /// The attributes whose values browsers do not understand, in the order in which they were sent.
    pub ignored: Vec<IgnoredAttribute>,
}

/// The values of the `SameSite` attribute (RFC 6265bis §5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SameSite {
    /// The cookie is sent with requests from the same site only.
    Strict,
    /// The cookie is sent also when the user follows a link from another site.
    Lax,
    /// The cookie is sent with all requests.
    None,
}

impl SameSite {
    /// The value that is spelled so, in any case.
    fn named(spelled: &[u8]) -> Option<Self> {
        let values = [("strict", Self::Strict), ("lax", Self::Lax), ("none", Self::None)];
        values
            .into_iter()
            .find(|(name, _)| spelled.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }
}

impl SetCookie {
    /// How long a cookie may be, in bytes (RFC 6265bis §5.6). Its name and its value count, quotes included; the `=`
    /// between them, the blanks around them and the attributes do not.
    pub const MAX_BYTES: usize = 4096;

    /// How long an attribute's value may be, in bytes, without the blanks around it (RFC 6265bis §5.6).
    pub const MAX_ATTRIBUTE_BYTES: usize = 1024;

    /// Reads a header value.
    ///
    /// # Errors
    ///
    /// [`Refusal::ControlCharacter`], [`Refusal::Empty`] and [`Refusal::TooLarge`]. Browsers drop such a cookie before
    /// they look at its attributes.
    pub fn parse(raw: &[u8]) -> Result<Self, Refusal> {
        if let Some(position) = raw.iter().position(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(Refusal::ControlCharacter { byte: raw[position], position });
        }

        let mut parts = raw.split(|&byte| byte == b';');
        let pair = parts.next().unwrap_or_default();
        // Without an equals sign, the whole text is the value.
        let (name, value) = split_at_equals(pair).unwrap_or((b"", trim(pair)));
        if name.is_empty() && value.is_empty() {
            return Err(Refusal::Empty);
        }
        let bytes = name.len() + value.len();
        if bytes > Self::MAX_BYTES {
            return Err(Refusal::TooLarge { name: text(name), bytes });
        }

        let mut cookie = Self {
            raw: raw.to_vec(),
            name: name.to_vec(),
            value: value.to_vec(),
            path: None,
            domain: None,
            expires: None,
            max_age: None,
            secure: false,
            http_only: false,
            same_site: None,
            ignored: Vec::new(),
        };
        for part in parts {
            let (name, value) = split_at_equals(part).unwrap_or((trim(part), b""));
            if let Err(ignored) = cookie.take_attribute(name, value) {
                cookie.ignored.push(ignored);
            }
        }
        Ok(cookie)
    }

    fn take_attribute(&mut self, name: &[u8], value: &[u8]) -> Result<(), IgnoredAttribute> {
        if value.len() > Self::MAX_ATTRIBUTE_BYTES {
            return Err(IgnoredAttribute::TooLong { name: text(name), bytes: value.len() });
        }
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("expires") {
            let date = parse_cookie_date(value)
                .map_err(|reason| IgnoredAttribute::Expires { value: text(value), reason })?;
            self.expires = Some(date);
        } else if is("max-age") {
            let age = parse_max_age(value).ok_or_else(|| IgnoredAttribute::MaxAge { value: text(value) })?;
            self.max_age = Some(age);
        } else if is("domain") {
            let domain = value.strip_prefix(b".").unwrap_or(value);
            self.domain = Some(text(domain).to_ascii_lowercase());
        } else if is("path") {
            // A path that stands for the default path overrides an earlier `Path`, too.
            self.path = Some(text(value));
            if !value.starts_with(b"/") {
                return Err(IgnoredAttribute::Path { value: text(value) });
            }
        } else if is("secure") {
            self.secure = true;
        } else if is("httponly") {
            self.http_only = true;
        } else if is("samesite") {
            self.same_site = SameSite::named(value);
            if self.same_site.is_none() {
                return Err(IgnoredAttribute::SameSite { value: text(value) });
            }
        }
        Ok(())
    }
}

/// Name and value on both sides of the first `=`, without the blanks around them.
fn split_at_equals(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    Some((trim(&pair[..equals]), trim(&pair[equals + 1..])))
}

/// Cuts spaces and tabs off both ends. Line ends cannot occur here, since they are control characters.
fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// The bytes as text, with those that are no UTF-8 replaced. They would match no host and no path, and `raw` still has
/// them.
pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn parse_max_age(value: &[u8]) -> Option<i64> {
    let (sign, digits) = match value.strip_prefix(b"-") {
        Some(digits) => (-1, digits),
        None => (1, value),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |age: i64, digit: &u8| age.saturating_mul(10).saturating_add(sign * i64::from(digit - b'0'));
    Some(digits.iter().fold(0, add))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn parse(raw: &[u8]) -> SetCookie {
        SetCookie::parse(raw).unwrap_or_else(|refusal| panic!("{}: {refusal}", text(raw)))
    }

    #[test]
    fn name_and_value_are_kept_as_bytes() {
        for (raw, name, value) in [
            (&b"sid=1"[..], &b"sid"[..], &b"1"[..]),
            (b"sid=", b"sid", b""),
            (b" \tsid \t= 1 2\t ;Path=/", b"sid", b"1 2"),
            (b"sid=\"a=b\"", b"sid", b"\"a=b\""),
            (b"sid=\" a \"", b"sid", b"\" a \""),
            (b"sid=a,b; Secure", b"sid", b"a,b"),
            (b"sid=\"a;b\"", b"sid", b"\"a"),
            (b"s\tid=a\tb", b"s\tid", b"a\tb"),
            (b"s\xffd=\xc3\x28", b"s\xffd", b"\xc3\x28"),
            (b"just-a-value; Path=/", b"", b"just-a-value"),
            (b"=a=b", b"", b"a=b"),
        ] {
            let cookie = parse(raw);
            assert_eq!((cookie.name.as_slice(), cookie.value.as_slice()), (name, value), "{}", text(raw));
            assert_eq!(cookie.raw, raw);
        }
    }

    #[test]
    fn attributes_in_any_case_and_the_last_one_wins() {
        let cookie = parse(
            b"a=1; PATH=/x; path = /y ; domain=.App.Test; expires=Thu, 01-Jan-1970 00:00:07 GMT; MAX-AGE=5; \
              max-age=-6; SECURE=no; httponly; samesite=Strict; SAMESITE=nOnE; Partitioned; ; =",
        );
        assert_eq!(cookie.path.as_deref(), Some("/y"));
        assert_eq!(cookie.domain.as_deref(), Some("app.test"));
        assert_eq!(cookie.expires, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(7)));
        assert_eq!(cookie.max_age, Some(-6));
        assert!(cookie.secure && cookie.http_only);
        assert_eq!(cookie.same_site, Some(SameSite::None));
        assert_eq!(cookie.ignored, []);
    }

    #[test]
    fn what_a_browser_does_not_understand_leaves_the_cookie_alone() {
        let cookie =
            parse(b"a=1; Max-Age=7; Max-Age=7.5; Expires=0; Path=/x; Path=; SameSite=Lax; SameSite=Loose");
        assert_eq!((cookie.max_age, cookie.expires), (Some(7), None));
        assert_eq!((cookie.path.as_deref(), cookie.same_site), (Some(""), None));
        let ignored: Vec<_> = cookie.ignored.iter().map(ToString::to_string).collect();
        assert_eq!(
            ignored,
            [
                "browsers ignore `Max-Age=7.5`: it is no whole number of seconds",
                "browsers ignore `Expires=0`: it has no time (hours:minutes:seconds)",
                "browsers ignore `Path=`: no slash in front, so the folder of the request's path is taken",
                "browsers ignore `SameSite=Loose`: it is not Strict, Lax or None, so their default is taken",
            ]
        );
    }

    #[test]
    fn max_age_is_a_whole_number() {
        for (value, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("007", Some(7)),
            ("-1", Some(-1)),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN)),
            ("", None),
            ("-", None),
            ("+5", None),
            ("5s", None),
            ("\"5\"", None),
            ("1e3", None),
        ] {
            assert_eq!(parse(format!("a=1; Max-Age={value}").as_bytes()).max_age, expected, "{value}");
        }
    }

    #[test]
    fn name_and_value_take_4096_bytes_at_most() {
        let fits = [b"sid=".to_vec(), vec![b'x'; 4093], b"; HttpOnly; Path=/".to_vec()].concat();
        assert_eq!(parse(&fits).value.len(), 4093);

        let too_large = [b"sid=".to_vec(), vec![b'x'; 4094]].concat();
        assert_eq!(SetCookie::parse(&too_large), Err(Refusal::TooLarge { name: "sid".into(), bytes: 4097 }));
    }

    #[test]
    fn an_attribute_takes_1024_bytes_at_most() {
        let path = |length: usize| format!("a=1; Path=/x; Path=/{}", "y".repeat(length - 1));
        assert_eq!(parse(path(1024).as_bytes()).path.map(|path| path.len()), Some(1024));

        let cookie = parse(path(1025).as_bytes());
        assert_eq!(cookie.path.as_deref(), Some("/x"));
        assert_eq!(cookie.ignored, [IgnoredAttribute::TooLong { name: "Path".into(), bytes: 1025 }]);
    }

    #[test]
    fn control_characters_and_nothing_at_all_are_refused() {
        for (raw, byte, position) in [
            (&b"a=\0"[..], 0, 2),
            (b"a=1; Path=/\x0d\x0aX: y", 0x0d, 11),
            (b"a\x7f=1", 0x7f, 1),
            (b"\x1f", 0x1f, 0),
        ] {
            assert_eq!(SetCookie::parse(raw), Err(Refusal::ControlCharacter { byte, position }));
        }
        for raw in [&b""[..], b"=", b" = ; Path=/", b";a=1"] {
            assert_eq!(SetCookie::parse(raw), Err(Refusal::Empty));
        }
    }
}
