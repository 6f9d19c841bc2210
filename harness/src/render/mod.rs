//! Renders reports: for people, for other tools, and for a browser.

mod causes;
mod code;
mod html;
mod json;
mod junit;
mod markdown;
mod pace;
mod palette;
mod plain;
mod rows;
mod summary;
mod tap;
mod text;

use sessionspec::Report;

pub(crate) use code::code;
pub(crate) use html::{Cell, HtmlGroup, HtmlRow, HtmlTable, html_table};

/// A form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal of 80 columns.
    Text,
    /// For programs: one report, or a list of two where both doors were used.
    Json,
    /// For what shows the results of tests: one suite for each suite and door.
    Junit,
    /// TAP 14, with a subtest for each door.
    Tap,
    /// For a comment on a pull request.
    Markdown,
    /// For a browser: one file that needs nothing else.
    Html,
}

/// The reports of one backend, one for each door, in this form. Only text has colours, as ANSI sequences.
#[must_use]
pub fn render(format: Format, reports: &[Report]) -> String {
    render_run(format, reports, "URL")
}

/// As [`render`], right after a run of the backend that these arguments name.
#[must_use]
pub fn render_run(format: Format, reports: &[Report], target: &str) -> String {
    if format == Format::Json {
        return json::json(reports);
    }
    // Whatever a service said is shown, and nowhere acted upon.
    let reports: Vec<Report> = reports.iter().map(plain::plain).collect();
    match format {
        Format::Text => text::text(&reports, target),
        Format::Json => json::json(&reports),
        Format::Junit => junit::junit(&reports),
        Format::Tap => tap::tap(&reports),
        Format::Markdown => markdown::markdown(&reports),
        Format::Html => html::html(&reports),
    }
}
