//! Makes characters visible that cannot be seen, that act on a terminal or on the direction of text, or that a form of
//! a report cannot hold: XML has no U+FFFF, and YAML has no control characters.

use std::borrow::Cow;

/// The text with characters spelt out that cannot be read as they are, as in `\u{202e}`: control characters, line
/// separators, marks of direction, characters without a width, and what Unicode calls noncharacters.
///
/// ```
/// use sessionspec::engine::report::visible;
///
/// assert_eq!(visible("gr\u{1b}[31med"), r"gr\u{1b}[31med");
/// assert_eq!(visible("\u{ffff}"), r"\u{ffff}");
/// assert_eq!(visible("größer"), "größer");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_spelt_out) {
        return Cow::Borrowed(text);
    }
    let spelt =
        text.chars().map(|c| if is_spelt_out(c) { c.escape_unicode().to_string() } else { c.to_string() });
    Cow::Owned(spelt.collect())
}

/// Pretty JSON that means the same, in which these characters are spelled as JSON spells them. They stand in its strings
/// alone, but for the ends of lines.
///
/// ```
/// use sessionspec::engine::report::visible_json;
///
/// assert_eq!(visible_json("[\n  \"\u{9b}31m\"\n]"), "[\n  \"\\u009b31m\"\n]");
/// ```
#[must_use]
pub fn visible_json(json: &str) -> Cow<'_, str> {
    let is_escaped = |c: char| c != '\n' && is_spelt_out(c);
    if !json.contains(is_escaped) {
        return Cow::Borrowed(json);
    }
    let mut spelt = String::with_capacity(json.len() + 100);
    for c in json.chars() {
        if is_escaped(c) {
            spelt.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            spelt.push(c);
        }
    }
    Cow::Owned(spelt)
}

fn is_spelt_out(c: char) -> bool {
    c.is_control() || separates(c) || directs(c) || has_no_width(c) || is_noncharacter(c)
}

fn separates(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// The marks that Unicode's bidirectional algorithm obeys.
fn directs(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Two texts that differ in these alone would look the same. YAML has no place for U+FEFF, either.
fn has_no_width(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_form_can_hold_is_spelt_out() {
        // What may stand in XML 1.0 and in YAML 1.2, without the characters that break a line.
        let is_printable = |c: char| {
            matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
                && c != '\u{feff}'
        };
        for c in (char::MIN..=char::MAX).filter(|c| !is_printable(*c)) {
            assert!(is_spelt_out(c), "{}", c.escape_unicode());
        }
    }

    #[test]
    fn json_in_which_all_is_visible_means_the_same() {
        let all: String = (char::MIN..=char::MAX).filter(|c| is_spelt_out(*c)).collect();
        let json = serde_json::to_string_pretty(&[&all, "straße \u{1f980}"]).unwrap();
        let visible = visible_json(&json);
        assert!(!visible.contains(|c| c != '\n' && is_spelt_out(c)));
        assert_eq!(serde_json::from_str::<Vec<String>>(&visible).unwrap(), [&all, "straße \u{1f980}"]);
    }

    #[test]
    fn what_can_be_read_stays() {
        let text = "straße ελληνικά עברית العربية 漢字 e\u{301} 🦀 \u{fffd} \u{e000} ~ €";
        assert!(matches!(visible(text), Cow::Borrowed(_)));
    }
}
