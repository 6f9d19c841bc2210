//! The table for a browser.

use sessionspec::engine::report::visible;
use sessionspec::{LevelVerdict, Verdict};

use super::table::{Row, Table};
use crate::render::{Cell, HtmlGroup, HtmlRow, HtmlTable, html_table};

impl Table {
    pub(super) fn to_html(&self) -> String {
        let shown = |text: &String| visible(text).into_owned();
        html_table(&HtmlTable {
            names: self.names.iter().map(shown).collect(),
            groups: (self.groups.iter())
                .filter(|(_, rows)| !rows.is_empty())
                .map(|(name, rows)| HtmlGroup {
                    name: (*name).to_owned(),
                    rows: rows.iter().map(row).collect(),
                })
                .collect(),
            alike: self.alike,
        })
    }
}

fn row(row: &Row) -> HtmlRow {
    HtmlRow {
        name: visible(&row.name).into_owned(),
        cells: row.cells.iter().map(|cell| self::cell(cell)).collect(),
    }
}

/// A cell, in the colours of what it says where that is a verdict.
fn cell(said: &str) -> Cell {
    let verdict = Verdict::ALL.iter().copied().find(|verdict| verdict.as_str() == said);
    let level = [LevelVerdict::Conforms, LevelVerdict::Fails, LevelVerdict::NotVerified];
    let level = level.into_iter().find(|verdict| verdict.as_str() == said);
    match (verdict, level) {
        (Some(verdict), _) => Cell::of_verdict(verdict),
        (None, Some(verdict)) => Cell::of_level(verdict),
        (None, None) => Cell::of_text(visible(said).into_owned()),
    }
}
