//! How forged cookies are made from real ones.

use super::alter::{changed, fields, of_length, unknown, with_byte};
use super::keyless::signed;
use super::rewrite::rewritten;
use super::{Change, Cookies, Forgery, Neighbours, Spelling};

impl Forgery {
    /// These cookies, forged; `other` are those of another browser.
    pub(super) fn of(&self, cookies: Vec<Sent>, other: &Cookies) -> Vec<Sent> {
        match self {
            Self::Replayed => cookies,
            Self::Unknown => each_value(cookies, unknown),
            Self::Field { cookie, field, change } => {
                let theirs = other.get(*cookie).map_or(&[][..], |(_, value)| value);
                only(cookies, *cookie, |cookie| {
                    each_value(vec![cookie], |value| changed(value, *field, *change, theirs))
                })
            }
            Self::LongField { cookie, field, change, shortest } => {
                let theirs = other.get(*cookie).map_or(&[][..], |(_, value)| value);
                let is_alone = cookies.len() == 1;
                let is_meant = |value: &[u8]| {
                    let fields = fields(value);
                    // The only field of the only cookie, taken from another session, is that session's real cookie.
                    let is_theirs = *change == Change::Swapped && is_alone && fields.len() == 1;
                    // Decoders of base64 stop at its padding, so that whatever follows changes nothing.
                    let ends_itself = |range: &std::ops::Range<usize>| {
                        *change == Change::Doubled && is_padded(&value[range.clone()])
                    };
                    let is_long = |range: &std::ops::Range<usize>| range.len() >= *shortest;
                    !is_theirs
                        && fields.get(*field).is_some_and(|range| is_long(range) && !ends_itself(range))
                };
                only(cookies, *cookie, |cookie| {
                    each_value(vec![cookie], |value| {
                        let made = is_meant(value).then(|| changed(value, *field, *change, theirs));
                        // Where the part is the same in all sessions, the cookie that comes out is the real one.
                        made.filter(|made| made != value).unwrap_or_else(|| unknown(value))
                    })
                })
            }
            Self::Value(Spelling::NameOnly) => {
                cookies.into_iter().map(|cookie| Sent { value: None, ..cookie }).collect()
            }
            Self::Value(spelling) => each_value(cookies, |value| spelling.of(value)),
            Self::ValuesOfOther => {
                cookies.iter().zip(other).map(|(own, (_, value))| Sent::new(&own.name, value)).collect()
            }
            Self::Among(neighbours) => neighbours.of(cookies, other),
            Self::Beside { stranger, first } => {
                let strangers = stranger.beside(&cookies);
                if *first { [strangers, cookies].concat() } else { [cookies, strangers].concat() }
            }
            Self::Rewritten { from, to, signature } => {
                let theirs = |at: usize| other.get(at).map_or(&[][..], |(_, value)| value);
                let rewrite = |(at, cookie): (usize, Sent)| {
                    let value = cookie.value.as_deref();
                    Sent {
                        value: value.map(|value| rewritten(value, (from, to), *signature, theirs(at))),
                        ..cookie
                    }
                };
                cookies.into_iter().enumerate().map(rewrite).collect()
            }
            Self::SignedWithoutKey { from, to, way } => {
                let pairs =
                    cookies.iter().filter_map(|cookie| Some((cookie.name.clone(), cookie.value.clone()?)));
                match signed(&pairs.collect(), (from, to), *way) {
                    Some(forged) => forged.iter().map(|(name, value)| Sent::new(name, value)).collect(),
                    None => each_value(cookies, unknown),
                }
            }
            Self::Byte { at, byte } => each_value(cookies, |value| with_byte(value, *at, *byte)),
            Self::Length(length) => each_value(cookies, |value| of_length(value, *length)),
            Self::Only { cookie, forgery } => {
                let theirs = other.get(*cookie).cloned().into_iter().collect();
                only(cookies, *cookie, |cookie| forgery.of(vec![cookie], &theirs))
            }
            Self::Composed(parts) => {
                parts.iter().fold(cookies, |cookies, forgery| forgery.of(cookies, other))
            }
        }
    }
}

/// Whether a part ends with the padding of base64, percent-encoded or not.
fn is_padded(part: &[u8]) -> bool {
    part.ends_with(b"=") || part.ends_with(b"%3D") || part.ends_with(b"%3d")
}

/// A cookie as it is sent.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) name: Vec<u8>,
    /// The value; `None` where the cookie has no equals sign either.
    pub(super) value: Option<Vec<u8>>,
}

impl Sent {
    pub(super) fn new(name: &[u8], value: &[u8]) -> Self {
        Self { name: name.to_vec(), value: Some(value.to_vec()) }
    }

    pub(super) fn pair(self) -> Vec<u8> {
        match self.value {
            Some(value) => [self.name.as_slice(), b"=", &value].concat(),
            None => self.name,
        }
    }
}

/// Gives each cookie that has a value another one.
fn each_value(cookies: Vec<Sent>, forged: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Sent> {
    let forged = |cookie: Sent| Sent { value: cookie.value.as_deref().map(&forged), ..cookie };
    cookies.into_iter().map(forged).collect()
}

/// Forges only the cookie at this place, and leaves the others as they are.
fn only(cookies: Vec<Sent>, place: usize, forged: impl Fn(Sent) -> Vec<Sent>) -> Vec<Sent> {
    let forged = |(at, cookie)| if at == place { forged(cookie) } else { vec![cookie] };
    cookies.into_iter().enumerate().flat_map(forged).collect()
}

impl Neighbours {
    pub(super) fn of(self, own: Vec<Sent>, other: &Cookies) -> Vec<Sent> {
        let others = || other.iter().map(|(name, value)| Sent::new(name, value)).collect();
        let worthless = || each_value(own.clone(), |_| b"worthless".to_vec());
        let many =
            || (0..100).map(|number| Sent::new(format!("other{number}").as_bytes(), b"value")).collect();
        match self {
            Self::WorthlessFirst => [worthless(), own].concat(),
            Self::WorthlessLast => [own.clone(), worthless()].concat(),
            Self::OthersFirst => [others(), own].concat(),
            Self::OthersLast => [own, others()].concat(),
            Self::Many => [many(), own].concat(),
        }
    }
}
