//! A comparison as text for a terminal, as Markdown for a comment, and as JSON for programs.

use std::fmt::Write;

use serde::Serialize;
use sessionspec::engine::report::{WIDTH, continued, visible, visible_json, wrapped};

use super::grouped::grouped;
use super::{Change, Comparison, Direction, Door, Kind, Subject};
use crate::render::code;

/// The width of the column that says what a change is.
const DIRECTION: usize = 10;

/// A form of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For a terminal of 80 columns.
    #[default]
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// For programs.
    Json,
}

impl Comparison {
    /// What changed, in this form. Only text has colours, as ANSI sequences.
    #[must_use]
    pub fn render(&self, form: Form) -> String {
        match form {
            Form::Text => self.to_text(),
            Form::Markdown => self.to_markdown(),
            Form::Json => self.to_json(),
        }
    }

    /// In words, at most 80 columns wide.
    fn to_text(&self) -> String {
        let mut text = format!("{}\n", wrapped(&visible(&self.title()), 2, WIDTH));
        for note in &self.notes {
            let _ = writeln!(text, "{}", wrapped(&visible(note), 2, WIDTH));
        }
        for door in self.changed_doors() {
            let _ = writeln!(text, "\n{}", visible(&door.name()));
            for change in grouped(&door.changes) {
                let _ = writeln!(text, "{}", change.to_text());
            }
        }
        let _ = writeln!(text, "\n{}", self.counts());
        text
    }

    fn to_markdown(&self) -> String {
        let mut text = format!(
            "## Session conformance: {} → {}\n\n{}\n",
            self.old.code(),
            self.new.code(),
            self.counts()
        );
        for note in &self.notes {
            let _ = writeln!(text, "\n{}", code(&visible(note)));
        }
        for door in self.changed_doors() {
            let _ = writeln!(
                text,
                "\n### {}\n\n| | what | before | now |\n|---|---|---|---|",
                code(&visible(&door.name()))
            );
            for change in grouped(&door.changes) {
                let Change { direction, what, before, now, kind, .. } = &*change;
                let kind = kind.prefix();
                let [what, before, now] = [what, before, now].map(|word| code(&visible(word)));
                let _ = writeln!(text, "| {} | {kind}{what} | {before} | {now} |", direction.as_str());
            }
        }
        text
    }

    fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Counted<'a> {
            #[serde(flatten)]
            comparison: &'a Comparison,
            counts: serde_json::Map<String, serde_json::Value>,
        }
        let name = |direction: Direction| direction.as_str().replace(' ', "-");
        let counts = Direction::ALL.map(|direction| (name(direction), self.count(direction).into()));
        let counted = Counted { comparison: self, counts: counts.into_iter().collect() };
        let json = serde_json::to_string_pretty(&counted);
        format!("{}\n", visible_json(&json.expect("a comparison has only string keys, so it is JSON")))
    }

    fn title(&self) -> String {
        format!("{} -> {}", self.old.in_words(), self.new.in_words())
    }

    fn changed_doors(&self) -> impl Iterator<Item = &Door> {
        self.doors.iter().filter(|door| !door.changes.is_empty())
    }

    fn counts(&self) -> String {
        let counted = Direction::ALL.map(|direction| (self.count(direction), direction));
        let told: Vec<String> = counted
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, direction)| format!("{count} {}", direction.as_str()))
            .collect();
        if told.is_empty() { "nothing changed".to_owned() } else { told.join(", ") }
    }
}

impl Subject {
    fn in_words(&self) -> String {
        let version = self.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        format!("{}{version}", self.name)
    }

    fn code(&self) -> String {
        code(&visible(&self.in_words()))
    }
}

impl Door {
    fn name(&self) -> String {
        self.names.join(" and ")
    }
}

impl Change {
    fn to_text(&self) -> String {
        let Self { direction, kind, what, before, now, .. } = self;
        let (word, style) = (direction.as_str(), direction.style());
        let told = format!("{}{}: {} -> {}", kind.prefix(), visible(what), visible(before), visible(now));
        let hang = DIRECTION + 4;
        format!(
            "  {style}{word}{style:#}{}{}",
            " ".repeat(DIRECTION + 2 - word.len()),
            continued(&told, hang, hang, WIDTH)
        )
    }
}

impl Kind {
    /// What stands before the name, where the name alone does not say what it is.
    fn prefix(self) -> &'static str {
        match self {
            Self::Level => "level ",
            Self::Capability => "capability ",
            Self::Door | Self::Run | Self::Check => "",
        }
    }
}
