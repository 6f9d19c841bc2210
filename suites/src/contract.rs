//! The contract's text, by clause.

/// The normative text, `CONTRACT.md`.
pub const TEXT: &str = include_str!("../CONTRACT.md");

/// The text of one clause, without its heading.
///
/// ```
/// assert!(sessionspec::engine::contract::clause("open.empty").unwrap().contains("MUST"));
/// ```
#[must_use]
pub fn clause(name: &str) -> Option<&'static str> {
    clauses().find(|(own, _)| *own == name).map(|(_, text)| text)
}

/// All clauses: name and text, in the order of the contract.
pub fn clauses() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEXT.split("\n### `").skip(1).filter_map(|section| {
        let (name, text) = section.split_once("`\n")?;
        // A clause ends where the next chapter begins.
        let text = text.split_once("\n## ").map_or(text, |(text, _)| text);
        Some((name, text.trim()))
    })
}
