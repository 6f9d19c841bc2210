//! Writes to the terminal; only `progress.rs` does so beside it. What others have said is escaped and bounded here; `visible`
//! in `suites/src/report/visible.rs` says how it is escaped.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use sessionspec::engine::report::{WIDTH, visible};

use super::CliError;

/// The most that is shown of one line, in characters: more than anybody reads, and little enough for any screen.
const LONGEST: usize = 4_000;

/// The most lines that one message has.
const MOST_LINES: usize = 10_000;

/// Why standard output could not be written, the first time.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// Writes a message to standard output.
pub(super) fn say(message: impl Display) {
    note(writeln!(io::stdout(), "{}", shown(&message.to_string())));
}

/// Writes a message to standard error.
pub(super) fn tell(message: impl Display) {
    // Who cannot be told that cannot be told this either.
    let _ = writeln!(io::stderr(), "{}", shown(&message.to_string()));
}

/// Writes a report to standard output, whole. It brings colours of its own, and has made the rest visible; colours
/// reach only a terminal that wants them.
pub(super) fn print_report(text: &str) {
    note(anstream::AutoStream::auto(io::stdout()).write_all(text.as_bytes()));
}

/// Writes a file's contents to standard output: as they are, but for a terminal.
pub(super) fn print_file(text: &str) {
    let text = if io::stdout().is_terminal() {
        text.split('\n').map(visible).collect::<Vec<_>>().join("\n").into()
    } else {
        Cow::Borrowed(text)
    };
    note(io::stdout().write_all(text.as_bytes()));
}

/// How wide text is on standard output: as the terminal is, within reason, and 80 columns elsewhere.
pub(super) fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    terminal.filter(|_| io::stdout().is_terminal()).map_or(WIDTH, |width| width.clamp(40, 100))
}

/// What standard output could not take, if it could not take everything. Where nobody reads any more, as behind
/// `| head`, nothing is lost.
pub(super) fn lost() -> Option<io::Error> {
    note(io::stdout().flush());
    LOST.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The complaint about that.
pub(super) fn unprinted(error: io::Error) -> CliError {
    CliError::not_verified(format!("standard output cannot be written: {error}"))
}

fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        LOST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// A text without its end, where it is longer than a message may be.
pub(super) fn bounded(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()).into(),
    }
}

/// The text as it may be shown: nothing but line breaks acts on a terminal, and nothing is endless.
fn shown(text: &str) -> String {
    let mut shown: Vec<Cow<'_, str>> = text.split('\n').take(MOST_LINES).map(line).collect();
    let left = text.split('\n').count() - shown.len();
    if left > 0 {
        shown.push(format!("… ({left} more lines)").into());
    }
    shown.join("\n")
}

fn line(line: &str) -> Cow<'_, str> {
    match bounded(line) {
        Cow::Borrowed(line) => visible(line),
        Cow::Owned(line) => visible(&line).into_owned().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_a_terminal_but_the_end_of_a_line() {
        assert_eq!(shown("a\nb"), "a\nb");
        assert_eq!(
            shown("\u{1b}]0;title\u{7}\r\u{9b}31m\u{202e}"),
            r"\u{1b}]0;title\u{7}\r\u{9b}31m\u{202e}".replace(r"\r", r"\u{d}")
        );
    }

    #[test]
    fn nothing_is_endless() {
        let long = shown(&"ä".repeat(LONGEST + 1));
        assert_eq!(long, format!("{}… ({} characters)", "ä".repeat(LONGEST), LONGEST + 1));
        let tall = shown(&"x\n".repeat(MOST_LINES));
        assert!(tall.ends_with("x\n… (1 more lines)"), "{}", &tall[tall.len() - 40..]);
    }
}
