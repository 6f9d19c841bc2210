//! A failure in words, for a terminal or for the output of a test: what was done, promised, seen.

use super::visible::visible;
use super::wrap::{WIDTH, wrapped};
use super::{CheckReport, Failure, ShownExchange};
use crate::script::Step;

/// One failure of a check in words, for a reader who has never seen the suite. Lines are at most 80 columns wide.
#[must_use]
pub fn failure_text(check: &CheckReport, failure: &Failure) -> String {
    let mut text = Text::default();
    text.line("", 2, &format!("{} ({}): {}", check.id, check.level, failure.reason));
    text.labelled("promised", &check.promise);
    text.labelled("", &format!("CONTRACT.md, {}", check.clause));
    if let Some(done) = &failure.done {
        text.labelled("done", done);
    }
    text.script(failure);
    text.labelled("expected", &failure.expected);
    text.labelled("seen", &failure.seen);
    if let Some(note) = &failure.note {
        text.labelled("note", note);
    }
    text.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    /// Lines of one paragraph: those after the first begin in this column.
    fn line(&mut self, indent: &str, hang: usize, text: &str) {
        // What a session holds must not move the cursor of whoever reads about it.
        self.0.push_str(&wrapped(&format!("{indent}{}", visible(text)), hang, WIDTH));
        self.0.push('\n');
    }

    fn labelled(&mut self, label: &str, text: &str) {
        self.line(&format!("  {label:<10}"), 12, text);
    }

    /// What was done, step by step. Without a script, the requests in the order in which they began.
    fn script(&mut self, failure: &Failure) {
        let Some(scenario) = &failure.scenario else {
            for (cycle, exchange) in failure.transcript.iter().enumerate() {
                self.exchange(cycle, exchange, failure);
            }
            return;
        };
        let mut exchanges = failure.transcript.iter().enumerate();
        for step in &scenario.script.steps {
            match step {
                Step::Cycle(_) | Step::Start(_) => {
                    // A script that broke off has more cycles than were begun.
                    let Some((cycle, exchange)) = exchanges.next() else { break };
                    self.exchange(cycle, exchange, failure);
                }
                Step::Release(gate) => self.labelled("release", gate),
                Step::CopyCookies { from, to } => {
                    self.labelled("copy", &format!("{to} gets the cookies of {from}"));
                }
                Step::Forge { from, to, forgery, .. } => {
                    self.labelled("forge", &format!("{to} gets the cookies of {from} {forgery}"));
                }
                Step::Wait { seconds } => self.labelled("wait", &format!("{seconds} s")),
            }
        }
    }

    fn exchange(&mut self, cycle: usize, exchange: &ShownExchange, failure: &Failure) {
        let cookie = match &exchange.cookie {
            Some(cookie) => format!("Cookie: {cookie}"),
            None => "no cookie".to_owned(),
        };
        self.labelled(&format!("cycle {}", cycle + 1), &format!("{} sends {cookie}", exchange.browser));
        for (op, shown) in exchange.ops.iter().enumerate() {
            let here = failure.at.is_some_and(|place| place.cycle == cycle && place.op == Some(op));
            let mark = if here { "  <- here" } else { "" };
            let answer = shown.answer.as_deref().unwrap_or("no answer");
            self.line(&" ".repeat(14), 16, &format!("{}  =>  {answer}{mark}", shown.call()));
        }
        let here = failure.at.is_some_and(|place| place.cycle == cycle && place.op.is_none());
        if exchange.status != "200" || here {
            let mark = if here { "  <- here" } else { "" };
            self.labelled("", &format!("{}{mark}", exchange.status));
        }
        for cookie in &exchange.set_cookie {
            self.labelled("", &format!("Set-Cookie: {cookie}"));
        }
        for dropped in &exchange.dropped {
            self.labelled("", &format!("a browser drops this cookie: {dropped}"));
        }
    }
}
