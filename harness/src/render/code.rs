//! Words of somebody else within Markdown: nothing in them is markup.

use std::fmt::Write;

/// A word of somebody else: it is neither markup nor a mention, nor the end of a cell.
pub(crate) fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Every character that means something to Markdown or to HTML, by its number.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => safe.push(' '),
            c if c.is_ascii_punctuation() && !",.;:/()'- ".contains(c) => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}
