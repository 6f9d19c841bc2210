//! Replaces what varies from run to run: cookie values get stable names, in the order in which they appear.

use std::collections::HashMap;

use super::{ShownExchange, ShownOperation};
use crate::browser::SetCookie;
use crate::transcript::{Outcome, Transcript};

/// The transcript as reports show it.
pub(crate) fn shown_transcript(transcript: &Transcript) -> Vec<ShownExchange> {
    let mut names = Names::default();
    let mut shown = Vec::with_capacity(transcript.exchanges.len());
    for exchange in &transcript.exchanges {
        let cookie = exchange.cookie.as_deref().map(|header| names.cookie_header(header));
        let answers = exchange.answers();
        let ops = exchange.ops.iter().enumerate().map(|(index, op)| ShownOperation {
            op: op.to_json(),
            answer: answers.get(index).map(ToString::to_string),
        });
        shown.push(ShownExchange {
            browser: exchange.browser.clone(),
            cookie,
            ops: ops.collect(),
            status: status(&exchange.outcome),
            set_cookie: exchange.headers.all("Set-Cookie").map(|cookie| names.set_cookie(cookie)).collect(),
            dropped: exchange.dropped_cookies.iter().map(ToString::to_string).collect(),
        });
    }
    shown
}

fn status(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered { status, save_error: None, .. } => status.to_string(),
        Outcome::Answered { status, save_error: Some(error), .. } => {
            format!("{status}, and the save was refused: {error}")
        }
        Outcome::NoAnswers { status, said } => format!("{status}: {said}"),
        Outcome::Broken(error) => error.to_string(),
    }
}

/// Gives each cookie value a name.
#[derive(Default)]
struct Names(HashMap<Vec<u8>, usize>);

impl Names {
    fn name(&mut self, value: &[u8]) -> String {
        if value.is_empty() {
            return String::new();
        }
        let next = self.0.len() + 1;
        format!("<{}>", self.0.entry(value.to_vec()).or_insert(next))
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
        let Ok(cookie) = SetCookie::parse(raw) else { return String::from_utf8_lossy(raw).into_owned() };
        let mut shown = self.pair(&cookie.name, &cookie.value);
        // An expiry date is a time of this run.
        for attribute in String::from_utf8_lossy(raw).split(';').skip(1).map(str::trim) {
            let is_date = attribute.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("expires="));
            let is_past = cookie.expires.is_some_and(|expires| expires < std::time::SystemTime::now());
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
}
