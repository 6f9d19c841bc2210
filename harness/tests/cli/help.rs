//! What the command says of itself, and to somebody who asks it for what there is not.

use insta::assert_snapshot;

use crate::support::{complaint, said, sessionspec};

macro_rules! shown {
    ($($test:ident = $arguments:literal),+ $(,)?) => {
        $(#[test]
        fn $test() {
            insta::with_settings!({ description => concat!("sessionspec ", $arguments), omit_expression => true }, {
                assert_snapshot!(said(&sessionspec($arguments).output().unwrap()));
            });
        })+
    };
}

shown! {
    help = "--help",
    list = "list",
    explain = "explain minimum/modified-after-change",
    list_of_a_suite_and_a_level = "list --suite expiry --suite cookie --level hardened",
    explain_an_umbrella = "explain minimum/persists",
    explain_a_clause = "explain identity.rotation",
    explain_with_its_scripts = "explain minimum/each-mutator-persists --scripts",
    explain_scripts_that_are_generated = "explain minimum/persists --scripts",
    explain_a_suite = "explain forgery",
    explain_a_capability = "explain on_error",
    explain_a_verdict = "explain unverified",
    explain_a_suite_and_a_capability = "explain concurrency",
    run = "run --backend reference",
    run_verbosely = "run --backend reference --check minimum/opens-empty --verbose",
}

/// What is said to wrong usage.
fn usage(arguments: &str) -> String {
    said(&sessionspec(arguments).output().unwrap())
}

#[test]
fn nothing_is_asked() {
    assert_snapshot!(usage("").lines().next().unwrap(), @"Runs the session conformance suite against services in any language");
}

#[test]
fn help_of_every_command() {
    let help = usage("--help");
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Further lines of a description are indented more.
    let named = listed.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let commands: Vec<&str> = named.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"run"), "{commands:?}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let help = usage(&format!("{command} --help"));
        let too_wide = help.lines().find(|line| line.chars().count() > 80);
        assert_eq!(too_wide, None, "a terminal has 80 columns");
        insta::with_settings!({ omit_expression => true }, {
            assert_snapshot!(format!("help_{command}"), help);
        });
    }
}

#[test]
fn a_list_without_checks_says_so() {
    assert_snapshot!(said(&sessionspec("list --suite cookie --level minimum").output().unwrap()), @"
    sessionspec: no check of these suites has one of these levels; without --level all of theirs are listed
    exit 0
    ");
}

#[test]
fn the_first_field_of_each_line_of_the_list_is_an_id() {
    let listed = usage("list");
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let catalogue = sessionspec::engine::checks::catalogue();
    let known: Vec<&str> = catalogue.iter().map(|check| check.id).chain(["exit"]).collect();
    assert_eq!(ids, known);
}

#[test]
fn the_list_for_programs_says_everything_about_each_check() {
    let output = sessionspec("list --json --suite minimum").output().unwrap();
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&listed[1]).unwrap(), @r#"
    {
      "applies": [
        "opens real sessions"
      ],
      "clause": "save.each-mutator",
      "harm": "data-loss",
      "has_cases": false,
      "id": "minimum/each-mutator-persists",
      "level": "minimum",
      "on_demand": false,
      "promise": "Every way to change a session is saved, also as the only change of a cycle.",
      "relies": [],
      "source": "Flask 0.8, SessionMixin.modified; pavex_session lost a lone remove, actix-session an update",
      "suite": "minimum",
      "umbrella": false
    }
    "#);
    assert!(listed.iter().all(|check| check["suite"] == "minimum"), "{listed:?}");
}

#[test]
fn a_check_is_explained_by_its_slug_and_by_the_name_of_its_test() {
    let explained = usage("explain minimum/opens-empty");
    for name in ["opens-empty", "opens_empty", "minimum::opens_empty", "Minimum/Opens-Empty"] {
        assert_eq!(usage(&format!("explain {name}")), explained, "{name}");
    }
    assert_eq!(usage("explain cookie re-sent"), usage("explain cookie_re_sent"));
    // Several names are several explanations, and one that means nothing is told.
    let several = usage("explain minimum/opens-empty unverified");
    let verdict = usage("explain unverified");
    let (first, _) = explained.rsplit_once("exit").unwrap();
    assert!(several.starts_with(first.trim_end()) && several.ends_with(&verdict), "{several}");
    assert!(usage("explain unverified nothing").contains("there is no check"));
}

#[test]
fn everything_that_is_listed_can_be_explained() {
    let listed = usage("list");
    let ids = listed.lines().filter_map(|line| line.split_whitespace().next()).filter(|id| id.contains('/'));
    for id in ids.step_by(7) {
        let explained = usage(&format!("explain {id}"));
        assert!(explained.starts_with(&format!("{id} (")), "{explained}");
        let too_wide = explained.lines().find(|line| line.chars().count() > 80);
        assert_eq!(too_wide, None, "a terminal has 80 columns");
    }
}

#[test]
fn an_unknown_name_to_explain() {
    assert_snapshot!([
        usage("explain minimum/persist"),
        usage("explain cookie.http_only"),
        usage("explain fogery"),
        usage("explain two rotation"),
        usage("explain colour"),
    ].join("\n"), @"
    sessionspec: there is no check, clause, suite, level, capability or verdict `minimum/persist`; did you mean `minimum/persists`? `sessionspec list` names the checks
    exit 2
    sessionspec: there is no check, clause, suite, level, capability or verdict `cookie.http_only`; did you mean `cookie.http-only`? `sessionspec list` names the checks
    exit 2
    sessionspec: there is no check, clause, suite, level, capability or verdict `fogery`; did you mean `forgery`? `sessionspec list` names the checks
    exit 2
    sessionspec: there is no check, clause, suite, level, capability or verdict `two rotation`; did you mean `two rotations`? `sessionspec list` names the checks
    exit 2
    sessionspec: there is no check, clause, suite, level, capability or verdict `colour`; `sessionspec list` names the checks
    exit 2
    ");
}

#[test]
fn an_unknown_check_or_suite() {
    assert_snapshot!([
        usage("run --check minimum/persist"),
        usage("run --suite minimun"),
        usage("run --check minimum/["),
        usage("list --suite cookies"),
        usage("list --suite colours"),
    ].join("\n"), @"
    sessionspec: no check matches `minimum/persist`; did you mean `minimum/persists`? `sessionspec list` names them all
    exit 2
    sessionspec: no check matches `minimun/*`; did you mean `minimum`? `sessionspec list` names them all
    exit 2
    sessionspec: `minimum/[`: Pattern syntax error near position 8: invalid range pattern
    exit 2
    sessionspec: there is no suite `cookies`; did you mean `cookie`? the suites are beside, concurrency, cookie, expiry, fault, fidelity, forgery, glue, identity, minimum, nodes, outage, promises, restart
    exit 2
    sessionspec: there is no suite `colours`; the suites are beside, concurrency, cookie, expiry, fault, fidelity, forgery, glue, identity, minimum, nodes, outage, promises, restart
    exit 2
    ");
}

#[test]
fn checks_are_selected_by_their_clauses() {
    let output =
        sessionspec("run --backend reference --clause identity.rotation* --clause open.empty --format json")
            .output()
            .unwrap();
    let reports: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let checks = reports[0]["checks"].as_array().unwrap();
    let clauses: Vec<&str> = checks.iter().map(|check| check["clause"].as_str().unwrap()).collect();
    assert!(clauses.contains(&"open.empty") && clauses.len() > 1, "{clauses:?}");
    let others =
        clauses.iter().filter(|clause| **clause != "open.empty" && !clause.starts_with("identity.rotation"));
    assert_eq!(others.count(), 0, "{clauses:?}");
    // Whoever names a clause is judged by the level of its checks.
    assert_eq!(reports[0]["asked_level"], "hardened");
    assert_snapshot!(usage("run --clause identity.rotatoin"), @"
    sessionspec: no check tests a clause `identity.rotatoin`; did you mean `identity.rotation`? `sessionspec list --json` names the clause of each check
    exit 2
    ");
}

#[test]
fn the_embedded_backends_are_listed() {
    let listed = usage("list --backends");
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let known: Vec<&str> = sessionspec_backends::registry().iter().map(|backend| backend.name).collect();
    assert_eq!(names, [&known[..], &["exit"]].concat());
    let output = sessionspec("list --backends --json").output().unwrap();
    let json: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let flawed = json.iter().find(|entry| entry["name"] == "flawed/pop-does-not-remove").unwrap();
    assert_snapshot!(serde_json::to_string_pretty(flawed).unwrap(), @r#"
    {
      "conforms": null,
      "description": "`pop` does not remove the item.",
      "fails": [
        {
          "check": "minimum/each-mutator-persists",
          "reason": "pop"
        }
      ],
      "kind": "flawed",
      "name": "flawed/pop-does-not-remove"
    }
    "#);
}

#[test]
fn shells_are_given_completions_and_man_its_pages() {
    let script = sessionspec("completions bash").output().unwrap();
    let script = String::from_utf8(script.stdout).unwrap();
    assert!(script.contains("--known-failures") && script.contains("replay"), "{script}");
    let read = std::process::Command::new("bash").args(["-n", "-c", &script]).output().unwrap();
    assert!(read.status.success(), "{}", said(&read));
    let folder =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("man.{}", std::process::id()));
    let output = sessionspec("man").arg(&folder).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let pages = std::fs::read_dir(&folder).unwrap().map(|page| page.unwrap().path());
    let mut pages: Vec<std::path::PathBuf> = pages.collect();
    pages.sort();
    let help = usage("--help");
    let names = pages.iter().map(|page| page.file_stem().unwrap().to_str().unwrap().to_owned());
    for name in names {
        let command = name.strip_prefix("sessionspec-").unwrap_or("run");
        assert!(help.lines().any(|line| line.trim_start().starts_with(command)), "{name}");
    }
    assert!(pages.iter().all(|page| std::fs::read_to_string(page).unwrap().contains(".TH sessionspec")));
    assert!(pages.iter().any(|page| page.ends_with("sessionspec.1")), "{pages:?}");
    assert!(pages.iter().any(|page| page.ends_with("sessionspec-run.1")), "{pages:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_name_that_is_nearly_right() {
    assert_snapshot!([
        usage("run --level minimun"),
        usage("list --level hardend"),
        usage("run --report markdwon=a.md"),
        usage("complete bash"),
        usage("rnu"),
    ].join("\n"), @"
    error: invalid value 'minimun' for '--level <LEVEL>': there is no level `minimun`; did you mean `minimum`? choose minimum, recommended or hardened

    For more information, try '--help'.
    exit 2
    error: invalid value 'hardend' for '--level <LEVEL>': there is no level `hardend`; did you mean `hardened`? choose minimum, recommended or hardened

    For more information, try '--help'.
    exit 2
    error: invalid value 'markdwon=a.md' for '--report <FORM[=FILE]>': there is no form `markdwon`; did you mean `markdown`? choose text, json, junit, tap, markdown or html

    For more information, try '--help'.
    exit 2
    error: unrecognized subcommand 'complete'

      tip: some similar subcommands exist: 'compare', 'completions'

    Usage: sessionspec [OPTIONS] <COMMAND>

    For more information, try '--help'.
    exit 2
    error: unrecognized subcommand 'rnu'

      tip: a similar subcommand exists: 'run'

    Usage: sessionspec [OPTIONS] <COMMAND>

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn an_unknown_level() {
    assert_snapshot!(usage("run --level maximum"), @"
    error: invalid value 'maximum' for '--level <LEVEL>': there is no level `maximum`; did you mean `minimum`? choose minimum, recommended or hardened

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn an_unknown_format() {
    assert_snapshot!(usage("run --format xml"), @"
    error: invalid value 'xml' for '--format <FORM>'
      [possible values: text, json, junit, tap, markdown, html]

      tip: a similar value exists: 'html'

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn two_targets() {
    assert_snapshot!(usage("run --backend reference http://127.0.0.1:1/probe"), @"
    error: the argument '--backend <NAME>' cannot be used with '[URL]'

    Usage: sessionspec run --backend <NAME> [URL]

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn a_number_that_is_none() {
    assert_snapshot!(usage("run --timeout 0"), @"
    error: invalid value '0' for '--timeout <SECONDS>': give more than 0 and at most 3600

    For more information, try '--help'.
    exit 2
    ");
    assert_snapshot!(usage("run --cases 0"), @"
    error: invalid value '0' for '--cases <N>': 0 is not in 1..=4294967295

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn an_unknown_backend() {
    // The rest of the line names those that there are.
    for command in ["run", "serve"] {
        let complaint =
            complaint(&sessionspec(&format!("{command} --backend flawed/flawless")).output().unwrap());
        assert!(
            complaint.starts_with("sessionspec: there is no embedded backend `flawed/flawless`; "),
            "{complaint}"
        );
        assert!(complaint.ends_with("exit 2"), "{complaint}");
    }
    let near = usage("run --backend refrence");
    assert!(near.contains("did you mean `reference`?"), "{near}");
}

#[test]
fn an_address_to_serve_at_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let output = sessionspec(&format!("serve --addr {address}")).output().unwrap();
    assert_snapshot!(complaint(&output), @"
    sessionspec: cannot serve at 127.0.0.1:[n]: Address already in use (os error [n])
    exit 2
    ");
}
