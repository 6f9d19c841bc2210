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
    explain_an_umbrella = "explain minimum/persists",
    run = "run --backend reference",
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
fn an_unknown_check_to_explain() {
    assert_snapshot!(usage("explain minimum/persist"), @"
    sessionspec: there is no check `minimum/persist`; `sessionspec list` names them all
    exit 2
    ");
}

#[test]
fn an_unknown_check_or_suite_to_run() {
    assert_snapshot!(usage("run --check minimum/persist"), @"
    sessionspec: no check matches `minimum/persist`; `sessionspec list` names them all
    exit 2
    ");
    assert_snapshot!(usage("run --suite minimal"), @"
    sessionspec: no check matches `minimal/*`; `sessionspec list` names them all
    exit 2
    ");
    assert_snapshot!(usage("run --check minimum/["), @"
    sessionspec: `minimum/[`: Pattern syntax error near position 8: invalid range pattern
    exit 2
    ");
}

#[test]
fn an_unknown_level() {
    assert_snapshot!(usage("run --level maximum"), @"
    error: invalid value 'maximum' for '--level <LEVEL>': there is no level `maximum`; choose minimum, recommended or hardened

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
