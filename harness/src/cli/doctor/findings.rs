//! What the doctor has found: one line for each thing that was looked at, written as soon as it is known.

use sessionspec::engine::report::{WIDTH, wrapped};
use sessionspec::engine::script::OperationKind;

use super::Next;
use crate::called_as::called_as;
use crate::cli::say;
use crate::cli::terminal::bounded;

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

    /// The framework does not have this operation.
    pub(super) fn unsupported(&mut self, op: OperationKind) {
        self.missing(op.as_str(), what_lacks(op));
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

    /// The verdict, and what to do next.
    pub(super) fn conclude(&self, next: &Next) {
        say(format_args!("\n{} ok, {} missing, {} wrong", self.ok, self.missing, self.wrong));
        if self.is_healthy() {
            say("This is a probe; what its sessions are worth is another question.");
            say(format_args!("next: {} run{}", called_as(), next.of_run));
        } else {
            say("Mend what is wrong first; harness/PROTOCOL.md says what a probe answers.");
            say(format_args!("next: {} doctor{}", called_as(), next.of_doctor));
        }
    }
}

fn line(verdict: &str, what: &str, note: &str) {
    say(format_args!("  {verdict:<7}  {what}"));
    say(wrapped(&format!("{:INDENT$}{}", "", bounded(note)), INDENT, WIDTH));
}

/// What it means that an operation is unsupported.
fn what_lacks(op: OperationKind) -> &'static str {
    match op {
        OperationKind::Permanent
        | OperationKind::SetPermanent
        | OperationKind::Modified
        | OperationKind::SetModified
        | OperationKind::New => {
            "unsupported; level minimum asks for it, so see \"Stand-ins\" in harness/PROTOCOL.md"
        }
        OperationKind::Regenerate
        | OperationKind::Destroy
        | OperationKind::SetLifetime
        | OperationKind::Save
        | OperationKind::SetIn => "unsupported; that is right where the framework has nothing like it",
        OperationKind::Get
        | OperationKind::Contains
        | OperationKind::Items
        | OperationKind::Len
        | OperationKind::Set
        | OperationKind::Delete
        | OperationKind::Pop
        | OperationKind::Setdefault
        | OperationKind::Update
        | OperationKind::Clear => {
            "unsupported; a session is a mapping, so that it has to be there: level minimum fails"
        }
        OperationKind::Respond | OperationKind::Raise => {
            "unsupported; then what becomes of a failed request is not judged"
        }
        OperationKind::Header => {
            "unsupported; then what becomes of the application's own `Vary` and cookies is not judged"
        }
        OperationKind::Hold => "unsupported; then no race can be tried",
    }
}
