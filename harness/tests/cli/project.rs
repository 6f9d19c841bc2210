//! `sessionspec.toml` and what goes with it: what a project says counts where the command line says nothing.

use std::path::{Path, PathBuf};
use std::process::Output;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{said, sessionspec};

/// A folder of a project, with a folder inside.
struct Project(PathBuf);

impl Project {
    fn new(name: &str, toml: &str) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("project.{name}.{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        let project = Self(folder);
        if !toml.is_empty() {
            project.write("sessionspec.toml", toml);
        }
        project
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.0.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap()
    }

    fn run(&self, arguments: &str) -> Output {
        sessionspec(arguments).current_dir(&self.0).output().unwrap()
    }

    /// What was said, without the name of the folder.
    fn said(&self, arguments: &str) -> String {
        said(&self.run(arguments)).replace(&self.0.display().to_string(), "[project]")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command that serves a backend of ours.
fn serving(backend: &str) -> String {
    format!("'{}' serve --backend {backend} --addr 127.0.0.1:{{port}}", env!("CARGO_BIN_EXE_sessionspec"))
}

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
fn a_run_is_judged_by_what_changed_since_its_baseline() {
    let project = Project::new("baseline", "");
    let flawed = "run --backend flawed/pop-does-not-remove --check minimum/each-mutator-persists";
    assert_eq!(project.run(&format!("{flawed} --report json=old.json")).status.code(), Some(1));
    let same = project.run(&format!("{flawed} --baseline old.json"));
    assert_eq!(same.status.code(), Some(0), "{}", said(&same));
    let good = "run --backend reference --check minimum/each-mutator-persists";
    assert_eq!(project.run(&format!("{good} --report json=good.json")).status.code(), Some(0));
    let worse = project.run(&format!("{flawed} --baseline good.json"));
    assert_eq!(worse.status.code(), Some(1), "{}", said(&worse));
    // Another form on standard output stays whole.
    let json = project.run(&format!("{flawed} --baseline old.json --format json"));
    assert!(serde_json::from_slice::<Value>(&json.stdout).is_ok());
}

#[test]
fn what_a_run_leaves_out_is_not_worse_than_its_baseline() {
    let project = Project::new("baseline-of-a-selection", "");
    let all = "run --backend reference --level minimum";
    assert_eq!(project.run(&format!("{all} --report json=all.json")).status.code(), Some(0));
    let one = project.said("run --backend reference --check minimum/persists --baseline all.json");
    assert!(one.contains("nothing changed") && one.ends_with("exit 0"), "{one}");
    let left_out = project.said(&format!("{all} --exclude minimum/persists=slow --baseline all.json"));
    assert!(left_out.contains("nothing changed") && left_out.ends_with("exit 0"), "{left_out}");
}

/// The list can only shrink, whatever a run is compared with.
#[test]
fn an_entry_that_is_out_of_date_fails_a_run_with_a_baseline_too() {
    let project = Project::new("baseline-and-list", "");
    project.write("list.toml", "[[known-failures]]\ncheck = 'minimum/persists'\nreason = 'it does not'\n");
    let run = "run --backend reference --check minimum/persists";
    assert_eq!(project.run(&format!("{run} --report json=old.json")).status.code(), Some(0));
    let listed = project.said(&format!("{run} --known-failures list.toml --baseline old.json"));
    assert!(listed.contains("remove minimum/persists from the known failures"), "{listed}");
    assert!(listed.ends_with("exit 1"), "{listed}");
}

#[test]
fn what_decides_beside_a_baseline_is_said_where_nothing_got_worse() {
    let project = Project::new("baseline-and-nothing-worse", "");
    let run = "run --backend reference --check minimum/persists";
    assert_eq!(project.run(&format!("{run} --report json=old.json")).status.code(), Some(0));
    let told = |arguments: &str| {
        let said = said(&project.run(arguments));
        let line = said.lines().find(|line| line.contains("got worse than in the baseline"));
        (line.unwrap_or_default().to_owned(), said.lines().last().unwrap().to_owned())
    };
    assert_eq!(told(&format!("{run} --baseline old.json")), (String::new(), "exit 0".to_owned()));
    project.write("list.toml", "[[known-failures]]\ncheck = 'minimum/persists'\nreason = 'it does not'\n");
    let (line, exit) = told(&format!("{run} --known-failures list.toml --baseline old.json"));
    assert_snapshot!(line, @"sessionspec: nothing got worse than in the baseline; the list of known failures is out of date: remove minimum/persists");
    assert_eq!(exit, "exit 1");
    let flawed = "run --backend flawed/pop-does-not-remove --check minimum/each-mutator-persists";
    assert_eq!(project.run(&format!("{flawed} --report json=bad.json")).status.code(), Some(1));
    project.write(
        "list.toml",
        "[[known-failures]]\ncheck = 'minimum/each-mutator-persists'\nreason = 'r'\nexpires = 2020-01-01\n",
    );
    let (line, exit) = told(&format!("{flawed} --known-failures list.toml --baseline bad.json"));
    assert_snapshot!(line, @"sessionspec: nothing got worse than in the baseline; a known failure has expired: mend minimum/each-mutator-persists, or give a later day as `expires`");
    assert_eq!(exit, "exit 1");
}

#[test]
fn a_capability_that_changed_is_worse_where_that_is_asked_for() {
    let toml = format!("launch = \"{}\"\nsuites = ['fault']\ncases = 1\n", serving("reference"));
    let project = Project::new("strict", &toml);
    let first = project.run("run --report json=old.json");
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    let mut report: Value = serde_json::from_str(&project.read("old.json")).unwrap();
    report["survey"][0]["observed"] = "something else".into();
    project.write("old.json", &report.to_string());
    let toml = format!("{toml}baseline = 'old.json'\n[profiles.strict]\nstrict = true\n");
    project.write("sessionspec.toml", &toml);
    let lenient = project.said("run");
    assert!(lenient.contains("1 changed") && lenient.ends_with("exit 0"), "{lenient}");
    for strict in ["run --strict", "run --profile strict"] {
        let said = project.said(strict);
        assert!(said.contains("nothing got worse than in the baseline, but --strict wants "), "{said}");
        assert!(said.ends_with("exit 1"), "{said}");
    }
    let named = project.said("run --profile strict");
    assert!(named.contains("says launch, cases, suites, baseline, strict\n"), "{named}");
    // Without a baseline there is nothing to be strict about.
    let early = project.said("run --profile strict --fail-fast");
    assert!(early.ends_with("exit 0"), "{early}");
    let alone = project.said("run --no-project --strict");
    assert!(alone.contains("--baseline <FILE>") && alone.ends_with("exit 2"), "{alone}");
}

/// The first failure may be one of the baseline, and what was not looked at after it would count as worse.
#[test]
fn a_run_that_ends_early_is_not_compared_with_a_baseline() {
    let project = Project::new("fail-fast-baseline", "baseline = 'old.json'\n");
    let check = "--check minimum/each-mutator-persists";
    let flawed = format!("run --backend flawed/pop-does-not-remove {check}");
    assert_eq!(project.run(&format!("{flawed} --report json=old.json")).status.code(), Some(1));
    let both = project.run(&format!("{flawed} --fail-fast --baseline old.json"));
    assert_eq!(both.status.code(), Some(2));
    let said = said(&both);
    assert!(said.contains("'--fail-fast' cannot be used with '--baseline <FILE>'"), "{said}");
    // What is typed sets aside what a project says.
    project.write(
        "sessionspec.toml",
        &format!("launch = \"{}\"\nbaseline = 'old.json'\n", serving("reference")),
    );
    let early = project.said(&format!("run --fail-fast {check}"));
    assert!(early.contains("says launch\n") && early.ends_with("exit 0"), "{early}");
    let compared = project.said(&format!("run {check}"));
    assert!(compared.contains("says launch, baseline\n"), "{compared}");
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
fn a_project_is_written_from_what_is_in_its_folder() {
    let launch = |name: &str, files: &[(&str, &str)]| {
        let project = Project::new(name, "");
        files.iter().for_each(|(file, text)| project.write(file, text));
        assert_eq!(project.run("init").status.code(), Some(0));
        let toml: toml::Table = project.read("sessionspec.toml").parse().unwrap();
        toml.get("launch").map_or("none".to_owned(), |launch| launch.as_str().unwrap().to_owned())
    };
    let manage = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n";
    let package = r#"{"main": "app.js", "dependencies": {"express-session": "1"}}"#;
    let package_of_flask = "def create_app(test_config=None):\n    app = Flask(__name__)\n    return app\n";
    let started = r#"{"scripts": {"start": "node web.mjs"}, "dependencies": {"koa-session": "7"}}"#;
    assert_snapshot!(
        [
            launch("django", &[("manage.py", manage)]),
            launch("flask", &[("shop.py", "app = Flask(__name__)\n")]),
            launch(
                "factory",
                &[("shop.py", "def create_app():\n    app = Flask(__name__)\n    return app\n")]
            ),
            launch(
                "wants",
                &[("shop.py", "def create_app(settings):\n    app = Flask(__name__)\n    return app\n")]
            ),
            launch("package", &[("flaskr/__init__.py", package_of_flask)]),
            launch("aiohttp", &[("chat.py", "app = web.Application()\n")]),
            launch("fastapi", &[("main.py", "app: FastAPI = FastAPI()\n")]),
            launch("express", &[("package.json", package), ("app.js", "")]),
            launch("start", &[("package.json", started), ("web.mjs", "")]),
            launch("go", &[("go.mod", "require github.com/gorilla/sessions v1.2.1\n")]),
            launch("other-go", &[("go.mod", "module shop\n")]),
            launch("go-without-module", &[("main.go", "package main\n")]),
            launch("go-library", &[("sessions.go", "package sessions\n")]),
            launch("empty", &[]),
        ]
        .join("\n")
    );
}

#[test]
fn settings_of_django_that_are_for_tests_alone_come_before_those_of_development() {
    let said = |name: &str, settings: &str, files: &[&str]| {
        let project = Project::new(name, "");
        project
            .write("manage.py", &format!("os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{settings}')\n"));
        files.iter().for_each(|file| project.write(file, ""));
        let said = project.said("init");
        let toml: toml::Table = project.read("sessionspec.toml").parse().unwrap();
        let launch = toml["launch"].as_str().unwrap().split(' ').nth(3).unwrap().to_owned();
        (launch, said)
    };
    let launched = |name: &str, settings: &str, files: &[&str]| said(name, settings, files).0;
    assert_eq!(launched("tested", "shop.settings", &["shop/tested.py"]), "shop.tested");
    assert_eq!(launched("tested-package", "shop.settings.dev", &["shop/tested.py"]), "shop.tested");
    let both = ["shop/settings/tested.py", "shop/tested.py"];
    assert_eq!(launched("tested-twice", "shop.settings.dev", &both), "shop.settings.tested");
    assert_eq!(launched("tested-top", "settings", &["tested.py"]), "tested");
    assert_eq!(launched("tested-elsewhere", "shop.settings", &["tested.py"]), "shop.settings");
    let (launch, said) = said("untested", "shop.settings", &["shop/settings.py"]);
    assert_eq!(launch, "shop.settings");
    assert!(said.contains("a module `tested` beside them"), "{said}");
}

#[test]
fn what_is_to_be_done_first_follows_from_the_library() {
    let said = |name: &str, files: &[(&str, &str)]| {
        let project = Project::new(name, "");
        files.iter().for_each(|(file, text)| project.write(file, text));
        project.said("init")
    };
    let imports = "package main\n\nimport \"github.com/gorilla/sessions\"\n";
    let told = [
        said("scs", &[("go.mod", "require github.com/alexedwards/scs/v2 v2.8.0\n")]),
        said("own-go", &[("go.mod", "module shop\n")]),
        said("imports", &[("cart.go", "package main\n"), ("main.go", imports)]),
        said("nothing", &[("notes.txt", "")]),
    ];
    assert_snapshot!(told.join("\n"));
}

#[test]
fn the_level_that_is_written_decides_of_whatever_is_selected() {
    let project = Project::new("selected", "");
    assert_eq!(project.run("init").status.code(), Some(0));
    let output = project.run("run --backend flawed/expired-session-returned --check expiry/gone");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

#[test]
fn a_project_is_not_written_over() {
    let project = Project::new("over", "level = 'minimum'\n");
    assert_snapshot!(project.said("init"));
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
