//! Tests of what the script of a case says and does.

use super::*;
use crate::expect::Scenario;
use crate::script::ops::{get, hold, set};
use crate::script::{Ending, Spelling};

fn case(scenario: Scenario) -> CaseFile {
    CaseFile {
        version: CaseFile::VERSION,
        check: "minimum/persists".to_owned(),
        reason: "get-differs".to_owned(),
        backend: None,
        scenario,
    }
}

#[test]
fn the_script_says_what_is_sent_and_what_is_expected() {
    let mut scenario = Scenario::new("get-differs").cycle("ann", [set("a", "it's").is_done()]);
    scenario.script = scenario.script.copy_cookies("ann", "../bob");
    let scenario = scenario.cycle("../bob", [get("a").is("it's")]);
    let script = as_curl(&case(scenario), "http://127.0.0.1:8000/probe?a='b'").unwrap();
    let sent = quoted(r#"{"ops":[{"key":"a","op":"set","value":"it's"}]}"#);
    let expected = [
        "# minimum/persists: get-differs",
        &format!("url={}", quoted("http://127.0.0.1:8000/probe?a='b'")),
        r#"touch "$jars"/jar-_2e__2e__2f_bob "$jars"/jar-ann"#,
        &format!("cycle 1 jar-ann {sent}"),
        "# expected of operation 1, set: done",
        r#"cp "$jars"/jar-ann "$jars"/jar-_2e__2e__2f_bob"#,
        r#"# expected of operation 1, get: "it's""#,
    ];
    for line in expected {
        assert!(script.lines().any(|own| own == line), "no line {line} in:\n{script}");
    }
}

#[test]
fn nothing_in_the_script_acts_on_a_terminal() {
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}\u{2028}";
    let scenario =
        Scenario::new(hostile).cycle(hostile, [set(hostile, hostile).is_done(), get("a").is(hostile)]);
    let script = as_curl(&case(scenario), "http://127.0.0.1:8000/probe").unwrap();
    let acts = |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{2028}".contains(*c);
    assert_eq!(script.chars().find(acts), None, "{script:?}");
}

#[cfg(unix)]
#[test]
fn the_shell_can_read_the_script() {
    let scenario = Scenario::new("r").cycle("o'hara\n", [set("a", "'; exit 1 #\n`id`$(id)\\").is_done()]);
    let script = as_curl(&case(scenario), "http://127.0.0.1/'").unwrap();
    assert_readable(&script);
}

/// Checks that the shell can read the script: with `-n` it reads the commands and runs none.
#[cfg(unix)]
fn assert_readable(script: &str) {
    let checked = std::process::Command::new("sh").args(["-n", "-c", script]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

/// The lines of a script after its functions.
fn body(script: &str) -> Vec<&str> {
    let start = script.find("\n# cycle 1:").unwrap();
    script[start..].lines().filter(|line| !line.is_empty()).collect()
}

#[test]
fn requests_that_overlap_wait_at_gates_of_their_own() {
    let scenario = Scenario::new("r")
        .cycle("ann", [hold("it's 1").is_done(), get("a").is_absent(), hold("gate 2").is_done()])
        .cycle("bob", [hold("it's 1").is_done(), hold("it's 1").is_done()])
        .start("ann", [get("a").is_absent()])
        .release("nobody's")
        .release("it's 1")
        .cycle("bob", [hold("it's 1").is_done()]);
    let script = as_curl(&case(scenario), "http://127.0.0.1/").unwrap();
    let expected = r#"
# cycle 1: ann
begin 1 jar-ann '{"ops":[{"op":"hold","url":"'"$gates"'/hold/0"},{"key":"a","op":"get"},{"op":"hold","url":"'"$gates"'/hold/1"}]}' 1 0
cycle_1=$!
arrived 0
# cycle 2: bob
begin 2 jar-bob '{"ops":[{"op":"hold","url":"'"$gates"'/hold/2"},{"op":"hold","url":"'"$gates"'/hold/2"}]}' 2
cycle_2=$!
arrived 2
# cycle 3: ann, which is not waited for
begin 3 jar-ann '{"ops":[{"key":"a","op":"get"}]}'
cycle_3=$!
# gate nobody's opens
# gate it's 1 opens
open 0 2
# cycle 1: ann goes on
arrived 1
# cycle 2: bob goes on
answer 2 jar-bob "$cycle_2"
# expected of operation 1, hold: done
# expected of operation 2, hold: done
# cycle 4: bob
begin 4 jar-bob '{"ops":[{"op":"hold","url":"'"$gates"'/hold/3"}]}' 3
cycle_4=$!
arrived 3
# the script ends: all gates open
open 1 0 3
# cycle 1: ann goes on
answer 1 jar-ann "$cycle_1"
# expected of operation 1, hold: done
# expected of operation 2, get: absent
# expected of operation 3, hold: done
# cycle 3: ann goes on
answer 3 jar-ann "$cycle_3"
# expected of operation 1, get: absent
# cycle 4: bob goes on
answer 4 jar-bob "$cycle_4"
# expected of operation 1, hold: done
verdict
"#;
    let expected: Vec<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
    let told =
        |line: &&str| !line.starts_with(['{', '}']) && !line.starts_with("judge") && *line != "EXPECTED";
    assert_eq!(body(&script).into_iter().filter(told).collect::<Vec<_>>(), expected);
    assert!(script.contains("\nheld=4\n"), "{script}");
    #[cfg(unix)]
    assert_readable(&script);
}

#[test]
fn cookies_are_forged_where_their_real_values_do_not_matter() {
    let forged = |forgery| {
        let scenario = Scenario::new("r").forge("ann", "bob", forgery).cycle("bob", [get("a").is_absent()]);
        as_curl(&case(scenario), "http://127.0.0.1/")
    };
    let script = forged(Forgery::Value(Spelling::Json)).unwrap();
    assert!(script.contains("\nforge jar-ann jar-bob '={\"admin\":true}'\n"), "{script}");
    #[cfg(unix)]
    assert_readable(&script);
    assert!(forged(Forgery::Value(Spelling::NameOnly)).unwrap().contains("\nforge jar-ann jar-bob ''\n"));
    assert!(forged(Forgery::Replayed).unwrap().contains("\nforge jar-ann jar-bob\n"));
    let error = forged(Forgery::Unknown).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this case sends cookies with other letters and digits, and a shell script cannot alter them so: \
         use `sessionspec replay`"
    );
}

#[test]
fn another_node_is_named_by_whoever_runs_the_script() {
    let scenario = Scenario::new("r")
        .cycle("ann", [set("a", 1).is_done()])
        .on_node(1)
        .cycle("ann", [get("a").is(1)])
        .on_node(3);
    let script = as_curl(&case(scenario), "http://127.0.0.1:1/").unwrap();
    for line in [
        "node_1=$url",
        "node_3=${NODE_3:?holds the URL of the probe on node 3, which has the same store}",
        "url=$node_1",
        "url=$node_3",
    ] {
        assert!(script.lines().any(|own| own == line), "no line {line} in:\n{script}");
    }
    assert!(!script.contains("node_2"), "{script}");
    assert_readable(&script);
    let far = Scenario::new("r").cycle("ann", [get("a").is_absent()]).on_node(usize::MAX);
    assert!(as_curl(&case(far), "http://127.0.0.1:1/").is_ok());
}

#[test]
fn a_service_beside_is_named_by_whoever_runs_the_script() {
    let scenario = Scenario::new("r")
        .cycle("ann", [set("a", 1).is_done()])
        .cycle("ann", [get("a").is_absent()])
        .beside()
        .cycle("ann", [get("a").is(1)]);
    let script = as_curl(&case(scenario), "http://127.0.0.1:1/").unwrap();
    let urls: Vec<&str> = script.lines().filter(|line| line.starts_with("url=$")).collect();
    assert_eq!(urls, ["url=$here", "url=$beside", "url=$here"], "{script}");
    assert!(
        script.contains("\nbeside=${BESIDE:?holds the URL of the probe of the service beside"),
        "{script}"
    );
    assert_readable(&script);
}

#[test]
fn a_shell_script_starts_no_service_again() {
    let scenario = Scenario::new("r").cycle("ann", [set("a", 1).is_done()]).restart(Ending::Kill);
    let error = as_curl(&case(scenario), "http://127.0.0.1:1/").unwrap_err();
    assert_eq!(error, CurlError::Restarts);
}
