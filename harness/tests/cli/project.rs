//! `sessionspec.toml` and what goes with it: what a project says counts where the command line says nothing.

use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Project, said, serving, sessionspec};

fn checks(report: &str) -> Vec<String> {
    let json: Value = serde_json::from_str(report).unwrap();
    json["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_a_run_would_judge_is_listed_and_nothing_is_started() {
    // What cannot be started is not missed.
    let project =
        Project::new("listed", "launch = 'exit 1'\nlevel = 'recommended'\nsuites = ['fault', 'nodes']\n");
    let listed = |arguments: &str| -> Value {
        let output = project.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let of_project = listed("run --list");
    assert_eq!(of_project["level"], "recommended");
    let ids = checks(&of_project.to_string());
    assert!(ids.iter().all(|id| id.starts_with("fault/") || id.starts_with("nodes/")), "{ids:?}");
    assert!(ids.contains(&"fault/consistent".to_owned()), "{ids:?}");
    let named = listed("run --list --suite fault --level minimum --exclude fault/consistent");
    assert_eq!(named["level"], "minimum");
    assert!(named["checks"].as_array().unwrap().iter().all(|check| check["level"] == "minimum"), "{named}");
    let all = listed("run --list --backend reference");
    assert!(checks(&all.to_string()).iter().all(|id| !id.starts_with("nodes/")), "{all}");
}

#[test]
fn what_a_project_says_is_done() {
    let toml = format!(
        "launch = \"{}\"\nlevel = 'recommended'\nsuites = ['fault']\ncases = 1\nreports = ['json=report.json']\n\
         [[excluded]]\ncheck = 'fault/redirects-*'\nreason = 'for a test'\n",
        serving("reference")
    );
    let project = Project::new("says", &toml);
    let output = project.run("run");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("sessionspec.toml says launch, level, cases, suites, excluded, reports"),
        "{stderr}"
    );
    assert!(stderr.contains("left out: fault/redirects-* (for a test)"), "{stderr}");
    let report = project.read("report.json");
    let run = checks(&report);
    assert!(
        !run.is_empty()
            && run.iter().all(|id| id.starts_with("fault/") && !id.starts_with("fault/redirects-")),
        "{run:?}"
    );
    let json: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(json["asked_level"], "recommended");
    assert_eq!(json["summary"]["level"], "recommended");
}

#[test]
fn it_is_found_from_a_folder_inside_and_an_option_wins() {
    let toml = format!(
        "launch = \"test -e inside && {}\"\nlevel = 'hardened'\nsuites = ['glue', 'fault']\nreports = ['json=report.json']\n",
        serving("reference")
    );
    let project = Project::new("inside", &toml);
    let run = sessionspec("run --level recommended --cases 1")
        .current_dir(project.0.join("inside"))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let json: Value = serde_json::from_str(&project.read("report.json")).unwrap();
    assert_eq!(json["asked_level"], "recommended");
}

#[test]
fn it_says_where_the_store_is_and_how_many_nodes_there_are() {
    let toml = "launch = 'exit 4 # {store_port}'\nnodes = 2\nstore = '127.0.0.1:1'\nflush = 'true'\n\
                toxiproxy = 'http://127.0.0.1:1'\n";
    let project = Project::new("store", toml);
    let told = |arguments: &str| project.said(arguments).lines().next().unwrap_or_default().to_owned();
    assert_snapshot!(
        [
            told("run"),
            told("doctor"),
            told(&format!("replay {}/../fixtures/cases/pop-keeps.json", env!("CARGO_MANIFEST_DIR"))),
            // What empties the store of the file is nothing for another one.
            told("run --store 127.0.0.1:2"),
        ]
        .join("\n"), @r"
    sessionspec: [project]/sessionspec.toml says launch, store, toxiproxy, flush, nodes
    sessionspec: [project]/sessionspec.toml says launch, store, toxiproxy, flush
    sessionspec: [project]/sessionspec.toml says launch, store, toxiproxy, flush, nodes
    sessionspec: [project]/sessionspec.toml says launch, toxiproxy, nodes
    "
    );
    let elsewhere = Project::new("store-url", "url = 'http://127.0.0.1:1/probe'\nstore = '127.0.0.1:1'\n");
    assert_snapshot!(elsewhere.said("run"), @r"
    sessionspec: [project]/sessionspec.toml, it has `store` and `url`; a store is for a service that is started by `launch`; --no-project does without it
    exit 2
    ");
}

#[test]
fn it_does_not_speak_of_other_targets() {
    let project = Project::new("others", "launch = 'exit 1'\nlevel = 'hardened'\n");
    let output = project.run("run --backend reference --check minimum/opens-empty --format json");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(project.run("run --no-project --check minimum/opens-empty").status.code(), Some(0));
    // A service that was named is not reached by what leads to the project's own.
    let named = project.said("run http://127.0.0.1:1/probe");
    assert!(named.starts_with("sessionspec: [project]/sessionspec.toml says level\n"), "{named}");
}

#[test]
fn one_that_names_no_service_is_not_run_on_the_reference_in_its_place() {
    let project = Project::new("nobody", "level = 'hardened'\n[profiles.redis]\nlaunch = 'exit 1'\n");
    insta::assert_snapshot!(project.said("run"), @r"
    sessionspec: [project]/sessionspec.toml does not say which service is tested: write its `launch` or its `url` there, or name one of its profiles with --profile: redis; --backend reference runs on the one that is built in
    exit 2
    ");
    let named = project.said("run --backend reference --check minimum/persists");
    assert!(named.ends_with("exit 0"), "{named}");
}

#[test]
fn doctor_examines_what_the_project_launches() {
    let project = Project::new("doctor", &format!("launch = \"{}\"\n", serving("reference")));
    let output = project.run("doctor");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn doctor_ends_with_a_command_that_leaves_out_what_the_project_says() {
    let toml = format!(
        "launch = \"{}\"\nstart-timeout = 50\n[profiles.decided]\nlevel = 'minimum'\n",
        serving("reference")
    );
    let project = Project::new("next", &toml);
    let next = |arguments: &str| {
        let said = project.said(arguments);
        let line = said.lines().find_map(|line| line.strip_prefix("next: sessionspec "));
        line.unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    assert_eq!(next("doctor"), "run --level hardened");
    assert_eq!(next("doctor --profile decided"), "run --profile decided");
    // What was typed is to be typed again.
    let typed = next("doctor --timeout 7");
    assert!(
        typed.starts_with("run --level hardened --launch ") && typed.ends_with(" --timeout 7"),
        "{typed}"
    );
}

#[test]
fn a_case_is_played_on_what_the_project_names() {
    let case = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/cases/pop-keeps.json"));
    let case = case.display();
    let toml = format!(
        "launch = \"{}\"\nlevel = 'hardened'\nsuites = ['cookie']\n[profiles.running]\nurl = 'http://127.0.0.1:1/probe'\n",
        serving("flawed/pop-does-not-remove")
    );
    let project = Project::new("replay", &toml);
    let played = project.said(&format!("replay {case}"));
    assert!(played.contains("[project]/sessionspec.toml says launch\n"), "{played}");
    assert!(played.contains("\nstill fails: ") && played.ends_with("exit 1"), "{played}");
    let elsewhere = project.said(&format!("replay {case} --backend reference"));
    assert!(elsewhere.ends_with("exit 0") && !elsewhere.contains("sessionspec.toml"), "{elsewhere}");
    // The URL of a profile comes behind the case, which is the first argument.
    let running = project.said(&format!("replay --profile running {case}"));
    assert!(running.contains("says url\n") && running.ends_with("exit 3"), "{running}");
    let script = project.said(&format!("replay {case} --as curl"));
    assert!(script.starts_with("#!/bin/sh\n") && script.ends_with("exit 0"), "{script}");
    let without_case = project.said("replay");
    assert!(without_case.contains("<FILE>") && without_case.ends_with("exit 2"), "{without_case}");
    let nobody = Project::new("replay-nobody", "level = 'hardened'\n");
    let refused = nobody.said(&format!("replay {case}"));
    assert!(refused.contains("does not say which service is tested"), "{refused}");
    assert!(refused.ends_with("exit 2"), "{refused}");
}

#[test]
fn known_failures_may_stand_in_it() {
    let toml = format!(
        "launch = \"{}\"\n[[known-failures]]\ncheck = 'minimum/each-mutator-persists'\nreason = 'for a test'\n",
        serving("flawed/pop-does-not-remove")
    );
    let project = Project::new("known", &toml);
    let output = project.run("run --check minimum/each-mutator-persists");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

/// A report of everything is not lost to one of a part.
#[test]
fn a_run_that_is_narrowed_leaves_the_reports_of_the_project_as_they_are() {
    let toml = format!(
        "launch = \"{}\"\nsuites = ['fault']\ncases = 1\nreports = ['json=report.json', 'tap']\n",
        serving("reference")
    );
    let project = Project::new("narrowed", &toml);
    let whole = project.said("run");
    assert!(whole.contains("says launch, cases, suites, reports\n"), "{whole}");
    assert!(!whole.contains("left as they are"), "{whole}");
    let report = project.read("report.json");
    for narrowed in [
        "--check fault/consistent",
        "--suite fault",
        "--clause fault.*",
        "--exclude fault/consistent",
        "--fail-fast",
    ] {
        let said = project.said(&format!("run {narrowed}"));
        let option = narrowed.split(' ').next().unwrap();
        let told = format!(
            "sessionspec: the reports that sessionspec.toml names are left as they are, since {option} narrows this run; \
             --report FORM=FILE writes one of it\n"
        );
        assert!(said.contains(&told), "{narrowed}: {said}");
        assert!(said.contains("TAP version"), "what goes to standard output is lost to nobody: {said}");
        assert_eq!(project.read("report.json"), report, "{narrowed}");
    }
    // Whoever names the report wants it.
    let named = project.said("run --check fault/consistent --report json=report.json");
    assert!(!named.contains("left as they are"), "{named}");
    assert_eq!(checks(&project.read("report.json")), ["fault/consistent"]);
    let listed = project.said("run --check fault/consistent --list");
    assert!(!listed.contains("left as they are"), "{listed}");
}

#[test]
fn known_failures_may_stand_in_a_file_that_it_names() {
    const LIST: &str = "[[known-failures]]\ncheck = 'minimum/each-mutator-persists'\nreason = 'for a test'\n";
    let toml = format!(
        "launch = \"{}\"\nknown-failures = 'lists/known.toml'\n\
         [profiles.none]\nknown-failures = []\n[profiles.json]\nknown-failures = 'report.json'\n",
        serving("flawed/pop-does-not-remove")
    );
    let project = Project::new("known-file", &toml);
    project.write("lists/known.toml", LIST);
    let check = "--check minimum/each-mutator-persists";
    let inside = sessionspec(&format!("run {check}")).current_dir(project.0.join("inside")).output().unwrap();
    assert_eq!(inside.status.code(), Some(0), "{}", said(&inside));
    // An empty list is one, and is said to stand in the place of the other.
    let none = project.said(&format!("run {check} --profile none --report json=report.json"));
    assert!(none.ends_with("exit 1"), "{none}");
    assert!(
        none.contains("the known failures of the profile `none` stand in the place of those above it\n"),
        "{none}"
    );
    let json = project.said(&format!("run {check} --profile json"));
    assert_snapshot!(json.lines().skip(2).collect::<Vec<_>>().join("\n"), @r"
    sessionspec: report.json is JSON, and no list of known failures; `sessionspec known-failures report.json` writes the list from a report, as TOML
    exit 2
    ");
    // What the command writes where nothing fails is a list.
    project.write("lists/known.toml", "# Nothing fails.\n");
    assert_eq!(project.run(&format!("run {check}")).status.code(), Some(1));
}

#[test]
fn a_project_that_means_nothing_is_refused() {
    let project = Project::new("nothing", "lunch = 'a'\n");
    assert_snapshot!(
        project.said("run").replace("expected one of", "expected one of …").split('…').next().unwrap()
    );
    assert_eq!(project.run("run").status.code(), Some(2));
}

#[test]
fn the_first_failure_ends_the_run_where_that_is_wanted() {
    let project = Project::new("fail_fast", "");
    let output =
        project.run("run --backend flawed/pop-does-not-remove --fail-fast --report json=report.json");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("failed, and --fail-fast ends a run with that"), "{stderr}");
    let json: Value = serde_json::from_str(&project.read("report.json")).unwrap();
    let failing = json["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] == "fail");
    assert_eq!(failing.count(), 1);
    // What does not decide ends nothing.
    let output = project
        .run("run --backend flawed/cookie-attributes-wrong --suite cookie --fail-fast --level minimum");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("--fail-fast"), "{stderr}");
}

#[test]
fn an_excluded_check_has_to_exist() {
    let project = Project::new("excluded", "");
    assert_snapshot!(
        [
            project.said("run --exclude minimum/persits"),
            project.said("run --check minimum/persists --exclude minimum/*"),
        ]
        .join("\n")
    );
}

#[test]
fn several_reports_are_one_table() {
    let project = Project::new("compare", "");
    for backend in ["reference", "flawed/pop-does-not-remove"] {
        let file = backend.replace('/', "-");
        project.run(&format!("run --backend {backend} --suite minimum --cases 5 --report json={file}.json"));
    }
    assert_snapshot!(project.said("compare reference.json flawed-pop-does-not-remove.json"));
    assert_snapshot!(
        project.said("compare reference.json flawed-pop-does-not-remove.json --format markdown")
    );
}

#[test]
fn a_comparison_is_a_page_that_needs_nothing_else() {
    let project = Project::new("compare-html", "");
    for (name, backend) in [("good", "reference"), ("bad", "flawed/pop-does-not-remove")] {
        project.run(&format!("run --backend {backend} --suite minimum --cases 5 --report json={name}.json"));
    }
    let said = project.said("compare good.json bad.json --format html --output table.html");
    assert_eq!(said, "exit 0");
    let page = scraper::Html::parse_document(&project.read("table.html"));
    let text = |selector: &str| -> Vec<String> {
        let selector = scraper::Selector::parse(selector).unwrap();
        page.select(&selector).map(|found| found.text().collect::<String>().trim().to_owned()).collect()
    };
    assert_eq!(text("caption"), ["level", "check"]);
    let failing = text("td .fail");
    assert!(!failing.is_empty() && failing.iter().all(|cell| cell.contains("fail")), "{failing:?}");
    assert!(text("tbody th").contains(&"minimum/each-mutator-persists".to_owned()));
    let source = project.read("table.html");
    assert!(!source.contains("<script") && !source.contains("http-equiv=\"refresh\""), "{source}");
    assert!(source.contains("default-src &#x27;none&#x27;"), "{source}");
}

#[test]
fn a_profile_comes_before_what_the_file_says_elsewhere() {
    let toml = format!(
        "launch = \"{}\"\nlevel = 'hardened'\nsuites = ['fault']\nreports = ['json=report.json']\n\
         [profiles.flawed]\nlaunch = \"{}\"\nlevel = 'minimum'\nsuites = ['minimum']\n\
         [[profiles.flawed.known-failures]]\ncheck = 'minimum/each-mutator-persists'\nreason = 'for a test'\n",
        serving("reference"),
        serving("flawed/pop-does-not-remove")
    );
    let project = Project::new("profile", &toml);
    let output =
        project.run("run --profile flawed --check minimum/each-mutator-persists --report json=report.json");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let report: Value = serde_json::from_str(&project.read("report.json")).unwrap();
    assert_eq!(report["checks"][0]["verdict"], "known-failure");
    // `doctor` needs a target, which the profile gives.
    let doctor = project.run("doctor --timeout 5 --profile flawed");
    assert_eq!(doctor.status.code(), Some(1), "{}", said(&doctor));
    assert_snapshot!(
        [
            project.said("run --profile flwed"),
            project.said("run --profile flawed --no-project"),
            Project::new("no-profile", "").said("run --profile flawed"),
        ]
        .join("\n")
    );
}

#[test]
fn a_badge_says_what_was_honoured_and_no_more() {
    let project = Project::new("badge", "");
    project.run("run --backend reference --cases 5 --report json=all.json");
    project.run("run --backend reference --check minimum/opens-empty --report json=one.json");
    project.run("run --backend flawed/pop-does-not-remove --check minimum/each-mutator-persists --report json=bad.json");
    assert_snapshot!(
        ["all", "one", "bad"].map(|file| project.said(&format!("badge {file}.json"))).join("\n")
    );
    let labelled = project.said("badge all.json --label a\u{9b}\u{202e}b");
    assert!(labelled.contains(r"a\u009b\u202eb"), "{labelled}");
}
