//! What is wrong with a TOML file, in one line.

use crate::near::hint;

/// What a TOML error says, without the excerpt that takes several lines, but with the line's number.
pub(crate) fn one_line(error: &toml::de::Error, text: &str) -> String {
    let mut message = error.message().replace('\n', ", ");
    if message == "duplicate key"
        && let Some(key) = error.span().and_then(|span| text.get(span))
    {
        message = format!("duplicate key `{key}`");
    }
    let line =
        error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    let hint = unknown_entry(&message).unwrap_or_default();
    line.map_or(format!("{hint}{message}"), |line| format!("line {line}: {hint}{message}"))
}

/// What may have been meant where a message says that an entry is unknown: the names that there are stand in it.
fn unknown_entry(message: &str) -> Option<String> {
    let (unknown, others) = message.strip_prefix("unknown field `")?.split_once('`')?;
    Some(hint(unknown, others.split('`').skip(1).step_by(2)))
}
