//! `sessionspec diff`.

use sessionspec::Report;
use sessionspec::engine::report::{Blocked, UnjudgedScenario};

use super::folder::Folder;
use super::support::{sessionspec, stdout};

#[test]
fn a_difference_is_worse_better_or_neither() {
    let folder = Folder::new("diff");
    let good = folder.report("reference", "good.json");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("diff.worse", folder.said(&["diff", &good, &bad]));
        insta::assert_snapshot!("diff.better", folder.said(&["diff", &bad, &good]));
        insta::assert_snapshot!("diff.same", folder.said(&["diff", &bad, &bad]));
    });
}

/// The saved reports of a run, in which one check is changed.
fn with_verdict(folder: &Folder, from: &str, name: &str, id: &str, verdict: sessionspec::Verdict) -> String {
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read(from)).unwrap();
    for report in &mut reports {
        let check = report.checks.iter_mut().find(|check| check.id == id).unwrap();
        check.verdict = verdict;
        check.failures.clear();
        check.because = Some("for a test".to_owned());
    }
    folder.write(name, &serde_json::to_string(&reports).unwrap())
}

#[test]
fn what_one_of_the_runs_did_not_see_is_neither_worse_nor_better() {
    let folder = Folder::new("unseen");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    let hidden = with_verdict(
        &folder,
        "bad.json",
        "hidden.json",
        "minimum/each-mutator-persists",
        sessionspec::Verdict::Unverified,
    );
    let seen = folder.said(&["diff", &hidden, &bad]);
    assert!(seen.contains("newly seen  minimum/each-mutator-persists: unverified"), "{seen}");
    assert!(seen.ends_with("1 newly seen\nexit 0"), "{seen}");
    let unseen = folder.said(&["diff", &bad, &hidden]);
    assert!(unseen.contains("hidden      minimum/each-mutator-persists: fail (overwrite)"), "{unseen}");
    assert!(unseen.ends_with("1 hidden\nexit 0"), "{unseen}");
    assert_eq!(sessionspec(&["diff", "--strict", &hidden, &bad]).status.code(), Some(1));
    assert_eq!(sessionspec(&["diff", "--strict", &bad, &bad]).status.code(), Some(0));
}

#[test]
fn a_failure_that_a_partial_judgement_does_not_look_for_is_neither_worse_nor_better() {
    let folder = Folder::new("in-part");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read("bad.json")).unwrap();
    for report in &mut reports {
        let check =
            report.checks.iter_mut().find(|check| check.id == "minimum/each-mutator-persists").unwrap();
        let (scenario, because) = ("overwrite".to_owned(), "for a test".to_owned());
        check.unjudged = vec![UnjudgedScenario { scenario, because }];
        check.verdict = sessionspec::Verdict::Pass;
        check.failures.clear();
        report.levels[0].verdict = sessionspec::LevelVerdict::Conforms;
    }
    let part = folder.write("part.json", &serde_json::to_string(&reports).unwrap());
    let unseen = folder.said(&["diff", &bad, &part]);
    let told = unseen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("hidden minimum/each-mutator-persists: fail (overwrite) -> pass in part"),
        "{unseen}"
    );
    assert!(unseen.ends_with("2 hidden\nexit 0"), "{unseen}");
    let seen = folder.said(&["diff", &part, &bad]);
    assert!(seen.ends_with("2 newly seen\nexit 0"), "{seen}");
    assert_eq!(sessionspec(&["diff", "--strict", &part, &bad]).status.code(), Some(1));
    let text = stdout(&sessionspec(&["render", &part, "--as", "text"]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("because for a test (overwrite): 1 check was judged in part"), "{text}");
    assert!(text.contains("with 1 check judged in part"), "{text}");
}

#[test]
fn checks_that_one_cause_keeps_from_being_judged_are_told_as_one() {
    let folder = Folder::new("one-cause");
    let good = folder.report("reference", "good.json");
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read("good.json")).unwrap();
    let other = "minimum/each-mutator-persists";
    let ids = reports[0].checks.iter().map(|check| check.id.clone()).filter(|id| id != other);
    let hindered: [String; 2] = ids.collect::<Vec<_>>().try_into().unwrap();
    for check in reports.iter_mut().flat_map(|report| &mut report.checks) {
        let scenario = if check.id == hindered[0] { "set" } else { "pop" };
        let fact = "minimum/each-mutator-persists".to_owned();
        let because = match check.id.as_str() {
            id if hindered.iter().any(|hindered| hindered == id) => {
                let because = format!("relies on {fact} ({scenario}), which does not hold");
                let (scenario, hindered) = (scenario.to_owned(), Vec::new());
                check.blocked = vec![Blocked { check: fact, scenario, scenarios: 1, hindered }];
                because
            }
            id if id == other => "for a test".to_owned(),
            _ => continue,
        };
        check.verdict = sessionspec::Verdict::Unverified;
        check.because = Some(because);
    }
    let bad = folder.write("bad.json", &serde_json::to_string(&reports).unwrap());
    let told = |said: String| said.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = told(folder.said(&["diff", &good, &bad]));
    let [one, two] = hindered;
    let because = "because minimum/each-mutator-persists does not hold (set, pop): 2 checks";
    assert!(text.contains(&format!("worse {because} ({one}, {two}): pass -> unverified")), "{text}");
    assert!(text.contains(&format!("worse {other}: pass -> unverified (for a test)")), "{text}");
    assert!(text.ends_with("3 worse exit 1"), "{text}");
    let back = told(folder.said(&["diff", &bad, &good]));
    assert!(back.contains(&format!("better {because} ({one}, {two}): unverified -> pass")), "{back}");
    let markdown = told(folder.said(&["diff", "--format", "markdown", &good, &bad]));
    let cells = [format!("{because} ({one}, {two})"), "pass".to_owned(), "unverified".to_owned()];
    let row = cells.map(|cell| format!(" | <code>{cell}</code>")).concat();
    let row = format!("| worse{row} |");
    assert!(markdown.contains(&row), "{markdown}");
    let json = folder.said(&["diff", "--format", "json", &good, &bad]);
    assert!(json.contains(&format!("\"what\": \"{two}\"")), "{json}");
}

#[test]
fn a_changed_capability_fails_only_where_that_was_asked_for() {
    let folder = Folder::new("strict");
    let one = folder.report("reference", "one.json");
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read("one.json")).unwrap();
    for report in &mut reports {
        report.survey[0].observed = "always".to_owned();
    }
    let other = folder.write("other.json", &serde_json::to_string(&reports).unwrap());
    assert_eq!(sessionspec(&["diff", &one, &other]).status.code(), Some(0));
    assert_eq!(sessionspec(&["diff", "--strict", &one, &other]).status.code(), Some(1));
}

#[test]
fn a_difference_has_three_forms() {
    let folder = Folder::new("diff-forms");
    let good = folder.report("reference", "good.json");
    let bad = folder.report("flawed/lone-overwrite-lost", "bad.json");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("diff.md", folder.said(&["diff", "--format", "markdown", &good, &bad]));
        insta::assert_snapshot!("diff.json", folder.said(&["diff", "--format", "json", &good, &bad]));
    });
}

#[test]
fn what_was_not_run_any_more_is_worse_only_where_it_could_have_been() {
    let folder = Folder::new("gone");
    let whole = folder.report("reference", "whole.json");
    let mut reports: Vec<Report> = serde_json::from_str(&folder.read("whole.json")).unwrap();
    for report in &mut reports {
        report.checks.pop();
    }
    let part = folder.write("part.json", &serde_json::to_string(&reports).unwrap());
    assert_eq!(sessionspec(&["diff", &whole, &part]).status.code(), Some(1));
    assert_eq!(sessionspec(&["diff", &part, &whole]).status.code(), Some(0));
    for report in &mut reports {
        report.suite_version = "0.2.0".to_owned();
    }
    let newer = folder.write("newer.json", &serde_json::to_string(&reports).unwrap());
    assert_eq!(sessionspec(&["diff", &whole, &newer]).status.code(), Some(0));
    let one_door = folder.write("one.json", &serde_json::to_string(&reports[0]).unwrap());
    assert_eq!(sessionspec(&["diff", &newer, &one_door]).status.code(), Some(1), "a door is missing");
}
