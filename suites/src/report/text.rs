//! A failure in words, for a terminal or for the output of a test: what was done, promised, seen, and what to run next.

use std::fmt::Write;

use super::{CheckReport, Failure, ShownExchange};

/// One failure of a check in words, for a reader who has never seen the suite.
#[must_use]
pub fn failure_text(check: &CheckReport, failure: &Failure) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("{} ({}): {}", check.id, check.level, failure.reason));
    line(format!("  promised  {}", check.promise));
    line(format!("            CONTRACT.md, {}", check.clause));
    if let Some(done) = &failure.done {
        line(format!("  done      {done}"));
    }
    for (index, exchange) in failure.transcript.iter().enumerate() {
        line(shown_exchange(index, exchange, failure));
    }
    line(format!("  expected  {}", failure.expected));
    line(format!("  seen      {}", failure.seen));
    if let Some(note) = &failure.note {
        line(format!("  note      {note}"));
    }
    text
}

fn shown_exchange(index: usize, exchange: &ShownExchange, failure: &Failure) -> String {
    let cookie = exchange
        .cookie
        .as_deref()
        .map_or_else(|| "no cookie".to_owned(), |cookie| format!("Cookie: {cookie}"));
    let mut text = format!("  cycle {}   {} sends {cookie}", index + 1, exchange.browser);
    for (op, shown) in exchange.ops.iter().enumerate() {
        let here = failure.at.is_some_and(|place| place.cycle == index && place.op == Some(op));
        let mark = if here { "  <- here" } else { "" };
        let answer = shown.answer.as_deref().unwrap_or("no answer");
        let _ = write!(text, "\n              {}  =>  {answer}{mark}", shown.op);
    }
    if exchange.status != "200" {
        let _ = write!(text, "\n            {}", exchange.status);
    }
    for cookie in &exchange.set_cookie {
        let _ = write!(text, "\n            Set-Cookie: {cookie}");
    }
    for dropped in &exchange.dropped {
        let _ = write!(text, "\n            a browser drops this cookie: {dropped}");
    }
    text
}
