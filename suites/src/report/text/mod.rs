//! A failure in words, for a terminal or for the output of a test: what was done, promised, seen.

use std::ops::Range;

use super::command::wrapped_command;
use super::visible::visible;
use super::wrap::{WIDTH, wrapped};
use super::{CheckReport, Failure, Place, ShownExchange, advice, schedule};
use crate::checks::{Check, named};
use crate::script::{FLUSHED, Forgery, MENDED, Part, Processes, Script, Segment, Step, Then, awake, paused};

/// What somebody has to know who reads the script of a failure for the first time.
pub const LEGEND: &str = "A cycle is one request of a browser (ann, bob, …): the backend opens its session, the \
                          handler does what is listed, the backend saves. <1> is an id or a secret; the same \
                          number is the same value.";

/// Where what was seen was not what was promised.
const MARK: &str = "<- here";

/// The column in which what is said begins.
const COLUMN: usize = 12;

/// What failed in a check, each failure as [`failure_text`] shows it. Where the same was expected and seen in several situations,
/// the first is shown and names the others.
#[must_use]
pub fn failure_texts(check: &CheckReport) -> Vec<String> {
    let mut shown: Vec<(&Failure, Vec<String>)> = Vec::new();
    for failure in &check.failures {
        match shown.iter_mut().find(|(first, _)| is_alike(first, failure)) {
            Some((_, others)) => others.push(failure.title()),
            None => shown.push((failure, Vec::new())),
        }
    }
    shown.into_iter().map(|(failure, others)| text_of(check, failure, &others)).collect()
}

fn is_alike(one: &Failure, other: &Failure) -> bool {
    let said = |failure: &Failure| {
        let Failure { expected, seen, done, note, .. } = failure;
        (expected.clone(), seen.clone(), done.clone(), note.clone())
    };
    said(one) == said(other)
}

/// One failure of a check in words, for a reader who has never seen the suite. Lines are at most 80 columns wide, but
/// for a word of a command that is longer.
#[must_use]
pub fn failure_text(check: &CheckReport, failure: &Failure) -> String {
    text_of(check, failure, &[])
}

/// One failure, with the situations in which the same was seen.
fn text_of(check: &CheckReport, failure: &Failure, others: &[String]) -> String {
    let mut text = Text::default();
    text.line("", 2, &format!("{} ({}, {}): {}", check.id, check.level, check.harm, failure.title()));
    text.labelled("promised", &check.promise);
    text.labelled("", &format!("CONTRACT.md, {}", check.clause));
    for what in &check.held_to {
        text.labelled("held to", what);
    }
    if let Some(done) = &failure.done {
        text.labelled("done", done);
    }
    let script = failure.scenario.as_ref().map(|scenario| &scenario.script);
    text.script(script, &failure.transcript, failure.at);
    text.labelled("expected", &failure.expected);
    text.labelled("seen", &failure.seen);
    if !others.is_empty() {
        text.labelled("also", &others.join(", "));
    }
    if let Some(note) = &failure.note {
        text.labelled("note", note);
    }
    if let Some(advice) = advice(check) {
        text.labelled("claim", advice);
    }
    // The command that shows it again names no check.
    if let (Some(looks), false) = (named(&check.id).and_then(Check::of_a_run), failure.replay.is_empty()) {
        text.labelled("whole run", &format!("{} {looks}", check.id));
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

    /// What was done, part by part.
    fn script(&mut self, script: Option<&Script>, transcript: &[ShownExchange], at: Option<Place>) {
        let parts = schedule(script, transcript);
        let mut parts = &parts[..];
        while let Some((part, rest)) = parts.split_first() {
            parts = rest;
            match part {
                Part::Segment(segment) => {
                    let exchange = &transcript[segment.cycle];
                    self.segment(segment, exchange, at);
                    let alike = alike(segment, exchange, rest, transcript, at);
                    self.alike(alike, transcript, at);
                    parts = &rest[alike.len()..];
                }
                Part::Step(step) => self.step(step),
                Part::End => self.labelled("end", "all gates open"),
            }
        }
    }

    /// A step that is no cycle.
    fn step(&mut self, step: &Step) {
        match step {
            Step::Release(gate) => self.labelled("release", gate),
            Step::CopyCookies { from, to } => {
                self.labelled("copy", &format!("{to} gets the cookies of {from}"));
            }
            Step::Forge { from, to, with, forgery } => {
                // Nothing is forged about cookies that are sent as they are.
                let label = if *forgery == Forgery::Replayed { "copy" } else { "forge" };
                self.labelled(
                    label,
                    &format!("{to} gets the cookies of {from} {}", forgery.told(with.as_deref())),
                );
            }
            Step::Wait { seconds } => self.labelled("wait", &format!("{seconds} s")),
            Step::Launch { lifetime } => {
                self.labelled("launch", &format!("permanent sessions live for {lifetime} s"));
            }
            Step::Restart { by } => self.labelled("restart", by.as_str()),
            Step::Apart { nodes, ahead } => {
                self.labelled(
                    "apart",
                    &Processes { nodes: *nodes, ahead: *ahead, see_sessions_end: false }.to_string(),
                );
            }
            Step::Pause { node } => self.labelled("pause", &paused(*node)),
            Step::Wake { node } => self.labelled("wake", &awake(*node)),
            Step::Break { fault } => self.labelled("break", &fault.to_string()),
            Step::Mend {} => self.labelled("mend", MENDED),
            Step::Flush {} => self.labelled("flush", FLUSHED),
            Step::Cycle(_) | Step::Start(_) => {}
        }
    }

    /// Cycles in which others did what somebody has just done.
    fn alike(&mut self, parts: &[Part<'_>], transcript: &[ShownExchange], at: Option<Place>) {
        let segments: Vec<&Segment<'_>> = parts.iter().filter_map(as_segment).collect();
        let (Some(first), Some(last), true) = (segments.first(), segments.last(), segments.len() >= 3) else {
            for segment in segments {
                self.segment(segment, &transcript[segment.cycle], at);
            }
            return;
        };
        let (one, other) = (&transcript[first.cycle].browser, &transcript[last.cycle].browser);
        self.labelled(
            &format!("{} to {}", first.cycle + 1, last.cycle + 1),
            &format!("the same by {} more: {one} to {other}", segments.len()),
        );
    }

    /// A cycle, or what is done of it between two stops.
    fn segment(&mut self, segment: &Segment<'_>, exchange: &ShownExchange, at: Option<Place>) {
        let at = at.filter(|at| at.cycle == segment.cycle);
        let browser = &exchange.browser;
        let cookie =
            exchange.cookie.as_ref().map_or("no cookie".to_owned(), |cookie| format!("Cookie: {cookie}"));
        let begun = if segment.begins {
            format!("{browser} sends {cookie}{}", exchange.way())
        } else {
            format!("{browser} goes on")
        };
        self.labelled(&format!("cycle {}", segment.cycle + 1), &begun);
        self.operations(exchange, segment.ops.clone(), at);
        match segment.then {
            Then::Answered => self.response(exchange, at),
            Then::NotWaitedFor => self.labelled("", "it is not waited for"),
            // The last operation says so.
            Then::Held(_) => {}
        }
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

/// The parts in which others do what is done in this segment, one right after the other. Whoever is at fault is none of
/// them.
fn alike<'p, 's>(
    segment: &Segment<'_>,
    exchange: &ShownExchange,
    rest: &'p [Part<'s>],
    transcript: &[ShownExchange],
    at: Option<Place>,
) -> &'p [Part<'s>] {
    let is_alike = |part: &Part<'_>| {
        as_segment(part).is_some_and(|other| {
            segment.begins
                && other.begins
                && segment.then == other.then
                && exchange.is_like(&transcript[other.cycle])
                && at.is_none_or(|at| at.cycle != other.cycle)
        })
    };
    let end = rest.iter().position(|part| !is_alike(part)).unwrap_or(rest.len());
    &rest[..end]
}

fn as_segment<'p, 's>(part: &'p Part<'s>) -> Option<&'p Segment<'s>> {
    match part {
        Part::Segment(segment) => Some(segment),
        Part::Step(_) | Part::End => None,
    }
}

#[cfg(test)]
mod tests;
