//! Every form of a report, with hostile text wherever a service or a file can put one, is read back by a parser that
//! other people wrote: the form is well-formed, each text arrives as it is told, and none becomes structure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use roxmltree::{Document, Node};
use saphyr::{LoadableYamlNode, Yaml};
use scraper::{ElementRef, Html, Selector};
use sessionspec::engine::report::{CheckReport, Failure, Report, visible};
use sessionspec::engine::script::ops::set;
use sessionspec::engine::script::{Cycle, Script};
use sessionspec::{Level, Verdict};
use sessionspec_cli::render::{Format, render};

/// What means something to a terminal, to a form of a report, or to nobody.
const HOSTILE: [&str; 16] = [
    "\u{ffff}\u{fffe}\u{1fffe}\u{10ffff}\u{fdd0}\u{fdef}",
    "\0\u{7}\u{8}\u{1b}[31mred\u{1b}]0;title\u{7}\u{7f}",
    "\u{80}\u{85}\u{9b}31m\u{9d}0;title\u{9c}\u{9f}",
    "\u{202e}desrever\u{202c} \u{2066}\u{2069} \u{61c}\u{200e}\u{200f}",
    "\u{feff}\u{200b}\u{200d}\u{2060}\u{ad}\u{e0041}",
    "\u{2028}\u{2029}",
    "one\ntwo\r\nthree\rfour\tfive",
    "ok 1 - forged\nnot ok 2\n1..9\nBail out! # SKIP # TODO",
    "  ...\nok 1\n  ---\n- a: b\n...\n---\n%YAML 1.2",
    r#"'single' "double" \ \n \u{1b} {a: b} [c, d] &anchor *alias !tag |2 > ? : - # %"#,
    "</failure>]]><![CDATA[<!-- --><?xml?>&amp;&lt;&#0;&bogus;",
    "</code></script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'><!--\"'",
    "{{ 7 * 7 }}{% raw %}{# no #}",
    "@everyone [a](javascript:alert(1)) ![b](x) <https://x> | c | ```\n~~~ ** __ # d\n\n* e\n<details>",
    "  leading, and trailing  ",
    "",
];

const VERDICTS: &[Verdict] = Verdict::ALL;

/// A report with a check of each verdict, in which every text that a service or a file brings is this one.
fn report(text: &str) -> Report {
    let mut report: Report = serde_json::from_str(include_str!("support/everything.json")).unwrap();
    report.asked_level = Some(Level::Hardened);
    report.backend.name = text.to_owned();
    report.backend.version = Some(text.to_owned());
    report.incomplete = Some(text.to_owned());
    let row = &mut report.survey[0];
    for part in [&mut row.name, &mut row.how, &mut row.observed] {
        *part = text.to_owned();
    }
    row.declared = Some(text.to_owned());
    let check = report.checks.remove(0);
    report.checks = VERDICTS.iter().map(|verdict| hostile(check.clone(), *verdict, text)).collect();
    report
}

fn hostile(mut check: CheckReport, verdict: Verdict, text: &str) -> CheckReport {
    check.id = id(verdict, text);
    check.verdict = verdict;
    for part in [&mut check.clause, &mut check.promise] {
        *part = text.to_owned();
    }
    check.because = Some(text.to_owned());
    check.held_to = vec![text.to_owned()];
    let known = check.known_failure.as_mut().unwrap();
    known.reason = text.to_owned();
    known.issue = Some(text.to_owned());
    check.failures = check.failures.into_iter().map(|failure| broken(failure, text)).collect();
    check
}

/// The id of the check with this verdict.
fn id(verdict: Verdict, text: &str) -> String {
    format!("{text}suite/{}{text}", verdict.as_str().replace(' ', "-"))
}

fn broken(mut failure: Failure, text: &str) -> Failure {
    for part in [&mut failure.reason, &mut failure.expected, &mut failure.seen] {
        *part = text.to_owned();
    }
    failure.done = Some(text.to_owned());
    failure.note = Some(text.to_owned());
    failure.replay = vec![text.to_owned()];
    let cycle = Cycle::new(text, [set(text, text)]);
    let shown = &mut failure.transcript[0];
    shown.browser = text.to_owned();
    shown.cookie = Some(text.to_owned());
    shown.status = text.to_owned();
    shown.set_cookie = vec![text.to_owned()];
    shown.dropped = vec![text.to_owned()];
    shown.ops[0].op = cycle.ops[0].to_json();
    shown.ops[0].answer = Some(text.to_owned());
    failure.scenario.as_mut().unwrap().script = Script::new().cycle(&cycle.browser, cycle.ops);
    failure
}

/// The text without the places where a line may have been broken.
fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

fn assert_tells(told: &str, text: &str) {
    assert!(bare(told).contains(&bare(&visible(text))), "{text:?} is not in:\n{told}");
}

#[test]
fn json() {
    for text in HOSTILE {
        let written = render(Format::Json, &[report(text)]);
        assert!(written.lines().all(|line| visible(line) == line), "{text:?}: {written}");
        let json: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(json["backend"]["name"], text);
        assert_eq!(json["checks"][0]["failures"][0]["transcript"][0]["ops"][0]["op"]["key"], text);
        assert_eq!(json["checks"][6]["failures"][0]["seen"], text);
    }
}

#[test]
fn junit() {
    for text in HOSTILE {
        let shown = visible(text);
        let xml = render(Format::Junit, &[report(text)]);
        let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{text:?}: {error}\n{xml}"));
        let named = |name: &'static str| {
            document.descendants().filter(move |node: &Node<'_, '_>| node.has_tag_name(name))
        };
        assert_eq!(document.root_element().attribute("name"), Some(&*shown));
        let ids: BTreeSet<_> = VERDICTS.iter().map(|verdict| id(*verdict, &shown)).collect();
        let cases: Vec<&str> = named("testcase").filter_map(|case| case.attribute("name")).collect();
        assert_eq!(cases.first(), Some(&id(Verdict::Fail, &shown).as_str()));
        assert_eq!(cases.iter().map(|case| (*case).to_owned()).collect::<BTreeSet<_>>(), ids);
        let [failure] = named("failure").collect::<Vec<_>>()[..] else { panic!("one failed:\n{xml}") };
        assert_eq!(failure.attribute("type"), Some(if text.is_empty() { "fail" } else { &*shown }));
        assert_tells(failure.text().unwrap(), text);
        assert_eq!(named("error").count(), 2);
        assert_eq!(named("skipped").count(), 3);
        let elements = ["testsuites", "testsuite", "properties", "property", "testcase"];
        let endings = ["failure", "error", "skipped", "system-out"];
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            assert!(elements.contains(&name) || endings.contains(&name), "{name} in {xml}");
        }
    }
}

/// The blocks of YAML of a TAP document without subtests, each with its point. Every other line is of a known kind.
fn blocks(tap: &str) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut points = 0;
    let mut point = "";
    let mut lines = tap.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    while let Some(line) = lines.next() {
        if line == "  ---" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "  ...").collect();
            blocks.push((point, block.join("\n")));
        } else if line.starts_with("ok ") || line.starts_with("not ok ") {
            points += 1;
            point = line;
        } else {
            let is_known = ["1..7", "# ", "Bail out! "].iter().any(|start| line.starts_with(start));
            assert!(is_known, "{line:?} in {tap}");
        }
    }
    assert_eq!(points, VERDICTS.len(), "{tap}");
    blocks
}

#[test]
fn tap() {
    for text in HOSTILE {
        let shown = visible(text);
        let tap = render(Format::Tap, &[report(text)]);
        let blocks = blocks(&tap);
        assert_eq!(blocks.len(), 4, "{tap}");
        for (point, block) in blocks {
            let yaml =
                Yaml::load_from_str(&block).unwrap_or_else(|error| panic!("{text:?}: {error}\n{block}"));
            let [yaml] = &yaml[..] else { panic!("one document: {block}") };
            for field in ["promise", "because", "clause", "message", "expected", "seen"] {
                assert_eq!(yaml[field].as_str(), Some(&*shown), "{field} in {block}");
            }
            let failures = yaml["failures"].as_vec().unwrap();
            assert_tells(failures[0].as_str().unwrap(), text);
            // What a service says makes no directive of its own.
            let directives = point.replace(r"\\", "").replace(r"\#", "");
            let directive = directives.split_once('#').map_or("", |(_, directive)| directive);
            assert_eq!(!directive.is_empty(), yaml["severity"].as_str() == Some("known failure"), "{point}");
        }
    }
}

#[test]
fn tap_of_two_doors() {
    for text in HOSTILE {
        let reports = ["in-process", "http"].map(|door| {
            let mut report = report(text);
            report.backend.door = door.to_owned();
            report
        });
        let tap = render(Format::Tap, &reports);
        let inner = |line: &str| line.strip_prefix("    ").map(str::to_owned);
        let inside: Vec<String> = tap.lines().filter_map(inner).collect();
        let half = inside.len() / 2;
        for document in inside.chunks(half) {
            assert_eq!(blocks(&format!("TAP version 14\n{}", document.join("\n"))).len(), 4, "{tap}");
        }
    }
}

/// What may stand in a comment beside Markdown itself.
const TAGS: [&str; 8] =
    ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<sub>", "</sub>"];

#[test]
fn markdown() {
    for text in HOSTILE {
        let markdown = render(Format::Markdown, &[report(text)]);
        let mut told = String::new();
        let mut tables = 0;
        for event in Parser::new_ext(&markdown, Extensions::ENABLE_TABLES) {
            match event {
                Event::Text(part) | Event::Code(part) => told.push_str(&part),
                Event::Html(html) | Event::InlineHtml(html) => {
                    told.push_str(&with_only_our_tags(&html, &markdown));
                }
                Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{text:?}:\n{markdown}"),
                Event::Start(Tag::Table(_)) => tables += 1,
                _ => {}
            }
        }
        assert_eq!(tables, 3, "{markdown}");
        assert!(!bare(&markdown).contains("@everyone[") || text.is_empty() || told.contains("@everyone"));
        assert_tells(&told, text);
    }
}

/// Text between tags of HTML, where the tags are those that we write.
fn with_only_our_tags(html: &str, markdown: &str) -> String {
    let rest = TAGS.iter().fold(html.to_owned(), |html, tag| html.replace(tag, ""));
    assert!(!rest.contains('<'), "{html:?} in:\n{markdown}");
    Html::parse_fragment(&rest).root_element().text().collect()
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    all(page, selector).iter().map(|element| element.text().collect()).collect()
}

#[test]
fn html() {
    for text in HOSTILE {
        let shown = visible(text);
        let html = render(Format::Html, &[report(text)]);
        let page = Html::parse_document(&html);
        let [title] = &texts(&page, "title")[..] else { panic!("one title: {html}") };
        assert!(title.starts_with(&*shown) && title.ends_with(" · sessionspec"), "{title}");
        let expected: Vec<String> = VERDICTS.iter().map(|_| shown.to_string()).collect();
        assert_eq!(texts(&page, ".expected code"), expected);
        assert_eq!(texts(&page, ".seen code"), expected);
        let ids: Vec<&str> = all(&page, ".check").iter().filter_map(|check| check.attr("id")).collect();
        assert!(ids.contains(&&*id(Verdict::Fail, &shown)), "{ids:?}");
        for (selector, count) in [("script", 1), ("style", 1), ("img, iframe, object, form[action]", 0)] {
            assert_eq!(all(&page, selector).len(), count, "{selector} with {text:?}");
        }
        for link in all(&page, "[href], [src]") {
            let target = link.attr("href").unwrap();
            assert!(target == "data:," || target.starts_with('#'), "{target}");
        }
    }
}
