//! Several reports in one table, as one HTML file that needs nothing else.

use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;
use sessionspec::{LevelVerdict, Verdict};

use super::view::Mark;
use super::{environment, policy};

const STYLE: &str = concat!(
    include_str!("style/colours.css"),
    include_str!("style/page.css"),
    include_str!("style/table.css"),
);

/// A table with a column for each report.
#[derive(Debug, Serialize)]
pub(crate) struct HtmlTable {
    pub(crate) names: Vec<String>,
    pub(crate) groups: Vec<HtmlGroup>,
    /// How many rows are left out since all reports say the same in them.
    pub(crate) alike: usize,
}

/// Rows about the same kind of thing.
#[derive(Debug, Serialize)]
pub(crate) struct HtmlGroup {
    pub(crate) name: String,
    pub(crate) rows: Vec<HtmlRow>,
}

/// One row.
#[derive(Debug, Serialize)]
pub(crate) struct HtmlRow {
    pub(crate) name: String,
    pub(crate) cells: Vec<Cell>,
}

/// One cell. A verdict has a mark; any other text has none.
#[derive(Debug, Serialize)]
pub(crate) struct Cell {
    class: &'static str,
    sign: &'static str,
    text: String,
}

impl Cell {
    pub(crate) fn of_verdict(verdict: Verdict) -> Self {
        Self::marked(Mark::of(verdict))
    }

    pub(crate) fn of_level(verdict: LevelVerdict) -> Self {
        Self::marked(Mark::of_level(verdict))
    }

    pub(crate) fn of_text(text: String) -> Self {
        Self { class: "", sign: "", text }
    }

    fn marked(mark: Mark) -> Self {
        Self { class: mark.class, sign: mark.sign, text: mark.word.to_owned() }
    }
}

/// The page with this table.
pub(crate) fn html_table(table: &HtmlTable) -> String {
    let environment = environment();
    let template = environment.get_template("table.html").expect("it was just added");
    let page = context! { table => Serde(table), policy => policy(STYLE, None), style => STYLE };
    template.render(page).expect("the tests render every template")
}
