//! A failure in words, for a terminal or for the output of a test: what was done, promised, seen.

use std::ops::Range;

use super::command::wrapped_command;
use super::visible::visible;
use super::wrap::{WIDTH, wrapped};
use super::{CheckReport, Failure, Place, ShownExchange};
use crate::script::{Operation, Script, Step};

/// What somebody has to know who reads the script of a failure for the first time.
pub const LEGEND: &str = "A cycle is one request of a browser (ann, bob, …): the backend opens its session, the \
                          handler does what is listed, the backend saves. <1> is an id or a secret; the same \
                          number is the same value.";

/// Where what was seen was not what was promised.
const MARK: &str = "<- here";

/// The column in which what is said begins.
const COLUMN: usize = 12;

/// One failure of a check in words, for a reader who has never seen the suite. Lines are at most 80 columns wide, but
/// for a word of a command that is longer.
#[must_use]
pub fn failure_text(check: &CheckReport, failure: &Failure) -> String {
    let mut text = Text::default();
    text.line("", 2, &format!("{} ({}): {}", check.id, check.level, failure.reason));
    text.labelled("promised", &check.promise);
    text.labelled("", &format!("CONTRACT.md, {}", check.clause));
    if let Some(done) = &failure.done {
        text.labelled("done", done);
    }
    let script = failure.scenario.as_ref().map(|scenario| &scenario.script);
    text.script(script, &failure.transcript, failure.at);
    text.labelled("expected", &failure.expected);
    text.labelled("seen", &failure.seen);
    if let Some(note) = &failure.note {
        text.labelled("note", note);
    }
    for (index, command) in failure.replay.iter().enumerate() {
        text.command(if index == 0 { "replay" } else { "" }, command);
    }
    text.0
}

/// What happened when a script was played, step by step, as [`failure_text`] shows it.
#[must_use]
pub fn script_text(script: &Script, transcript: &[ShownExchange]) -> String {
    let mut text = Text::default();
    text.script(Some(script), transcript, None);
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
        self.line(&format!("  {label:<10}"), COLUMN, text);
    }

    fn command(&mut self, label: &str, command: &str) {
        let command = wrapped_command(command, COLUMN, WIDTH);
        self.0.push_str(&format!("  {label:<10}{command}\n"));
    }

    /// Marks the line that was written last.
    fn mark(&mut self, hang: usize) {
        let used = self.0.lines().next_back().unwrap_or_default().chars().count();
        self.0.pop();
        let gap =
            if used + 2 + MARK.len() <= WIDTH { "  ".to_owned() } else { format!("\n{}", " ".repeat(hang)) };
        self.0.push_str(&format!("{gap}{MARK}\n"));
    }

    /// What was done, step by step. Without a script, the requests in the order in which they began.
    fn script(&mut self, script: Option<&Script>, transcript: &[ShownExchange], at: Option<Place>) {
        let Some(script) = script else {
            for (cycle, exchange) in transcript.iter().enumerate() {
                self.exchange(cycle, exchange, at, false);
            }
            return;
        };
        let mut cycle = 0;
        let mut steps = script.steps.iter().peekable();
        while let Some(step) = steps.next() {
            match step {
                Step::Cycle(_) | Step::Start(_) => {
                    // A script that broke off has more cycles than were begun.
                    let Some(exchange) = transcript.get(cycle) else { break };
                    self.exchange(cycle, exchange, at, is_released(script, cycle));
                    cycle += 1;
                    let mut alike = 0;
                    while let (Some(Step::Cycle(_)), Some(next)) =
                        (steps.peek(), transcript.get(cycle + alike))
                        && exchange.is_like(next)
                        && at.is_none_or(|at| at.cycle != cycle + alike)
                    {
                        steps.next();
                        alike += 1;
                    }
                    self.alike(cycle, &transcript[cycle..cycle + alike], at);
                    cycle += alike;
                }
                Step::Release(gate) => {
                    self.labelled("release", gate);
                    if let Some((held, exchange)) = held_at(script, transcript, gate) {
                        self.goes_on(held, exchange, at);
                    }
                }
                Step::CopyCookies { from, to } => {
                    self.labelled("copy", &format!("{to} gets the cookies of {from}"));
                }
                Step::Forge { from, to, forgery, .. } => {
                    self.labelled("forge", &format!("{to} gets the cookies of {from} {forgery}"));
                }
                Step::Wait { seconds } => self.labelled("wait", &format!("{seconds} s")),
                Step::Launch { lifetime } => {
                    self.labelled("launch", &format!("permanent sessions live for {lifetime} s"));
                }
            }
        }
    }

    /// Cycles in which others did what somebody has just done.
    fn alike(&mut self, first: usize, exchanges: &[ShownExchange], at: Option<Place>) {
        if exchanges.len() < 3 {
            for (index, exchange) in exchanges.iter().enumerate() {
                self.exchange(first + index, exchange, at, false);
            }
            return;
        }
        let (Some(one), Some(last)) = (exchanges.first(), exchanges.last()) else { return };
        self.labelled(
            &format!("{} to {}", first + 1, first + exchanges.len()),
            &format!("the same by {} more: {} to {}", exchanges.len(), one.browser, last.browser),
        );
    }

    /// A cycle; one that is held and released later is told up to its gate.
    fn exchange(&mut self, cycle: usize, exchange: &ShownExchange, at: Option<Place>, is_released: bool) {
        let cookie = match &exchange.cookie {
            Some(cookie) => format!("Cookie: {cookie}"),
            None => "no cookie".to_owned(),
        };
        let at = at.filter(|at| at.cycle == cycle);
        self.labelled(&format!("cycle {}", cycle + 1), &format!("{} sends {cookie}", exchange.browser));
        let held = exchange.hold().filter(|_| is_released);
        let shown = held.map_or(exchange.ops.len(), |hold| hold + 1);
        self.operations(exchange, 0..shown, at);
        if held.is_none() {
            self.response(exchange, at);
        }
    }

    /// A cycle that was held, from its gate on.
    fn goes_on(&mut self, cycle: usize, exchange: &ShownExchange, at: Option<Place>) {
        let at = at.filter(|at| at.cycle == cycle);
        self.labelled(&format!("cycle {}", cycle + 1), &format!("{} goes on", exchange.browser));
        let first = exchange.hold().map_or(0, |hold| hold + 1);
        self.operations(exchange, first..exchange.ops.len(), at);
        self.response(exchange, at);
    }

    fn operations(&mut self, exchange: &ShownExchange, range: Range<usize>, at: Option<Place>) {
        for (op, shown) in exchange.ops.iter().enumerate().take(range.end).skip(range.start) {
            let answer = shown.answer.as_deref().unwrap_or("no answer");
            self.line(&" ".repeat(14), 16, &format!("{}  =>  {answer}", shown.call()));
            if at.is_some_and(|at| at.op == Some(op)) {
                self.mark(16);
            }
        }
    }

    fn response(&mut self, exchange: &ShownExchange, at: Option<Place>) {
        let is_response = at.is_some_and(|at| at.op.is_none());
        if exchange.status != "200" || is_response {
            self.labelled("", &exchange.status);
        }
        if is_response {
            self.mark(COLUMN);
        }
        for cookie in &exchange.set_cookie {
            self.labelled("", &format!("Set-Cookie: {cookie}"));
        }
        for dropped in &exchange.dropped {
            self.labelled("", &format!("a browser drops this cookie: {dropped}"));
        }
    }
}

/// The cycle that waits at this gate.
fn held_at<'a>(
    script: &Script,
    transcript: &'a [ShownExchange],
    gate: &str,
) -> Option<(usize, &'a ShownExchange)> {
    let waits =
        |ops: &[Operation]| ops.iter().any(|op| matches!(op, Operation::Hold { gate: own } if own == gate));
    let at = script.cycles().position(|cycle| waits(&cycle.ops))?;
    Some((at, transcript.get(at)?))
}

/// Whether the script opens the gate of this cycle.
fn is_released(script: &Script, cycle: usize) -> bool {
    script.steps.iter().any(|step| match step {
        Step::Release(gate) => {
            let ops = script.cycles().nth(cycle).map_or(&[][..], |cycle| &cycle.ops);
            ops.iter().any(|op| matches!(op, Operation::Hold { gate: own } if own == gate))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ops::{get, set};

    fn exchange(browser: &str) -> ShownExchange {
        ShownExchange {
            browser: browser.to_owned(),
            cookie: None,
            ops: Vec::new(),
            status: "200".to_owned(),
            set_cookie: vec![format!("session=<{browser}>")],
            dropped: Vec::new(),
        }
    }

    #[test]
    fn what_many_browsers_do_is_told_once() {
        let names: Vec<String> = (1..=6).map(|number| format!("other {number}")).collect();
        let mut script = Script::new().cycle("ann", [set("a", 1)]);
        for name in &names {
            script = script.cycle(name, []);
        }
        let mut transcript = vec![exchange("ann")];
        transcript[0].cookie = Some("session=<ann>".to_owned());
        transcript.extend(names.iter().map(|name| exchange(name)));
        let told = script_text(&script.clone().cycle("ann", [get("a")]), &transcript);
        let lines: Vec<&str> = told.lines().map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "cycle 1   ann sends Cookie: session=<ann>",
                "Set-Cookie: session=<ann>",
                "cycle 2   other 1 sends no cookie",
                "Set-Cookie: session=<other 1>",
                "3 to 7    the same by 5 more: other 2 to other 6",
            ]
        );
        // Whoever is at fault is shown, and what is the same before and after is not hidden by it.
        let mut text = Text::default();
        text.script(Some(&script), &transcript, Some(Place { cycle: 5, op: None }));
        assert!(text.0.contains("the same by 3 more: other 2 to other 4"), "{}", text.0);
        assert!(
            text.0.contains("cycle 6   other 5 sends no cookie\n            200  <- here\n"),
            "{}",
            text.0
        );
    }

    #[test]
    fn a_mark_stays_in_one_piece() {
        for length in 30..80 {
            let mut text = Text::default();
            text.line(&" ".repeat(14), 16, &"x".repeat(length));
            text.mark(16);
            assert!(text.0.contains(MARK), "{}", text.0);
            assert!(text.0.lines().all(|line| line.chars().count() <= WIDTH), "{}", text.0);
        }
    }
}
