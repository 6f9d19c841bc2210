//! Known failures: `sessionspec known-failures` writes a list, and a run goes by it.

use super::folder::Folder;
use super::support::{command, sessionspec, stdout};
use super::{exit_of, run_with};

#[test]
fn a_list_of_known_failures_goes_round() {
    let folder = Folder::new("known");
    let report = folder.report("flawed/lone-overwrite-lost", "report.json");
    let list = stdout(&sessionspec(&["known-failures", &report]));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("known-failures.toml", list);
    });
    // As it is written nothing is excused: the reasons are for a person.
    let file = folder.write("known.toml", &list);
    assert_eq!(exit_of(&run_with(&["--known-failures", &file])), 2);
    let file = folder.write("known.toml", &list.replace("reason = \"\"", "reason = \"it is flawed\""));
    let json = format!("json={}", folder.path("known.json"));
    assert_eq!(
        exit_of(&run_with(&["--known-failures", &file, "--report", &json])),
        0,
        "what needs these is excused"
    );
    let relaunch = stdout(&sessionspec(&["known-failures", &folder.path("known.json")]));
    assert_eq!(relaunch, folder.read("known.toml"), "reasons that hold are kept");
}

#[test]
fn an_entry_that_is_out_of_date_fails_the_run_at_any_level() {
    let folder = Folder::new("stale");
    let entry = |check: &str, rest: &str| {
        folder
            .write("known.toml", &format!("[[known-failures]]\ncheck = \"{check}\"\nreason = \"r\"\n{rest}"))
    };
    let said = |file: &str, backend: &str, check: &str| {
        let output = command()
            .args(["run", "--backend", backend, "--check", check, "--check", "minimum/opens-empty"])
            .args(["--known-failures", file])
            .output()
            .unwrap();
        (output.status.code().unwrap(), stdout(&output))
    };
    let stale = entry("cookie/none-when-untouched", "");
    let (exit, text) = said(&stale, "reference", "cookie/none-when-untouched");
    assert_eq!(exit, 1, "it is of level recommended, and level minimum was asked for");
    assert!(text.contains("remove the entry"), "{text}");
    assert!(text.contains("\nknown failures that did not fail: cookie/none-when-untouched\n"), "{text}");
    assert!(!text.contains("\nfails ("), "{text}");
    assert!(text.ends_with("next: remove cookie/none-when-untouched from the known failures\n"), "{text}");
    let expired = entry("cookie/none-when-untouched", "expires = 2020-02-29");
    let (exit, text) = said(&expired, "conforming/creation-time-among-items", "cookie/none-when-untouched");
    assert_eq!(exit, 1);
    let in_one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(in_one_line.contains("accepted no longer than 2020-02-29: r"), "{text}");
    let holds =
        entry("cookie/none-when-untouched", "expires = 2999-12-31\nissue = \"https://example.com/1\"");
    let (exit, text) = said(&holds, "conforming/creation-time-among-items", "cookie/none-when-untouched");
    assert_eq!(exit, 0, "{text}");
    let unknown = entry("cookie/none-when-untouchable", "");
    assert_eq!(said(&unknown, "reference", "cookie/none-when-untouched").0, 2);
}

/// The list is what somebody has written, and says nothing of the backend.
#[test]
fn a_list_makes_no_backend_worse_or_better() {
    const CHECK: &str = "minimum/each-mutator-persists";
    let folder = Folder::new("listed");
    let list = format!("[[known-failures]]\ncheck = \"{CHECK}\"\nreason = \"it is flawed\"\n");
    let list = folder.write("known.toml", &list);
    let report = |backend: &str, name: &str, listed: bool| {
        let json = format!("json={}", folder.path(name));
        let known = if listed { vec!["--known-failures", &list] } else { Vec::new() };
        let mut run = command();
        run.args(["run", "--backend", backend, "--check", CHECK, "--report", &json]).args(known);
        assert!(run.output().is_ok());
        folder.path(name)
    };
    let (flawed, mended) = ("flawed/lone-overwrite-lost", "reference");
    let fails = report(flawed, "fails.json", false);
    let is_known = report(flawed, "known.json", true);
    let passes = report(mended, "passes.json", false);
    let in_vain = report(mended, "in-vain.json", true);
    let said = |old: &str, new: &str| {
        let output = sessionspec(&["diff", old, new]);
        let words: Vec<String> = stdout(&output).split_whitespace().map(str::to_owned).collect();
        (output.status.code().unwrap(), words.join(" "))
    };
    for (old, new) in [(&fails, &is_known), (&is_known, &fails), (&passes, &in_vain), (&in_vain, &passes)] {
        let (exit, text) = said(old, new);
        assert!(exit == 0 && text.contains(" changed level minimum"), "{text}");
        assert!(!text.contains(" worse ") && !text.contains(" better "), "{text}");
    }
    let (exit, text) = said(&is_known, &in_vain);
    assert!(exit == 0 && text.contains(&format!("better {CHECK}")), "{text}");
    let (exit, text) = said(&in_vain, &is_known);
    assert!(exit == 1 && text.contains(&format!("worse {CHECK}")), "{text}");
}
