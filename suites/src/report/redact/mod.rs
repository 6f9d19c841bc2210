//! Replaces what varies from run to run: cookie values get stable names in the order in which they are sent and set, and
//! the values of keys that belong to the framework, ids, file names, times, ports and addresses get placeholders.

mod names;
mod texts;
mod times;

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use sessionspec_reference::{Map, Value};

use super::shown::shortened;
use super::{ShownExchange, ShownOperation};
use crate::browser::SetCookie;
use crate::play::{Exchange, Moment, Outcome, Transcript};
use crate::script::{Answer, Forgery, Spelling, Stranger};
use crate::survey::{Store, Survey};

use names::Names;

/// How much of one answer, or of one field, a report keeps.
const LONGEST: usize = 2000;

/// How many cookies of one response a report shows: browsers keep not many more of one site.
const MOST_COOKIES: usize = 60;

/// Shorter values may occur in a text by chance.
const SHORTEST_NAMED: usize = 8;

/// Cookies count in whole seconds: whether a date so near to the answer is before or after it is chance.
const ABOUT_NOW: Duration = Duration::from_millis(1500);

/// What has to be known of a backend to name what varies from run to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Redaction<'a> {
    /// The keys that the framework keeps of its own, whose values vary.
    pub(crate) own_keys: &'a BTreeSet<String>,
    /// Whether the data may be in the cookie: a time is then in it, too, and whether the same data give the same cookie
    /// depends on the second.
    pub(crate) in_cookie: bool,
}

impl<'a> Redaction<'a> {
    pub(crate) fn of(survey: &'a Survey) -> Self {
        Self { own_keys: &survey.own_keys, in_cookie: survey.store != Store::Server }
    }
}

/// Shows one transcript, and texts that belong to it.
pub(crate) struct Redactor<'a> {
    redaction: Redaction<'a>,
    names: Names,
    /// All that the script writes. What looks like an id there is none.
    written: String,
}

/// The cookies of an exchange, as reports show them.
#[derive(Clone, Default)]
struct Cookies {
    sent: Option<String>,
    set: Vec<String>,
}

/// A message that belongs to no transcript.
pub(crate) fn message(text: &str) -> String {
    Redactor::new(Redaction { own_keys: &BTreeSet::new(), in_cookie: false }).text(text)
}

/// A transcript as reports show it.
pub(crate) fn shown(transcript: &Transcript, redaction: Redaction<'_>) -> Vec<ShownExchange> {
    Redactor::new(redaction).transcript(transcript)
}

impl<'a> Redactor<'a> {
    pub(crate) fn new(redaction: Redaction<'a>) -> Self {
        Self { redaction, names: Names::new(redaction.in_cookie), written: String::new() }
    }

    /// The transcript as reports show it.
    pub(crate) fn transcript(&mut self, transcript: &Transcript) -> Vec<ShownExchange> {
        let cookies = self.cookies(transcript);
        let ops = transcript.exchanges.iter().flat_map(|exchange| &exchange.ops);
        self.written = ops.map(|op| op.to_json().to_string()).collect();
        // After the cookies, so that a message that quotes one finds its name.
        transcript
            .exchanges
            .iter()
            .zip(cookies)
            .map(|(exchange, cookies)| self.exchange(exchange, cookies))
            .collect()
    }

    /// The cookies of each exchange, named in the order in which they were sent and set.
    fn cookies(&mut self, transcript: &Transcript) -> Vec<Cookies> {
        let mut cookies = vec![Cookies::default(); transcript.exchanges.len()];
        for moment in &transcript.moments {
            match moment {
                Moment::Sent(index) => {
                    let exchange = &transcript.exchanges[*index];
                    cookies[*index].sent = exchange
                        .cookie
                        .as_deref()
                        .map(|header| self.cookie_header(&exchange.browser, header));
                }
                Moment::Answered(index) => {
                    let Exchange { browser, headers, answered, .. } = &transcript.exchanges[*index];
                    let mut set: Vec<&[u8]> = headers.all("Set-Cookie").collect();
                    // The order of cookies with different names means nothing, and some services choose it by chance.
                    set.sort_by_key(|cookie| {
                        let name = name_and_value(cookie).0;
                        // The tenth part of a cookie comes after the ninth.
                        (name.len(), name)
                    });
                    let set = set.into_iter();
                    let mut shown: Vec<String> =
                        set.map(|cookie| self.set_cookie(browser, cookie, *answered)).collect();
                    if shown.len() > MOST_COOKIES {
                        let more = shown.split_off(MOST_COOKIES).len();
                        shown.push(format!("… (and {more} more)"));
                    }
                    cookies[*index].set = shown;
                }
                Moment::Passed { from, to } => self.names.passed(from, to),
            }
        }
        cookies
    }

    fn exchange(&self, exchange: &Exchange, cookies: Cookies) -> ShownExchange {
        let answers = exchange.answers();
        let ops = (0..exchange.ops.len()).map(|index| ShownOperation {
            op: exchange.ops.to_json(index),
            answer: answers.get(index).map(|answer| self.answer(answer)),
        });
        ShownExchange {
            node: exchange.node,
            connection: exchange.connection,
            beside: exchange.beside,
            browser: exchange.browser.clone(),
            cookie: cookies.sent,
            ops: ops.collect(),
            status: match exchange.outlasted {
                true => format!("{}, once the store could be reached again", self.status(exchange)),
                false => self.status(exchange),
            },
            set_cookie: cookies.set,
            dropped: exchange
                .dropped_cookies()
                .take(MOST_COOKIES)
                .map(|refusal| self.text(&refusal.to_string()))
                .collect(),
        }
    }

    fn status(&self, exchange: &Exchange) -> String {
        match &exchange.outcome {
            Outcome::NoAnswers { status, .. } if exchange.ended_without_body() => {
                format!("{status}, which has no body")
            }
            Outcome::Answered { status, save_error: None, .. } => status.to_string(),
            Outcome::Answered { status, save_error: Some(error), .. } => {
                format!("{status}, and the save was refused: {}", self.text(error))
            }
            Outcome::NoAnswers { status, said } => format!("{status}: {}", self.text(said)),
            Outcome::Broken(error) => self.text(&error.to_string()),
        }
    }

    fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::Ok(Value::Object(items)) => {
                self.value(&Answer::Ok(Value::Object(self.items(items))).to_string())
            }
            Answer::Error(message) => Answer::Error(self.text(message)).to_string(),
            other => self.value(&other.to_string()),
        }
    }

    /// A value that a session holds. An id may be among them. Where the data are in the cookie, a part of it is a value.
    fn value(&self, text: &str) -> String {
        let text = shortened(text, LONGEST);
        let text = if self.redaction.in_cookie { text } else { self.without_cookies(text) };
        texts::without_ids(&text, &self.written)
    }

    /// What the framework keeps beside the items may be a time or an id; a boolean is neither.
    fn items(&self, items: &Map) -> Map {
        let shown = |(key, value): (&String, &Value)| {
            let varies =
                self.redaction.own_keys.contains(key) && !matches!(value, Value::Bool(_) | Value::Null);
            (key.clone(), if varies { Value::from("<the framework's>") } else { value.clone() })
        };
        items.iter().map(shown).collect()
    }

    fn cookie_header(&mut self, browser: &str, header: &[u8]) -> String {
        let mut pair = |pair: &[u8]| match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => {
                let (cookie, value) = (&pair[..at], &pair[at + 1..]);
                let shown = open(value).unwrap_or_else(|| name(self.names.sent(browser, cookie, value)));
                format!("{}={shown}", String::from_utf8_lossy(cookie))
            }
            None => open(pair).unwrap_or_else(|| name(self.names.sent(browser, b"", pair))),
        };
        let pairs: Vec<String> =
            header.split(|byte| *byte == b';').map(<[u8]>::trim_ascii).map(&mut pair).collect();
        shortened(&pairs.join("; "), LONGEST)
    }

    fn set_cookie(&mut self, browser: &str, raw: &[u8], answered: Option<SystemTime>) -> String {
        // One that browsers drop is shown like any other: what is in it is no less secret.
        let (own, value) = name_and_value(raw);
        let value = open(value).unwrap_or_else(|| name(self.names.set(browser, own, value)));
        let mut shown = match own {
            // A cookie without a name, as browsers store and send it.
            b"" => value,
            own => format!("{}={value}", String::from_utf8_lossy(own)),
        };
        for attribute in String::from_utf8_lossy(raw).split(';').skip(1).map(str::trim) {
            shown.push_str("; ");
            // An expiry date is a time of this run.
            match date_of(attribute).zip(answered) {
                Some((date, now)) => shown.push_str(&format!("Expires=<{}>", when(date, now))),
                None => shown.push_str(attribute),
            }
        }
        shortened(&shown, LONGEST)
    }

    /// A text of the service or of the system, with nothing in it that varies from run to run.
    pub(crate) fn text(&self, text: &str) -> String {
        texts::lasting(&self.without_cookies(shortened(text, LONGEST)), &self.written)
    }

    /// The text, with the values of cookies replaced by their names: whole values, and the parts of structured ones.
    fn without_cookies(&self, mut text: String) -> String {
        let mut quotable = Vec::new();
        for (value, number) in self.names.all() {
            let Ok(value) = std::str::from_utf8(value) else { continue };
            if value.len() >= SHORTEST_NAMED {
                quotable.push((value.to_owned(), name(number)));
            }
            let decoded = value.replace("%3A", ":").replace("%3a", ":");
            let parts = decoded.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
            let parts = parts.filter(|part| part.len() >= 2 * SHORTEST_NAMED && *part != value);
            quotable.extend(parts.map(|part| (part.to_owned(), format!("<part of {number}>"))));
        }
        // The longest first.
        quotable.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        for (value, name) in quotable {
            text = text.replace(&value, &name);
        }
        text
    }
}

/// The name and the value of a `Set-Cookie` field, also of one that browsers drop. What has no `=` is a value without a name
/// (RFC 6265bis, section 5.6).
fn name_and_value(raw: &[u8]) -> (&[u8], &[u8]) {
    let pair = raw.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    match pair.iter().position(|byte| *byte == b'=') {
        Some(equals) => (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii()),
        None => (b"", pair),
    }
}

fn name(number: usize) -> String {
    format!("<{number}>")
}

/// The date of an `Expires` that browsers understand, also of a cookie that they drop.
fn date_of(attribute: &str) -> Option<SystemTime> {
    SetCookie::parse(format!("name=value; {attribute}").as_bytes()).ok()?.expires
}

/// When a date is, seen from the moment of the answer.
fn when(date: SystemTime, now: SystemTime) -> &'static str {
    let distance = date.duration_since(now).or_else(|_| now.duration_since(date)).unwrap_or_default();
    match date > now {
        _ if distance <= ABOUT_NOW => "about now",
        true => "future",
        false => "past",
    }
}

/// The value itself, where it is no secret: an empty one, one that a forgery puts in the place of any real one, or one
/// of a stranger's. Whoever wants to send it again has to know it.
fn open(value: &[u8]) -> Option<String> {
    let fixed = Spelling::FIXED.map(|spelling| Forgery::Value(spelling).fixed());
    let fixed = fixed.iter().flatten().filter_map(|pair| pair.strip_prefix('=')).map(str::as_bytes);
    let mut open = fixed.chain([&b""[..], b"\"\"", b"worthless", b"deleted"]);
    let is_same_length = |byte| !value.is_empty() && value.iter().all(|other| *other == byte);
    let is_pattern = is_same_length(b'_') || is_same_length(b'?');
    let is_open =
        is_pattern || open.any(|open| open == value) || Stranger::values().any(|theirs| theirs == value);
    is_open.then(|| shortened(&String::from_utf8_lossy(value), LONGEST_OPEN))
}

/// How much is shown of a value that is no secret.
const LONGEST_OPEN: usize = 100;

#[cfg(test)]
mod tests;
