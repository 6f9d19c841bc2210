//! A case as a shell script that shows the failure with curl, for the people who maintain the backend. It holds the answers
//! against what is expected, with Python. Where requests overlap, it serves the gates itself, with the HTTP server of
//! Python's standard library.

mod prologue;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;

use crate::browser::SetCookie;
use crate::expect::Expectation;
use crate::replay::CaseFile;
use crate::report::visible_json;
use crate::script::{Cycle, Forgery, Operation, Part, Segment, Step, Then};

use prologue::{Needs, prologue};
use words::{jar, one_line, quoted};

/// The reason for which a case cannot be shown with curl.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CurlError {
    /// The case alters cookies whose values are known only when it is played.
    #[error("this case sends cookies {0}, and a shell script cannot alter them so: use `sessionspec replay`")]
    Forges(Forgery),
    /// The case needs the service with another lifetime.
    #[error(
        "this case needs the service with a lifetime of {0} s: use `sessionspec replay` with a --launch that has a {{lifetime}}"
    )]
    NeedsALifetime(String),
    /// The case ends the service and starts it again.
    #[error(
        "this case ends the service and starts it again, which a shell script cannot: use `sessionspec replay` with --launch"
    )]
    Restarts,
    /// The case has nodes to itself.
    #[error(
        "this case has nodes to itself, which a shell script cannot start: use `sessionspec replay` with --launch"
    )]
    NodesOfItsOwn,
    /// The case breaks the store of the service.
    #[error(
        "this case breaks the way to the store, which a shell script cannot: use `sessionspec replay` with --launch and --store"
    )]
    TroublesTheStore,
}

/// Writes the case as a POSIX shell script against the probe at this URL. Each browser is a cookie jar of curl. Under
/// each answer the script prints what was expected of it, and marks what differs. It ends with 1 where something does, and
/// with 3 where something could not be compared. Where something is expected of a response as a whole, its header fields are
/// printed; some rules for these are left to the reader, such as how long a cookie lasts. A request that is held, or not waited for, prints its answers later, when the script waits for
/// them.
///
/// # Errors
///
/// [`CurlError`] where cookies are forged in a way that needs the real ones.
pub fn as_curl(case: &CaseFile, url: &str) -> Result<String, CurlError> {
    script_with(case, url, Needs::of(case))
}

/// Writes the case as [`as_curl`] does, for a service that wants secret header fields. They are not in the script,
/// which takes them from the environment variable `SESSIONSPEC_HEADERS`.
///
/// # Errors
///
/// The errors of [`as_curl`].
pub fn as_curl_with_headers(case: &CaseFile, url: &str) -> Result<String, CurlError> {
    script_with(case, url, Needs { headers: true, ..Needs::of(case) })
}

fn script_with(case: &CaseFile, url: &str, needs: Needs) -> Result<String, CurlError> {
    let script = &case.scenario.script;
    let gates = Gates::of(script.cycles());
    let mut writer = Writer {
        case,
        cycles: script.cycles().collect(),
        text: prologue(case, url, needs, gates.numbers.len()),
        gates,
        forged: needs.forged,
    };
    for part in script.schedule() {
        match part {
            Part::Segment(segment) => writer.segment(&segment),
            Part::Step(step) => writer.step(step)?,
            Part::End => writer.end(),
        }
    }
    writer.line("\nverdict");
    Ok(writer.text)
}

/// The gates of all cycles. Each cycle has a gate of its own for each name, so that a gate which was opened to earlier
/// cycles is closed to later ones.
struct Gates<'a> {
    /// The number under which the script serves the gate of this cycle and name.
    numbers: BTreeMap<(usize, &'a str), usize>,
    /// The gates at which cycles wait now.
    waiting: BTreeMap<usize, &'a str>,
}

impl<'a> Gates<'a> {
    fn of(cycles: impl Iterator<Item = &'a Cycle>) -> Self {
        let mut numbers = BTreeMap::new();
        for (cycle, Cycle { ops, .. }) in cycles.enumerate() {
            for op in ops {
                if let Operation::Hold { gate } = op {
                    let next = numbers.len();
                    numbers.entry((cycle, gate.as_str())).or_insert(next);
                }
            }
        }
        Self { numbers, waiting: BTreeMap::new() }
    }

    fn of_cycle(&self, cycle: usize) -> impl Iterator<Item = usize> {
        self.numbers.iter().filter(move |((own, _), _)| *own == cycle).map(|(_, number)| *number)
    }
}

struct Writer<'a> {
    case: &'a CaseFile,
    cycles: Vec<&'a Cycle>,
    text: String,
    gates: Gates<'a>,
    forged: bool,
}

impl<'a> Writer<'a> {
    fn segment(&mut self, segment: &Segment<'a>) {
        let Segment { cycle: number, begins, then, .. } = *segment;
        let cycle = self.cycles[number];
        let browser = one_line(&cycle.browser);
        let does = match then {
            _ if !begins => " goes on",
            Then::NotWaitedFor => ", which is not waited for",
            Then::Answered | Then::Held(_) => "",
        };
        // curl opens a connection for each request, and closes it afterwards.
        let over = cycle.connection.filter(|_| begins).map_or_else(String::new, |over| format!(", {over}"));
        self.line(&format!("\n# cycle {}: {browser}{does}{over}", number + 1));
        match (cycle.node, begins) {
            (_, true) if self.case.scenario.script.goes_beside() => {
                self.line(if cycle.beside { "url=$beside" } else { "url=$here" });
            }
            (Some(node), true) => self.line(&format!("url=$node_{node}")),
            _ => {}
        }
        let (jar, body) = (jar(&cycle.browser), self.body(number));
        // A request that asks for an exception may end without an answer.
        let end = if cycle.ops.contains(&Operation::Raise) { " || :" } else { "" };
        match then {
            Then::Answered if begins => {
                self.line(&format!("cycle {} {jar} {body}{end}", number + 1));
            }
            Then::Answered => self.line(&format!("answer {0} {jar} \"$cycle_{0}\"{end}", number + 1)),
            Then::Held(_) | Then::NotWaitedFor if begins => {
                let gates: String = self.gates.of_cycle(number).map(|gate| format!(" {gate}")).collect();
                self.line(&format!("begin {0} {jar} {body}{gates}\ncycle_{0}=$!", number + 1));
            }
            Then::Held(_) | Then::NotWaitedFor => {}
        }
        if let Then::Held(gate) = then {
            self.line(&format!("arrived {}", self.gates.numbers[&(number, gate)]));
        }
        self.waits(segment, cycle);
        if then == Then::Answered {
            self.expectations(number);
        }
    }

    /// Notes the gate at which the cycle waits now, or to which it comes next.
    fn waits(&mut self, segment: &Segment<'a>, cycle: &'a Cycle) {
        let gate = match segment.then {
            Then::Held(gate) => Some(gate),
            Then::NotWaitedFor => cycle.ops.iter().find_map(|op| match op {
                Operation::Hold { gate } => Some(gate.as_str()),
                _ => None,
            }),
            Then::Answered => None,
        };
        match gate {
            Some(gate) => self.gates.waiting.insert(segment.cycle, gate),
            None => self.gates.waiting.remove(&segment.cycle),
        };
    }

    /// Writes a step that is no cycle.
    fn step(&mut self, step: &Step) -> Result<(), CurlError> {
        match step {
            Step::Release(gate) => {
                let waiting = self.gates.waiting.iter().filter(|(_, own)| *own == gate);
                let numbers = waiting.map(|(cycle, own)| self.gates.numbers[&(*cycle, *own)]).collect();
                self.open(&format!("gate {} opens", one_line(gate)), numbers);
            }
            Step::CopyCookies { from, to } => {
                self.line(&format!("\n# {} gets a copy of the cookies of {}", one_line(to), one_line(from)));
                let (from, to) = (jar(from), jar(to));
                self.line(&format!("cp \"$jars\"/{from} \"$jars\"/{to}"));
                if self.forged {
                    self.line(&format!("cp \"$jars\"/{from}.forged \"$jars\"/{to}.forged"));
                }
            }
            Step::Forge { from, to, forgery, .. } => {
                let value = match (forgery, forgery.fixed()) {
                    (Forgery::Replayed, _) => String::new(),
                    (_, Some(value)) => format!(" {}", quoted(&value)),
                    (_, None) => return Err(CurlError::Forges(forgery.clone())),
                };
                let (of, by) = (one_line(from), one_line(to));
                self.line(&format!("\n# {by} gets the cookies of {of} {forgery}"));
                self.line(&format!("forge {} {}{value}", jar(from), jar(to)));
            }
            Step::Wait { seconds } => self.line(&format!("\nsleep {seconds}")),
            Step::Launch { lifetime } => return Err(CurlError::NeedsALifetime(lifetime.to_string())),
            Step::Restart { .. } => return Err(CurlError::Restarts),
            Step::Apart { .. } | Step::Pause { .. } | Step::Wake { .. } => {
                return Err(CurlError::NodesOfItsOwn);
            }
            Step::Break { .. } | Step::Mend {} | Step::Flush {} => return Err(CurlError::TroublesTheStore),
            Step::Cycle(_) | Step::Start(_) => {}
        }
        Ok(())
    }

    fn end(&mut self) {
        let waiting = self.gates.waiting.keys();
        let numbers = waiting.flat_map(|cycle| self.gates.of_cycle(*cycle)).collect();
        self.open("the script ends: all gates open", numbers);
    }

    fn open(&mut self, why: &str, gates: Vec<usize>) {
        self.line(&format!("\n# {why}"));
        if !gates.is_empty() {
            let gates: Vec<String> = gates.iter().map(usize::to_string).collect();
            self.line(&format!("open {}", gates.join(" ")));
        }
    }

    /// The body of a request, as one word of the shell. It has variables in it, since the URLs of the gates are known
    /// only when the script runs.
    fn body(&self, number: usize) -> String {
        let mut word = String::new();
        let mut text = "{\"ops\":[".to_owned();
        let ops = &self.cycles[number].ops;
        for (index, op) in ops.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            let Operation::Hold { gate } = op else {
                text.push_str(&visible_json(&ops.to_json(index).to_string()));
                continue;
            };
            text.push_str("{\"op\":\"hold\",\"url\":\"");
            word.push_str(&quoted(&std::mem::take(&mut text)));
            word.push_str("\"$gates\"");
            let _ = write!(text, "/hold/{}\"}}", self.gates.numbers[&(number, gate.as_str())]);
        }
        text.push_str("]}");
        word + &quoted(&text)
    }

    /// What is expected of a cycle, for the reader and for the script.
    fn expectations(&mut self, number: usize) {
        let case = self.case;
        let cycle = self.cycles[number];
        let responds = cycle.ops.iter().enumerate().filter_map(|(op, operation)| match operation {
            Operation::Respond { status } => Some(json!([op, status])),
            _ => None,
        });
        let may_fail = cycle.ops.contains(&Operation::Raise) || case.scenario.refusable.contains(&number);
        let own_cookies = cycle.ops.iter().filter_map(cookie_of_application);
        let mut about = json!({
            "may_fail": may_fail,
            "respond": responds.collect::<Vec<_>>(),
            "own_cookies": own_cookies.collect::<Vec<_>>(),
        });
        if let Some(status) = cycle.ops.status_without_body() {
            about["without_body"] = json!(status);
        }
        let mut told = vec![about];
        let of_cycle = case.scenario.expectations.iter().filter(|expectation| expectation.cycle == number);
        for Expectation { op, expected, only_if, .. } in of_cycle {
            let words = one_line(&expected.to_string());
            let name = op.map(|op| cycle.ops.get(op).map_or("no such operation", Operation::name));
            match (op, name) {
                (Some(op), Some(name)) => {
                    self.line(&format!("# expected of operation {}, {name}: {words}", op + 1));
                }
                _ => self.line(&format!("# expected of the response: {words}")),
            }
            told.push(
                json!({ "op": op, "name": name, "words": words, "expected": expected, "only_if": only_if }),
            );
        }
        self.line(&format!("judge {} {} <<'EXPECTED'", number + 1, jar(&cycle.browser)));
        for object in told {
            self.line(&visible_json(&object.to_string()));
        }
        self.line("EXPECTED");
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The name of a cookie that the script sets in the name of the application.
fn cookie_of_application(op: &Operation) -> Option<String> {
    match op {
        Operation::Header { name, value } if name.eq_ignore_ascii_case("Set-Cookie") => {
            let cookie = SetCookie::parse(value.as_bytes()).ok()?;
            Some(String::from_utf8_lossy(&cookie.name).into_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
