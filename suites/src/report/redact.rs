//! Replaces what varies from run to run: cookie values get stable names in the order in which they appear, and the
//! values of keys that belong to the framework, ports and addresses get placeholders.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use sessionspec_reference::{Map, Value};

use super::shown::shortened;
use super::{ShownExchange, ShownOperation};
use crate::browser::SetCookie;
use crate::play::{Exchange, Outcome, Transcript};
use crate::script::{Answer, Forgery, Spelling};
use crate::survey::{Store, Survey};

/// How much of one answer a report keeps.
const LONGEST: usize = 2000;

/// Shorter values may occur in a text by chance.
const SHORTEST_NAMED: usize = 8;

/// Where an error message may quote a port that the system chose.
const LOOPBACK: [&str; 3] = ["127.0.0.1:", "localhost:", "[::1]:"];

/// What has to be known of a backend to name what varies from run to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Redaction<'a> {
    /// The keys that the framework keeps of its own, whose values vary.
    pub(crate) own_keys: &'a BTreeSet<String>,
    /// Whether the data are in the cookie: a time is then in it, too, and whether the same data give the same cookie
    /// depends on the second.
    pub(crate) in_cookie: bool,
}

impl<'a> Redaction<'a> {
    pub(crate) fn of(survey: &'a Survey) -> Self {
        Self { own_keys: &survey.own_keys, in_cookie: survey.store == Store::Client }
    }
}

/// Shows one transcript, and texts that belong to it.
pub(crate) struct Redactor<'a> {
    redaction: Redaction<'a>,
    names: BTreeMap<Vec<u8>, usize>,
    /// How many names were given.
    given: usize,
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
        Self { redaction, names: BTreeMap::new(), given: 0 }
    }

    /// The transcript as reports show it.
    pub(crate) fn transcript(&mut self, transcript: &Transcript) -> Vec<ShownExchange> {
        transcript.exchanges.iter().map(|exchange| self.exchange(exchange)).collect()
    }

    fn exchange(&mut self, exchange: &Exchange) -> ShownExchange {
        let cookie = exchange.cookie.as_deref().map(|header| self.cookie_header(header));
        let set_cookie = exchange.headers.all("Set-Cookie").map(|cookie| self.set_cookie(cookie)).collect();
        // After the cookies, so that a message that quotes one finds its name.
        let answers = exchange.answers();
        let ops = exchange.ops.iter().enumerate().map(|(index, op)| ShownOperation {
            op: op.to_json(),
            answer: answers.get(index).map(|answer| self.answer(answer)),
        });
        ShownExchange {
            browser: exchange.browser.clone(),
            cookie,
            ops: ops.collect(),
            status: self.status(&exchange.outcome),
            set_cookie,
            dropped: exchange.dropped_cookies().map(|refusal| self.text(&refusal.to_string())).collect(),
        }
    }

    fn status(&self, outcome: &Outcome) -> String {
        match outcome {
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
                shortened(&Answer::Ok(Value::Object(self.items(items))).to_string(), LONGEST)
            }
            Answer::Error(message) => Answer::Error(self.text(message)).to_string(),
            other => shortened(&other.to_string(), LONGEST),
        }
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

    fn cookie_header(&mut self, header: &[u8]) -> String {
        let pairs: Vec<String> = header
            .split(|byte| *byte == b';')
            .map(<[u8]>::trim_ascii)
            .map(|pair| match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => self.pair(&pair[..at], &pair[at + 1..]),
                None => self.name(pair),
            })
            .collect();
        pairs.join("; ")
    }

    fn set_cookie(&mut self, raw: &[u8]) -> String {
        // One that browsers drop is shown like any other: what is in it is no less secret.
        let cookie = SetCookie::parse(raw).ok();
        let pair = raw.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = (&pair[..equals], pair.get(equals + 1..).unwrap_or_default());
        if self.redaction.in_cookie {
            self.names.remove(value.trim_ascii());
        }
        let mut shown = self.pair(name.trim_ascii(), value.trim_ascii());
        let expires = cookie.and_then(|cookie| cookie.expires);
        // An expiry date is a time of this run.
        for attribute in String::from_utf8_lossy(raw).split(';').skip(1).map(str::trim) {
            let is_date = attribute.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("expires="));
            let is_past = expires.is_some_and(|expires| expires < SystemTime::now());
            shown.push_str("; ");
            shown.push_str(match (is_date, is_past) {
                (true, true) => "Expires=<past>",
                (true, false) => "Expires=<future>",
                (false, _) => attribute,
            });
        }
        shown
    }

    fn pair(&mut self, name: &[u8], value: &[u8]) -> String {
        format!("{}={}", String::from_utf8_lossy(name), self.name(value))
    }

    fn name(&mut self, value: &[u8]) -> String {
        if value.is_empty() {
            return String::new();
        }
        // What the suite made up is no secret, and whoever wants to send it again has to know it.
        if let Some(made_up) = made_up(value) {
            return made_up;
        }
        let given = &mut self.given;
        let name = self.names.entry(value.to_vec()).or_insert_with(|| {
            *given += 1;
            *given
        });
        format!("<{name}>")
    }

    /// A text of the service or of the system, with nothing in it that varies from run to run.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut text = shortened(text, LONGEST);
        for (value, name) in self.quotable() {
            text = text.replace(&value, &name);
        }
        let text = LOOPBACK.iter().fold(text, |text, host| without_digits(&text, host, "<port>", 1, 10));
        without_digits(&text, "0x", "<address>", 6, 16)
    }

    /// What a message may quote of the cookies: whole values, and the parts of structured ones. The longest first.
    fn quotable(&self) -> Vec<(String, String)> {
        let mut quotable = Vec::new();
        for (value, number) in &self.names {
            let Ok(value) = std::str::from_utf8(value) else { continue };
            if value.len() >= SHORTEST_NAMED {
                quotable.push((value.to_owned(), format!("<{number}>")));
            }
            let decoded = value.replace("%3A", ":").replace("%3a", ":");
            let parts = decoded.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
            let parts = parts.filter(|part| part.len() >= 2 * SHORTEST_NAMED && *part != value);
            quotable.extend(parts.map(|part| (part.to_owned(), format!("<part of {number}>"))));
        }
        quotable.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        quotable
    }
}

/// The value itself, where it is one that a forgery puts in the place of any real one.
fn made_up(value: &[u8]) -> Option<String> {
    let fixed =
        [Spelling::Dots, Spelling::Path, Spelling::Json].map(|spelling| Forgery::Value(spelling).fixed());
    let mut values = fixed.iter().flatten().filter_map(|pair| pair.strip_prefix('=')).chain(["worthless"]);
    values.find(|made_up| made_up.as_bytes() == value).map(str::to_owned)
}

/// Replaces the digits that follow a prefix, where there are at least so many.
fn without_digits(text: &str, prefix: &str, placeholder: &str, at_least: usize, radix: u32) -> String {
    let mut parts = text.split(prefix);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_digit(radix));
        let digits = part.len() - rest.len();
        shown.push_str(prefix);
        shown.push_str(if digits >= at_least { placeholder } else { &part[..digits] });
        shown.push_str(rest);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn by_value(own_keys: &BTreeSet<String>) -> Redaction<'_> {
        Redaction { own_keys, in_cookie: false }
    }

    #[test]
    fn a_cookie_that_holds_the_data_has_another_name_each_time_that_it_is_set() {
        let own_keys = BTreeSet::new();
        for (in_cookie, again) in [(false, "sid=<1>"), (true, "sid=<2>")] {
            let mut redact = Redactor::new(Redaction { own_keys: &own_keys, in_cookie });
            assert_eq!(redact.set_cookie(b"sid=abc"), "sid=<1>");
            assert_eq!(redact.set_cookie(b"sid=abc"), again);
            assert_eq!(redact.cookie_header(b"sid=abc"), again);
        }
    }

    #[test]
    fn what_was_made_up_is_no_secret() {
        let own_keys = BTreeSet::new();
        let mut redact = Redactor::new(by_value(&own_keys));
        for header in
            ["sid=../../../../etc/passwd", "sid=...", r#"sid={"admin":true}"#, "sid=worthless; sid=worthless"]
        {
            assert_eq!(redact.cookie_header(header.as_bytes()), header);
        }
        assert_eq!(redact.cookie_header(b"sid=an id"), "sid=<1>");
    }

    #[test]
    fn messages_quote_neither_ids_nor_ports_nor_addresses() {
        let own_keys = BTreeSet::new();
        let mut redact = Redactor::new(by_value(&own_keys));
        let header = redact.cookie_header(b"sid=s%3Aabcdefghijklmnop.signature; other=x");
        assert_eq!(header, "sid=<1>; other=<2>");
        assert_eq!(
            redact.text("no session abcdefghijklmnop in s%3Aabcdefghijklmnop.signature"),
            "no session <part of 1> in <1>"
        );
        assert_eq!(message("http://127.0.0.1:40123/probe: gone"), "http://127.0.0.1:<port>/probe: gone");
        assert_eq!(message("<Session at 0x7f00aa11bb22> is 0x1"), "<Session at 0x<address>> is 0x1");
        assert_eq!(message("127.0.0.1:none of these"), "127.0.0.1:none of these");
    }

    #[test]
    fn what_the_framework_keeps_among_the_items_is_not_shown_unless_it_is_a_boolean() {
        let own_keys = BTreeSet::from(["_created".to_owned(), "_permanent".to_owned()]);
        let items = json!({"_created": 1_700_000_000, "_permanent": true, "colour": "red"});
        assert_eq!(
            Redactor::new(by_value(&own_keys)).answer(&Answer::Ok(items)),
            r#"{"_created":"<the framework's>","_permanent":true,"colour":"red"}"#
        );
    }

    #[test]
    fn a_cookie_that_browsers_drop_is_no_less_secret() {
        let own_keys = BTreeSet::new();
        let large = format!("sid={}; Path=/", "x".repeat(5000));
        assert_eq!(Redactor::new(by_value(&own_keys)).set_cookie(large.as_bytes()), "sid=<1>; Path=/");
    }

    #[test]
    fn expiry_dates_are_past_or_future() {
        let own_keys = BTreeSet::new();
        let mut redact = Redactor::new(by_value(&own_keys));
        let past = redact.set_cookie(b"sid=abc; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(past, "sid=<1>; Path=/; Expires=<past>");
        let future = redact.set_cookie(b"sid=abc; Expires=Fri, 31 Dec 2100 00:00:00 GMT; HttpOnly");
        assert_eq!(future, "sid=<1>; Expires=<future>; HttpOnly");
    }
}
