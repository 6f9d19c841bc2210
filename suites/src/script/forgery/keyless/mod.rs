//! Signatures that anybody can make: digests that have no key, and tokens that say of themselves that they are not signed.
//!
//! Nothing is guessed. A digest is computed anew only where the one that came is found to be that of its own data; with a key in
//! it, it never is.

mod digest;
mod preimage;

use std::ops::Range;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::Cookies;
use super::alter::fields;
use super::rewrite::{MOST_LAYERS, below, is_readable, within};
use digest::{Digest, Written};
use preimage::preimages;

/// How rewritten data are signed by whoever has no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keyless {
    /// The digest of the data is computed anew.
    Digest,
    /// The header of a JSON Web Token says that its algorithm is `none`, and the signature is empty.
    NoAlgorithm,
    /// The same in other letters, `nOnE`, for whoever forbids the word in one spelling.
    NoAlgorithmRecased,
}

/// A digest, and how it is written.
type Way = (Digest, Written);

/// The cookies with one text in the data replaced, and signed again; none where they are not signed in such a way.
pub(super) fn signed(cookies: &Cookies, texts: (&str, &str), way: Keyless) -> Option<Cookies> {
    match way {
        Keyless::NoAlgorithm => each(cookies, |_, value| token(value, texts, "none")),
        Keyless::NoAlgorithmRecased => each(cookies, |_, value| token(value, texts, "nOnE")),
        Keyless::Digest => each(cookies, |name, value| redigested(value, name, texts, MOST_LAYERS))
            .or_else(|| in_two_cookies(cookies, texts)),
    }
}

/// The cookies with another value for each that can be forged; none where none can be.
fn each(cookies: &Cookies, forged: impl Fn(&[u8], &[u8]) -> Option<Vec<u8>>) -> Option<Cookies> {
    let values: Vec<_> = cookies.iter().map(|(name, value)| forged(name, value)).collect();
    let is_forged = values.iter().any(Option::is_some);
    let pairs = cookies.iter().zip(values);
    let pairs = pairs.map(|((name, value), forged)| (name.clone(), forged.unwrap_or_else(|| value.clone())));
    is_forged.then(|| pairs.collect())
}

/// A token whose header names this algorithm, and that has no signature.
fn token(value: &[u8], (from, to): (&str, &str), algorithm: &str) -> Option<Vec<u8>> {
    let rewritten = within(value, from, to, MOST_LAYERS)?;
    let rewritten = std::str::from_utf8(&rewritten).ok()?;
    let mut parts = rewritten.split('.');
    let (header, data, _) = (parts.next()?, parts.next()?, parts.next()?);
    let json = Written::UrlOpen.read(header.as_bytes())?;
    let mut json: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&json).ok()?;
    *json.get_mut("alg")? = algorithm.into();
    let header = Written::UrlOpen.of(&serde_json::to_vec(&json).ok()?);
    parts.next().is_none().then(|| [&header, &b"."[..], data.as_bytes(), b"."].concat())
}

/// The data are in one cookie, and their digest is another cookie.
fn in_two_cookies(cookies: &Cookies, (from, to): (&str, &str)) -> Option<Cookies> {
    let (at, (name, data)) = cookies.iter().enumerate().find(|(_, (_, value))| is_readable(value, from))?;
    let preimages_before = preimages(data, from, name);
    let others = cookies.iter().enumerate().filter(|(other, _)| *other != at);
    let (sum_at, recognised) = others
        .filter_map(|(other, (_, sum))| {
            Some((other, recognised(sum, &preimages_before, &Written::EVERY_WAY)?))
        })
        .next()?;
    let (rewritten, sum) = recognised.renewed(data, name, (from, to))?;
    let mut forged = cookies.clone();
    forged[at].1 = rewritten;
    forged[sum_at].1 = sum;
    Some(forged)
}

/// The document with one text replaced, and with the digest of the rest computed anew: at this layer of encoding and
/// compression, or below it.
fn redigested(document: &[u8], name: &[u8], texts: (&str, &str), layers: usize) -> Option<Vec<u8>> {
    let here = sums(document).into_iter().find_map(|(range, ways)| {
        let (before, sum, after) =
            (&document[..range.start], &document[range.clone()], &document[range.end..]);
        let is_before = is_readable(before, texts.0);
        let data = if is_before { before } else { after };
        let (data, sum) =
            recognised(sum, &preimages(data, texts.0, name), &ways)?.renewed(data, name, texts)?;
        Some(if is_before { [&data, &sum[..], after].concat() } else { [before, &sum, &data].concat() })
    });
    here.or_else(|| {
        let deeper = layers.checked_sub(1)?;
        below(document, texts.0.len(), |inner| redigested(inner, name, texts, deeper))
    })
}

/// Where a digest may stand, and which ones may stand there: any in a field of its own, and one of the right length at an end.
fn sums(document: &[u8]) -> Vec<(Range<usize>, Vec<Way>)> {
    let of_its_own = fields(document).into_iter().map(|range| (range, Written::EVERY_WAY.to_vec()));
    let at_the_ends = Written::EVERY_WAY.into_iter().flat_map(|(digest, written)| {
        let length = written.of(&digest.of(b"")).len();
        let start = document.len().saturating_sub(length);
        [start..document.len(), 0..length.min(document.len())].map(|range| (range, vec![(digest, written)]))
    });
    of_its_own.chain(at_the_ends).collect()
}

/// A digest whose data are known.
struct Recognised {
    /// Of which preimage it is the digest, in the order in which they come.
    preimage: usize,
    digest: Digest,
    /// How it may be written. A digest may happen to have none of the letters in which two spellings differ.
    written: Vec<Written>,
    length: Option<usize>,
}

/// What this is the digest of, if it is that of one of these preimages.
fn recognised(sum: &[u8], preimages: &[Option<Vec<u8>>], ways: &[Way]) -> Option<Recognised> {
    preimages.iter().enumerate().find_map(|(number, preimage)| {
        let preimage = preimage.as_ref()?;
        Digest::ALL.into_iter().find_map(|digest| {
            let written = || ways.iter().filter(|(own, _)| *own == digest).map(|(_, written)| *written);
            written().next()?;
            let bytes = digest.of(preimage);
            let of = |length: Option<usize>, is_so: &dyn Fn(&[u8]) -> bool| {
                let written: Vec<Written> = written().filter(|written| is_so(&written.of(&bytes))).collect();
                (!written.is_empty()).then_some(Recognised { preimage: number, digest, written, length })
            };
            of(None, &|whole| whole == sum).or_else(|| {
                let is_long = sum.len() >= SHORTEST_CUT;
                is_long.then(|| of(Some(sum.len()), &|whole| whole.starts_with(sum)))?
            })
        })
    })
}

impl Recognised {
    /// The data with one text replaced, and their digest. Where it is not known how that is written, the data are varied until
    /// the digest is the same in all spellings: by spaces behind the text, which no reader of JSON sees, so that what is found is
    /// the same in each run; elsewhere by another end of the text.
    fn renewed(&self, data: &[u8], name: &[u8], (from, to): (&str, &str)) -> Option<(Vec<u8>, Vec<u8>)> {
        let rewritten = |to: &str| Some((within(data, from, to, MOST_LAYERS)?, to.to_owned()));
        let with_spaces = |count| Some((spaced(data, (from, to), count, MOST_LAYERS)?, to.to_owned()));
        let beginning = to.get(..to.len().saturating_sub(2)).unwrap_or_default();
        let ends = ('a'..='z').flat_map(|first| ('a'..='z').map(move |second| format!("{first}{second}")));
        let plain = std::iter::once_with(|| rewritten(to));
        let in_json = (1..MOST_SPACES).map(with_spaces);
        let with_another_end = ends.map(|end| rewritten(&format!("{beginning}{end}")));
        plain.chain(in_json).chain(with_another_end).flatten().find_map(|(rewritten, to)| {
            let preimage = preimages(&rewritten, &to, name).into_iter().nth(self.preimage)??;
            let bytes = self.digest.of(&preimage);
            let mut spelled = self.written.iter().map(|written| {
                let whole = written.of(&bytes);
                whole.get(..self.length.unwrap_or(whole.len())).unwrap_or(&whole).to_vec()
            });
            let sum = spelled.next()?;
            spelled.all(|other| other == sum).then_some((rewritten, sum))
        })
    }
}

/// The document with one text replaced and spaces behind it, where it is a whole string in JSON that is encoded or compressed.
fn spaced(document: &[u8], (from, to): (&str, &str), spaces: usize, layers: usize) -> Option<Vec<u8>> {
    let deeper = layers.checked_sub(1)?;
    below(document, from.len(), |inner| {
        if serde_json::from_slice::<IgnoredAny>(inner).is_ok() {
            within(inner, &format!("\"{from}\""), &format!("\"{to}\"{:spaces$}", ""), 0)
        } else {
            spaced(inner, (from, to), spaces, deeper)
        }
    })
}

/// How far data grow for a digest that is the same in all spellings. Of SHA-512 in base64, one in ten million would need more.
const MOST_SPACES: usize = 256;

/// As short as a digest is ever cut, in characters.
const SHORTEST_CUT: usize = 8;

#[cfg(test)]
mod tests;
