//! A run with a baseline is judged by what got worse since.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Project, said, serving};

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
