//! Makes characters visible that would act on a terminal or on the direction of text, instead of being read.

use std::borrow::Cow;

/// The text with control characters, line separators and marks of direction spelt out, as in `\u{202e}`.
///
/// ```
/// use sessionspec::engine::report::visible;
///
/// assert_eq!(visible("gr\u{1b}[31med"), r"gr\u{1b}[31med");
/// assert_eq!(visible("größer"), "größer");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let spelt = text.chars().map(|c| if acts(c) { c.escape_unicode().to_string() } else { c.to_string() });
    Cow::Owned(spelt.collect())
}

fn acts(c: char) -> bool {
    let separates = matches!(c, '\u{2028}' | '\u{2029}');
    let directs =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || separates || directs
}
