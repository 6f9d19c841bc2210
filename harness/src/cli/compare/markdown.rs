//! The table for a page.

use std::fmt::Write;

use sessionspec::engine::report::visible;

use super::table::Table;
use crate::render::code;

impl Table {
    pub(super) fn to_markdown(&self) -> String {
        let mut text = String::new();
        for (group, rows) in &self.groups {
            if rows.is_empty() {
                continue;
            }
            let names: Vec<String> = self.names.iter().map(|name| code(&visible(name))).collect();
            let _ =
                writeln!(text, "| {group} | {} |\n|---{}|", names.join(" | "), "|---".repeat(names.len()));
            for row in rows {
                let cells: Vec<String> = row.cells.iter().map(|cell| code(&visible(cell))).collect();
                let _ = writeln!(text, "| {} | {} |", code(&visible(&row.name)), cells.join(" | "));
            }
            text.push('\n');
        }
        if self.alike > 0 {
            let _ = writeln!(text, "{} rows in which all are alike are left out.", self.alike);
        }
        text
    }
}
