//! `checks/names.rs` lists the checks that `conformance!` makes tests of. Macros cannot read the catalogue, so the list
//! stands there as text: this test says which line is missing, and writes it where snapshots are written
//! (`INSTA_UPDATE=always`, which `.ci/bless` sets).

use std::fmt::Write;

use sessionspec::engine::checks::{Check, catalogue, names};

const FILE: &str = "src/checks/names.rs";
/// Between these two, the list is as the catalogue has it.
const BEFORE: &str = "            $($given)*\n";
const AFTER: &str = "        }\n    };\n}\n";

/// The glue is no backend, some checks are run only where they are named, and one shows nothing by itself: `conformance!` makes
/// no tests of them.
fn expected() -> String {
    let mut list = String::new();
    let mut suite = "";
    let checks = catalogue();
    let is_test = |check: &&Check| check.suite() != "glue" && !check.is_on_demand() && !check.is_of_a_run();
    for check in checks.iter().filter(is_test) {
        if check.suite() != suite {
            let end = if suite.is_empty() { "" } else { "            }\n" };
            suite = check.suite();
            let _ = writeln!(list, "{end}            {suite} {{");
        }
        let name = names::name(check.id);
        let (_, name) = name.split_once("::").expect("a name has a suite");
        let _ = writeln!(list, "                {} {name}", check.level);
    }
    list + "            }\n"
}

/// The first line in which the list differs, and what has to be done about it.
fn advice(listed: &str, expected: &str) -> String {
    let mut above = "the beginning";
    for (here, there) in expected.lines().zip(listed.lines().chain(std::iter::repeat(""))) {
        if here != there {
            let verb = if listed.lines().any(|line| line == here) { "move" } else { "add" };
            return format!("{verb} the line `{}` below `{above}`", here.trim());
        }
        above = here.trim();
    }
    "remove the lines that no check has".to_owned()
}

#[test]
fn the_names_are_those_of_the_catalogue() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = std::fs::read_to_string(&path).expect("the list is there");
    let (before, rest) = text.split_once(BEFORE).expect("the list begins with what the macro was given");
    let (listed, after) = rest.split_once(AFTER).expect("the list ends with the macro");
    let expected = expected();
    if listed == expected {
        return;
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let written = format!("{before}{BEFORE}{expected}{AFTER}{after}");
        std::fs::write(&path, written).expect("the list can be written");
    } else {
        panic!("suites/{FILE}: {}; `.ci/bless` writes it", advice(listed, &expected));
    }
}

#[test]
fn advice_names_the_line_and_its_place() {
    let list =
        "            minimum {\n                minimum one\n                minimum two\n            }\n";
    let without = list.replace("                minimum two\n", "");
    assert_eq!(advice(&without, list), "add the line `minimum two` below `minimum one`");
    let swapped = list.replace("one", "-").replace("two", "one").replace('-', "two");
    assert_eq!(advice(&swapped, list), "move the line `minimum one` below `minimum {`");
    assert_eq!(advice(list, &without.replace("            }\n", "")), "remove the lines that no check has");
}
