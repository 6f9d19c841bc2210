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
