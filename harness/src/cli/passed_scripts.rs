//! The scripts that were played and were right: `run --verbose` and `explain --scripts` show them.

use std::cell::RefCell;
use std::fmt::Write;

use sessionspec::engine::report::visible;
use sessionspec::engine::run::Event;

/// The scripts that were right so far, in words, where somebody wants to see them.
pub(super) struct Shown(Option<RefCell<String>>);

impl Shown {
    pub(super) fn when(wanted: bool) -> Self {
        Self(wanted.then(RefCell::default))
    }

    /// Takes note of what happened at this door; it has no name where there is only one.
    pub(super) fn observe(&self, event: &Event<'_>, door: &str) {
        let (Some(shown), Event::Kept(kept)) = (&self.0, event) else { return };
        let door = if door.is_empty() { String::new() } else { format!(", {door}") };
        let title = format!("{}{door}: {}", kept.check.id, kept.reason);
        let _ = write!(shown.borrow_mut(), "\n{}\n{}", visible(&title), kept.text());
    }

    /// All of them under this heading; none where nobody wants to see them.
    pub(super) fn text(&self, heading: &str) -> Option<String> {
        let shown = self.0.as_ref()?.borrow();
        Some(match shown.as_str() {
            "" => "No script was played and was right, but for generated ones.\n".to_owned(),
            shown => format!("{heading}\n{shown}"),
        })
    }
}
