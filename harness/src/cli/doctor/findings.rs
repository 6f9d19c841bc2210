//! What the doctor has found: one line for each thing that was looked at, written as soon as it is known.

use crate::cli::terminal::bounded;
use sessionspec::engine::report::{WIDTH, wrapped};

use crate::cli::say;

/// How far notes are indented.
const INDENT: usize = 11;

/// What was found so far. Everything is written to standard output at once.
#[derive(Debug, Default)]
pub(super) struct Findings {
    ok: usize,
    missing: usize,
    wrong: usize,
}

impl Findings {
    /// Begins with another subject.
    pub(super) fn section(&mut self, title: &str) {
        say(format_args!("\n{title}"));
    }

    /// It works.
    pub(super) fn ok(&mut self, what: &str, note: &str) {
        self.ok += 1;
        let inline = format!("  ok       {what:<22}  {note}");
        if inline.chars().count() > WIDTH {
            line("ok", what, note);
        } else {
            say(format_args!("{}", inline.trim_end()));
        }
    }

    /// The framework does not have it, which may be fine.
    pub(super) fn missing(&mut self, what: &str, note: &str) {
        self.missing += 1;
        line("missing", what, note);
    }

    /// The probe has to be mended.
    pub(super) fn wrong(&mut self, what: &str, note: &str) {
        self.wrong += 1;
        line("wrong", what, note);
    }

    /// Neither good nor bad, but worth knowing.
    pub(super) fn remark(&mut self, what: &str, note: &str) {
        line("remark", what, note);
    }

    /// `ok`, or `wrong` with the reason.
    pub(super) fn judge(&mut self, what: &str, judged: Result<(), String>) {
        match judged {
            Ok(()) => self.ok(what, ""),
            Err(reason) => self.wrong(what, &reason),
        }
    }

    /// Whether nothing is wrong.
    pub(super) fn is_healthy(&self) -> bool {
        self.wrong == 0
    }

    /// The verdict, and what to do next with `target`.
    pub(super) fn conclude(&self, target: &str) {
        say(format_args!("\n{} ok, {} missing, {} wrong", self.ok, self.missing, self.wrong));
        if self.is_healthy() {
            say("This is a probe; what its sessions are worth is another question.");
            say(format_args!("next: sessionspec run {target}"));
        } else {
            say("Mend what is wrong first; harness/PROTOCOL.md says what a probe answers.");
            say(format_args!("next: sessionspec doctor {target}"));
        }
    }
}

fn line(verdict: &str, what: &str, note: &str) {
    say(format_args!("  {verdict:<7}  {what}"));
    say(wrapped(&format!("{:INDENT$}{}", "", bounded(note)), INDENT, WIDTH));
}
