//! A case as a shell script that shows the failure with curl alone, for whoever maintains the backend.

use std::fmt::Write;

use serde_json::json;

use crate::case::CaseFile;
use crate::scenario::Expectation;
use crate::script::{Cycle, Operation, Step};

/// Why a case cannot be shown with curl alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CurlError {
    /// It holds a cycle at a gate, and the gate is served by the harness.
    #[error("this case holds a cycle at the gate `{0}`, which curl cannot open: use `sessionspec replay`")]
    NeedsTheGate(String),
    /// It has a request that is not waited for.
    #[error(
        "this case does not wait for a request of `{0}`, and a shell script does: use `sessionspec replay`"
    )]
    Overlaps(String),
    /// It needs the service with another lifetime.
    #[error(
        "this case needs the service with a lifetime of {0} s: use `sessionspec replay` with a --launch that has a {{lifetime}}"
    )]
    NeedsALifetime(String),
    /// It forges cookies.
    #[error("this case forges cookies, which curl cannot: use `sessionspec replay`")]
    Forges,
}

/// The case as a POSIX shell script against the probe at this URL. Each browser is a cookie jar of curl's; what is
/// expected stands under each request, for the reader to compare with what curl prints: the header fields, too, where
/// something is expected of them.
///
/// # Errors
///
/// [`CurlError`] where a cycle is held or not waited for, or where cookies are forged.
pub fn as_curl(case: &CaseFile, url: &str) -> Result<String, CurlError> {
    let mut script = prologue(case, url);
    let mut cycles = 0;
    for step in &case.scenario.script.steps {
        match step {
            Step::Start(cycle) => return Err(CurlError::Overlaps(cycle.browser.clone())),
            Step::Cycle(cycle) => {
                script.push_str(&request(case, cycle, cycles)?);
                cycles += 1;
            }
            Step::CopyCookies { from, to } => {
                let _ = writeln!(
                    script,
                    "\n# {to} gets a copy of the cookies of {from}\ncp \"$jars\"/{} \"$jars\"/{}",
                    quoted(&jar(from)),
                    quoted(&jar(to)),
                    from = one_line(from),
                    to = one_line(to),
                );
            }
            Step::Wait { seconds } => {
                let _ = writeln!(script, "\nsleep {seconds}");
            }
            Step::Launch { lifetime } => return Err(CurlError::NeedsALifetime(lifetime.to_string())),
            Step::Forge { .. } => return Err(CurlError::Forges),
            Step::Release(gate) => return Err(CurlError::NeedsTheGate(gate.clone())),
        }
    }
    Ok(script)
}

fn prologue(case: &CaseFile, url: &str) -> String {
    let mut browsers: Vec<String> = case.scenario.script.steps.iter().flat_map(browsers_of).collect();
    browsers.sort();
    browsers.dedup();
    let jars: Vec<String> =
        browsers.iter().map(|browser| format!("\"$jars\"/{}", quoted(&jar(browser)))).collect();
    format!(
        "#!/bin/sh\n\
         # {check}: {reason}\n\
         # Compare what each request prints with the lines under it.\n\
         set -eu\n\
         url={url}\n\
         jars=$(mktemp -d)\n\
         trap 'rm -rf \"$jars\"' EXIT\n\
         {make_jars}\
         \n\
         # cycle BROWSER BODY: one request, with the cookies of that browser\n\
         cycle() {{\n    \
             curl --silent --show-error {include}--cookie \"$jars/$1\" --cookie-jar \"$jars/$1\" \\\n        \
                 --header 'Content-Type: application/json' --data-raw \"$2\" \"$url\"\n    \
             echo\n\
         }}\n",
        include = if judges_responses(case) { "--include " } else { "" },
        check = one_line(&case.check),
        reason = one_line(&case.reason),
        url = quoted(url),
        make_jars = if jars.is_empty() { String::new() } else { format!("touch {}\n", jars.join(" ")) },
    )
}

fn request(case: &CaseFile, cycle: &Cycle, index: usize) -> Result<String, CurlError> {
    let held = cycle.ops.iter().find_map(|op| match op {
        Operation::Hold { gate } => Some(gate),
        _ => None,
    });
    if let Some(gate) = held {
        return Err(CurlError::NeedsTheGate(gate.clone()));
    }
    let ops: Vec<_> = cycle.ops.iter().map(Operation::to_json).collect();
    let body = json!({"ops": ops}).to_string();
    let mut request = format!(
        "\n# cycle {}: {}\ncycle {} {}\n",
        index + 1,
        one_line(&cycle.browser),
        quoted(&jar(&cycle.browser)),
        quoted(&body)
    );
    for Expectation { op, expected, .. } in of_cycle(case, index) {
        let expected = one_line(&expected.to_string());
        let _ = match op {
            Some(op) => {
                let name = cycle.ops.get(*op).map_or("no such operation", Operation::name);
                writeln!(request, "# expected of operation {}, {name}: {expected}", op + 1)
            }
            None => writeln!(request, "# expected of the response: {expected}"),
        };
    }
    Ok(request)
}

fn judges_responses(case: &CaseFile) -> bool {
    case.scenario.expectations.iter().any(|expectation| expectation.op.is_none())
}

fn of_cycle(case: &CaseFile, index: usize) -> impl Iterator<Item = &Expectation> {
    case.scenario.expectations.iter().filter(move |expectation| expectation.cycle == index)
}

fn browsers_of(step: &Step) -> Vec<String> {
    match step {
        Step::Cycle(cycle) | Step::Start(cycle) => vec![cycle.browser.clone()],
        Step::CopyCookies { from, to } => vec![from.clone(), to.clone()],
        Step::Forge { from, to, .. } => vec![from.clone(), to.clone()],
        Step::Release(_) | Step::Wait { .. } | Step::Launch { .. } => Vec::new(),
    }
}

/// The name of a browser's jar. A case file is somebody else's text: no name leads out of the directory of jars.
fn jar(browser: &str) -> String {
    let spelled = |char: char| {
        if char.is_ascii_alphanumeric() { char.to_string() } else { format!("_{:x}_", u32::from(char)) }
    };
    format!("jar-{}", browser.chars().map(spelled).collect::<String>())
}

/// A word of the shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A comment must not end before its line does.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::script::ops::{get, hold, set};

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
    fn a_case_with_a_gate_is_refused() {
        let case = case(Scenario::new("r").cycle("ann", [hold("g").unjudged()]));
        assert_eq!(as_curl(&case, "http://127.0.0.1/"), Err(CurlError::NeedsTheGate("g".to_owned())));
    }

    #[test]
    fn the_script_says_what_is_sent_and_what_is_expected() {
        let mut scenario = Scenario::new("get-differs").cycle("ann", [set("a", "it's").is_done()]);
        scenario.script = scenario.script.copy_cookies("ann", "../bob");
        let scenario = scenario.cycle("../bob", [get("a").is("it's")]);
        let script = as_curl(&case(scenario), "http://127.0.0.1:8000/probe?a='b'").unwrap();
        let expected = [
            "# minimum/persists: get-differs",
            r"url='http://127.0.0.1:8000/probe?a='\''b'\'''",
            r#"touch "$jars"/'jar-_2e__2e__2f_bob' "$jars"/'jar-ann'"#,
            r#"cycle 'jar-ann' '{"ops":[{"key":"a","op":"set","value":"it'\''s"}]}'"#,
            "# expected of operation 1, set: done",
            r#"cp "$jars"/'jar-ann' "$jars"/'jar-_2e__2e__2f_bob'"#,
            r#"# expected of operation 1, get: "it's""#,
        ];
        for line in expected {
            assert!(script.lines().any(|own| own == line), "no line {line} in:\n{script}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_shell_can_read_the_script() {
        let scenario = Scenario::new("r").cycle("o'hara\n", [set("a", "'; exit 1 #\n`id`$(id)\\").is_done()]);
        let script = as_curl(&case(scenario), "http://127.0.0.1/'").unwrap();
        // `-n` reads the commands and runs none.
        let checked = std::process::Command::new("sh").args(["-n", "-c", &script]).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}
