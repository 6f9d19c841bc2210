//! Every form of a report, from real runs: what it says, that it fits its place, and that nothing hostile acts there.

mod support;

use sessionspec::engine::report::{KnownFailure, Report, ThisRun};
use sessionspec::{Level, Options, Verdict};
use sessionspec_cli::render::{Format, render};
use support::{Hostile, only, report_of, report_on, report_over_http, timeless};

const FEW: [&str; 6] = [
    "minimum/opens-empty",
    "minimum/each-mutator-persists",
    "minimum/permanent-persists",
    "minimum/claims-hold",
    "cookie/none-when-untouched",
    "glue/binds-late",
];

/// A backend that loses a change, known to fail one of its checks.
fn failing() -> Report {
    let known = KnownFailure {
        reason: "what the next release mends".to_owned(),
        issue: Some("https://example.com/issues/12".to_owned()),
        ..KnownFailure::default()
    };
    let known_failures = [("minimum/persists".to_owned(), known)].into();
    let checks: Vec<&str> = FEW.into_iter().chain(["minimum/persists"]).collect();
    timeless(report_of("flawed/lone-overwrite-lost", Options { known_failures, ..only(&checks) }))
}

/// One backend through both doors, of which the second was cut short.
fn both_doors() -> Vec<Report> {
    let in_process = report_of("conforming/creation-time-among-items", only(&FEW));
    let mut http = report_over_http("conforming/creation-time-among-items", only(&FEW));
    let last = http.checks.last_mut().expect("checks were run");
    last.verdict = Verdict::Unverified;
    last.because = Some("the run was stopped".to_owned());
    http.incomplete = Some("the run was stopped".to_owned());
    [in_process, http].map(timeless).into()
}

fn hostile() -> Report {
    timeless(report_on(Hostile::backend(), Options { cases: 20, ..Options::default() }))
}

fn plain(format: Format, reports: &[Report]) -> String {
    anstream::adapter::strip_str(&render(format, reports)).to_string()
}

#[test]
fn each_form_says_which_checks_took_longest_behind_which_door() {
    let mut reports = both_doors();
    for (report, check) in reports.iter_mut().zip(["minimum/opens-empty", "cookie/none-when-untouched"]) {
        let checks = [(check.to_owned(), 29_000)].into();
        report.this_run = Some(ThisRun { milliseconds: 30_000, checks, jobs: 1, ..ThisRun::default() });
    }
    for format in [Format::Text, Format::Markdown, Format::Html] {
        let told = plain(format, &reports).replace("&#x2f;", "/");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("in-process: slowest: minimum/opens-empty 29.0 s"), "{told}");
        assert!(told.contains("http: slowest: cookie/none-when-untouched 29.0 s"), "{told}");
    }
    assert!(plain(Format::Junit, &reports).contains("time=\"60.000\""), "the wall time of both runs");
}

#[test]
fn each_form_of_a_report_with_failures() {
    let reports = [failing()];
    assert_snapshot("failing.txt", &plain(Format::Text, &reports));
    assert_snapshot("failing.xml", &plain(Format::Junit, &reports));
    assert_snapshot("failing.tap", &plain(Format::Tap, &reports));
    assert_snapshot("failing.md", &plain(Format::Markdown, &reports));
    assert_snapshot("failing.html", body(&plain(Format::Html, &reports)));
}

#[test]
fn each_form_of_two_reports() {
    let reports = both_doors();
    assert_snapshot("both-doors.txt", &plain(Format::Text, &reports));
    assert_snapshot("both-doors.xml", &plain(Format::Junit, &reports));
    assert_snapshot("both-doors.tap", &plain(Format::Tap, &reports));
    assert_snapshot("both-doors.md", &plain(Format::Markdown, &reports));
    assert_snapshot("both-doors.html", body(&plain(Format::Html, &reports)));
}

fn assert_snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn a_cycle_that_was_held_is_told_in_two_parts() {
    let held: Report = serde_json::from_str(include_str!("support/held.json")).unwrap();
    assert_snapshot("held.txt", &plain(Format::Text, std::slice::from_ref(&held)));
    assert_snapshot("held.html", body(&plain(Format::Html, &[held])));
}

/// What people see: the style and the script are read in their own files.
fn body(html: &str) -> &str {
    let start = html.find("<header>").expect("a page has a header");
    &html[start..html.find("<script>").expect("a page ends with its script")]
}

#[test]
fn json_is_what_it_was_made_of() {
    let report = failing();
    let json = render(Format::Json, std::slice::from_ref(&report));
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    let reports = both_doors();
    assert_eq!(serde_json::from_str::<Vec<Report>>(&render(Format::Json, &reports)).unwrap(), reports);
}

#[test]
fn text_fits_80_columns() {
    let mut report = hostile();
    report.survey[0].observed = "x".repeat(300);
    report.checks[0].because = Some("word ".repeat(60));
    for reports in [vec![report], vec![failing()], both_doors()] {
        let text = plain(Format::Text, &reports);
        let longest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(longest.chars().count() <= 80, "{longest}");
    }
}

#[test]
fn colours_say_nothing_that_the_words_do_not() {
    let coloured = render(Format::Text, &[failing()]);
    assert!(coloured.contains("\u{1b}[1m\u{1b}[31mfail\u{1b}[0m"), "{coloured:?}");
}

#[test]
fn nothing_hostile_acts_on_a_terminal() {
    let hostile = hostile();
    assert!(hostile.totals()[&Verdict::Fail] > 0);
    for format in [Format::Text, Format::Tap, Format::Markdown, Format::Junit, Format::Html] {
        let text = plain(format, std::slice::from_ref(&hostile));
        let acting = |c: &char| (c.is_control() && *c != '\n') || "\u{2028}\u{2029}\u{202e}".contains(*c);
        assert_eq!(text.chars().find(acting), None, "{format:?}");
    }
    // Colours come from us alone.
    let coloured = render(Format::Text, &[hostile]);
    assert_eq!(coloured.matches("\u{1b}[31m").count(), coloured.matches("\u{1b}[1m\u{1b}[31m").count());
}

#[test]
fn nothing_hostile_is_markup_in_a_page() {
    let html = render(Format::Html, &[hostile()]);
    assert!(html.contains("&lt;script&gt;window.hacked"));
    assert_eq!(html.matches("<script").count(), 1);
    assert_eq!(html.matches("</script").count(), 1);
    for tag in ["<img", "<b>", "<i>", "<!--"] {
        assert_eq!(html.matches(tag).count(), 0, "{tag}");
    }
}

#[test]
fn a_page_asks_nobody_for_anything() {
    let html = render(Format::Html, &[failing()]);
    assert!(html.contains("default-src &#x27;none&#x27;"));
    for asks in ["url(", "@import", "src=", "fetch(", "XMLHttpRequest", "import("] {
        assert!(!html.contains(asks), "{asks}");
    }
    let links: Vec<&str> = html.split("href=\"").skip(1).collect();
    assert!(links.iter().all(|link| link.starts_with("data:,\"") || link.starts_with('#')), "{links:?}");
}

#[test]
fn junit_can_be_read_and_counts_right() {
    for reports in [vec![failing()], vec![hostile()], both_doors()] {
        let xml = render(Format::Junit, &reports);
        let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
        let checks = || reports.iter().flat_map(|report| &report.checks);
        let count = |verdicts: &[Verdict]| checks().filter(|check| verdicts.contains(&check.verdict)).count();
        assert_eq!(read.tests, checks().count());
        assert_eq!(read.failures, count(&[Verdict::Fail]));
        assert_eq!(read.errors, count(&[Verdict::Unverified, Verdict::Error]));
    }
}

/// A report with a failure above level minimum.
fn failing_above(asked: Option<Level>, known_failures: &[(&str, KnownFailure)]) -> Report {
    let known = known_failures.iter().map(|(check, known)| ((*check).to_owned(), known.clone()));
    let options = Options { known_failures: known.collect(), ..only(&FEW) };
    let mut report = timeless(report_of("conforming/creation-time-among-items", options));
    report.asked_level = asked;
    report
}

/// What a reader of JUnit counts as failed, and what the points of TAP are that do not count.
fn counted(report: Report) -> (usize, Vec<String>) {
    let reports = [report];
    let read = quick_junit::Report::deserialize_from_str(&render(Format::Junit, &reports));
    let read = read.expect("it is JUnit");
    let tap = render(Format::Tap, &reports);
    let excepted = tap.lines().filter(|line| line.contains("# TODO")).map(str::to_owned).collect();
    (read.failures + read.errors, excepted)
}

#[test]
fn what_fails_above_the_asked_level_does_not_turn_other_tools_red() {
    let todo =
        "not ok 1 - cookie/none-when-untouched # TODO of level recommended, above the asked level minimum";
    assert_eq!(counted(failing_above(Some(Level::Minimum), &[])), (0, vec![todo.to_owned()]));
    assert_eq!(counted(failing_above(Some(Level::Recommended), &[])), (1, Vec::new()));
    assert_eq!(counted(failing_above(None, &[])), (1, Vec::new()));
    let junit = render(Format::Junit, &[failing_above(Some(Level::Minimum), &[])]);
    assert!(
        junit.contains(
            r#"<skipped message="of level recommended, above the asked level minimum: fail: for-a-visitor"/>"#
        ),
        "{junit}"
    );
    assert!(
        junit.contains("<system-out>cookie/none-when-untouched (recommended, hygiene): for-a-visitor"),
        "{junit}"
    );
}

#[test]
fn an_entry_that_is_out_of_date_turns_them_red_at_any_level() {
    let expired = KnownFailure { expired: true, ..KnownFailure::from("r") };
    let listed = [("cookie/none-when-untouched", expired)];
    assert_eq!(counted(failing_above(Some(Level::Minimum), &listed)), (1, Vec::new()));
}

#[test]
fn what_is_excused_is_told_in_each_form() {
    let known = KnownFailure::from("what the next release mends");
    let known_failures = [("minimum/each-mutator-persists".to_owned(), known)].into();
    let checks: Vec<&str> = FEW.into_iter().chain(["minimum/new-never-for-saved"]).collect();
    let report = timeless(report_of("flawed/never-saved", Options { known_failures, ..only(&checks) }));
    let because =
        "relies on minimum/each-mutator-persists (set), a known failure: what the next release mends";
    let said =
        |format: Format| plain(format, std::slice::from_ref(&report)).replace("\n                  ", " ");
    let told = |format: Format, words: &str| assert!(said(format).contains(words), "{}", said(format));
    told(Format::Text, "because minimum/each-mutator-persists does not hold (set), as is known:");
    told(Format::Text, "2 checks could not be judged: minimum/permanent-persists,");
    told(Format::Text, "applied, but for 1 known to fail, which excuses");
    told(Format::Junit, &format!("<skipped message=\"excused: {because}\"/>"));
    told(Format::Tap, &format!(" - minimum/permanent-persists # SKIP excused: {because}\n"));
    told(Format::Markdown, "2 excused");
    told(Format::Html, "excused");
    told(Format::Json, r#""verdict": "excused""#);
}

#[test]
fn tap_has_the_planned_number_of_points() {
    for reports in [vec![failing()], vec![hostile()]] {
        let tap = render(Format::Tap, &reports);
        let points: Vec<&str> =
            tap.lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).collect();
        assert!(tap.starts_with("TAP version 14\n"), "{tap}");
        assert!(tap.contains(&format!("\n1..{}\n", points.len())), "{tap}");
        assert_eq!(points.len(), reports[0].checks.len());
        for (index, point) in points.iter().enumerate() {
            assert!(point.contains(&format!("ok {} - ", index + 1)), "{point}");
        }
    }
}

#[test]
fn markdown_fits_a_comment_and_mentions_nobody() {
    let mut report = hostile();
    let check = report.checks.iter().find(|check| !check.failures.is_empty()).unwrap().clone();
    report.checks.extend(vec![check; 200]);
    report.checks.iter_mut().for_each(|check| check.because = Some("é".repeat(2000)));
    for (index, check) in report.checks.iter_mut().enumerate() {
        check.id = format!("suite/check-{index}");
    }
    let markdown = render(Format::Markdown, &[report]);
    assert!(markdown.chars().count() <= 65_536, "{}", markdown.chars().count());
    assert!(markdown.contains("Too long for a comment"));
    let outside: Vec<&str> = markdown.split("```").step_by(2).collect();
    assert!(!outside.join("").contains("@everyone"));
    assert!(!outside.join("").contains("<script"));
}

#[test]
fn every_form_says_what_disturbed_the_run() {
    let mut report = timeless(report_of("reference", only(&["minimum/opens-empty"])));
    let undisturbed = report.this_run.clone().unwrap_or_default();
    let refused = [(403, 1), (429, 2)].into();
    report.this_run = Some(ThisRun { closes_connections: true, refused, slowed: true, ..undisturbed });
    for form in [Format::Text, Format::Junit, Format::Tap, Format::Markdown, Format::Html] {
        let shown = render(form, std::slice::from_ref(&report));
        let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "the service closed a connection instead of answering the next request on it",
            "requests were refused: 1 with 403, 2 with 429",
            "they were sent more slowly",
        ] {
            assert!(words.contains(said), "no `{said}` in {form:?}: {shown}");
        }
    }
}
