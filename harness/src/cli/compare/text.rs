//! The table for a terminal.

use std::fmt::Write;

use sessionspec::engine::report::visible;

use super::table::Table;

/// How wide a column is at most. A longer text goes beyond it.
const WIDEST: usize = 1000;

impl Table {
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        let letters: Vec<String> = (1..=self.names.len()).map(|number| format!("[{number}]")).collect();
        for (letter, name) in letters.iter().zip(&self.names) {
            let _ = writeln!(text, "{letter} {}", visible(name));
        }
        for (group, rows) in &self.groups {
            if rows.is_empty() {
                continue;
            }
            let width = |column: usize| {
                let cells = rows.iter().map(|row| visible(&row.cells[column]).chars().count());
                cells.max().unwrap_or_default().max(letters[column].len()).min(WIDEST)
            };
            let widths: Vec<usize> = (0..letters.len()).map(width).collect();
            let longest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default();
            let first = longest.max(group.len()).min(WIDEST);
            let mut line = |name: &str, cells: &[String]| {
                let mut line = format!("{name:<first$}");
                for (cell, width) in cells.iter().zip(&widths) {
                    let _ = write!(line, "  {:<width$}", visible(cell));
                }
                let _ = writeln!(text, "{}", line.trim_end());
            };
            line("", &[]);
            line(group, &letters);
            for row in rows {
                line(&visible(&row.name), &row.cells);
            }
        }
        if self.alike > 0 {
            let _ =
                writeln!(text, "\n{} rows in which all are alike are left out; --all shows them", self.alike);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Row;
    use super::*;

    /// A width of more than 16 bits is more than a format takes.
    #[test]
    fn names_and_cells_may_be_longer_than_any_format_is_wide() {
        let long = "x".repeat(70_000);
        let row = |name: &str, cell: &str| Row {
            name: name.to_owned(),
            cells: vec![cell.to_owned(), "no".to_owned()],
        };
        let rows = vec![row(&long, "yes"), row("short", &long)];
        let table =
            Table { names: vec!["a".to_owned(), "b".to_owned()], groups: vec![("check", rows)], alike: 0 };
        let text = table.to_text();
        assert_eq!(text.matches(&long).count(), 2);
        assert!(text.lines().any(|line| line.starts_with("short ")));
    }
}
