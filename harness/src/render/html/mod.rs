//! Reports as one HTML file that needs nothing else: it works offline, prints, and asks nobody for anything.
//!
//! The template escapes whatever it is given, and no script ever sees a session's values: the page's own script works
//! on the elements. Behind that stands the policy: only the script and the style of this page run, by their hashes.

mod prose;
mod sequence;
mod table;
mod view;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use sessionspec::Report;
use sha2::{Digest, Sha256};

pub(crate) use table::{Cell, HtmlGroup, HtmlRow, HtmlTable, html_table};
use view::Page;

const STYLE: &str = concat!(
    include_str!("style/colours.css"),
    include_str!("style/page.css"),
    include_str!("style/checks.css"),
    include_str!("style/sequence.css"),
    include_str!("style/media.css"),
);
const SCRIPT: &str = include_str!("script.js");

/// The templates. Their names end in `.html`, so that everything in them is escaped.
const TEMPLATES: [(&str, &str); 6] = [
    ("report.html", include_str!("templates/report.html")),
    ("check.html", include_str!("templates/check.html")),
    ("cause.html", include_str!("templates/cause.html")),
    ("sequence.html", include_str!("templates/sequence.html")),
    ("prose.html", include_str!("templates/prose.html")),
    ("table.html", include_str!("templates/table.html")),
];

pub(super) fn html(reports: &[Report]) -> String {
    let environment = environment();
    let template = environment.get_template("report.html").expect("it was just added");
    let page = context! {
        page => Serde(Page::of(reports)),
        policy => policy(STYLE, Some(SCRIPT)),
        style => STYLE,
        script => SCRIPT,
    };
    template.render(page).expect("the tests render every template")
}

/// All templates, with what they have in common.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).expect("the tests parse every template");
    }
    environment
}

/// What a browser lets a page do: nothing but apply its own style and run its own script, where it has one.
fn policy(style: &str, script: Option<&str>) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let scripts = script.map(|script| format!("; script-src 'sha256-{}'", hash(script))).unwrap_or_default();
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'{scripts}; base-uri 'none'; form-action 'none'",
        hash(style)
    )
}
