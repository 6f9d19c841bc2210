//! The beginning of a script: the jars, the gates where there are any, and the functions that the rest of the script
//! calls.

use std::collections::BTreeSet;

use super::words::{jar, one_line, quoted};
use crate::checks::Test;
use crate::replay::{CaseFile, check_of};
use crate::script::{Operation, Step};

/// The part of a script that serves the gates and opens them.
const GATES: &str = include_str!("gates.sh");

/// The part of a script that holds answers against what is expected of them.
const JUDGE: &str = include_str!("judge.sh");

/// The parts that a script needs beside the call of curl.
#[derive(Clone, Copy)]
pub(super) struct Needs {
    /// Whether requests overlap.
    pub(super) gates: bool,
    /// Whether cookies are forged.
    pub(super) forged: bool,
    /// Whether something is expected of the header fields of responses.
    pub(super) fields: bool,
    /// Whether the service wants header fields that do not stand in the script.
    pub(super) headers: bool,
    /// Whether what is expected holds for one kind of backends alone.
    pub(super) same_kind: bool,
}

impl Needs {
    pub(super) fn of(case: &CaseFile) -> Self {
        let script = &case.scenario.script;
        let is_hold = |op: &Operation| matches!(op, Operation::Hold { .. });
        let overlaps = |step: &Step| match step {
            Step::Start(_) => true,
            Step::Cycle(cycle) => cycle.ops.iter().any(is_hold),
            _ => false,
        };
        Self {
            gates: script.steps.iter().any(overlaps),
            forged: script.steps.iter().any(|step| matches!(step, Step::Forge { .. })),
            fields: case.scenario.expectations.iter().any(|expectation| expectation.op.is_none()),
            headers: false,
            same_kind: check_of(case).is_some_and(|check| matches!(check.test, Test::Property(_))),
        }
    }
}

/// Writes the beginning of a script, with gates for so many holds.
pub(super) fn prologue(case: &CaseFile, url: &str, needs: Needs, holds: usize) -> String {
    let mut text = format!(
        "#!/bin/sh\n\
         # {check}: {reason}\n\
         # It ends with 1 where the behaviour is there, with 0 where it is not, and with 3 where nobody can say.\n\
         {cookies}set -eu\n\
         url={url}\n\
         {nodes}\
         jars=$(mktemp -d)\n\
         trap 'rm -rf \"$jars\"' EXIT\n\
         {jars}",
        check = one_line(&case.check),
        reason = one_line(&case.reason),
        cookies = if needs.fields { COOKIES } else { "" },
        url = quoted(url),
        nodes = other_nodes(case) + service_beside(case),
        jars = make_jars(case, needs),
    );
    if needs.headers {
        text.push_str(HEADERS);
    }
    if needs.gates {
        text.push_str(&format!("held={holds}\n\n{GATES}"));
    }
    // What a backend has to answer to generated scripts depends on what it can do.
    let kind = if needs.same_kind {
        "if it is such a backend as the one on which this was found: sessionspec replay looks at that first"
    } else {
        ""
    };
    text.push_str(&format!("kind={}\n{JUDGE}", quoted(kind)));
    text.push_str(&cycle(needs));
    if needs.gates {
        text.push_str(&begin(needs));
    }
    if needs.forged {
        text.push_str(FORGE);
    }
    text
}

/// The probes of further nodes, which whoever runs the script names.
fn other_nodes(case: &CaseFile) -> String {
    let script = &case.scenario.script;
    let nodes: BTreeSet<usize> = script.cycles().filter_map(|cycle| cycle.node).collect();
    if nodes.is_empty() {
        return String::new();
    }
    let named = nodes.into_iter().filter(|node| *node != 1).map(|node| {
        format!("node_{node}=${{NODE_{node}:?holds the URL of the probe on node {node}, which has the same store}}\n")
    });
    format!("node_1=$url\n{}", named.collect::<String>())
}

/// The probe of the service beside, which whoever runs the script names.
fn service_beside(case: &CaseFile) -> &'static str {
    match case.scenario.script.goes_beside() {
        true => {
            "here=$url\nbeside=${BESIDE:?holds the URL of the probe of the service beside, which has sessions of its own}\n"
        }
        false => "",
    }
}

fn make_jars(case: &CaseFile, needs: Needs) -> String {
    let mut browsers: Vec<&str> = case.scenario.script.steps.iter().flat_map(browsers_of).collect();
    browsers.sort_unstable();
    browsers.dedup();
    let mut files = Vec::new();
    for browser in browsers {
        files.push(format!("\"$jars\"/{}", jar(browser)));
        if needs.forged {
            files.push(format!("\"$jars\"/{}.forged", jar(browser)));
        }
    }
    if files.is_empty() { String::new() } else { format!("touch {}\n", files.join(" ")) }
}

fn browsers_of(step: &Step) -> Vec<&str> {
    match step {
        Step::Cycle(cycle) | Step::Start(cycle) => vec![&cycle.browser],
        Step::CopyCookies { from, to } | Step::Forge { from, to, .. } => vec![from, to],
        Step::Release(_)
        | Step::Wait { .. }
        | Step::Launch { .. }
        | Step::Restart { .. }
        | Step::Apart { .. }
        | Step::Pause { .. }
        | Step::Wake { .. }
        | Step::Break { .. }
        | Step::Mend {}
        | Step::Flush {} => Vec::new(),
    }
}

/// The line about a variable that a script knows which judges cookies.
const COOKIES: &str = "# SESSION_COOKIES may name the cookies of the session, with spaces between them: then no others are judged.\n";

/// The part that takes secret header fields. It writes them to a file that nobody else can read, since other users of
/// the machine can see the arguments of a command.
const HEADERS: &str = "# SESSIONSPEC_HEADERS holds what the service wants with every request, as in 'Authorization: Bearer TOKEN'\n\
                       printf '%s\\n' \"${SESSIONSPEC_HEADERS?holds header fields, one a line}\" >\"$jars/headers\"\n";

/// The function for a request that the script waits for.
fn cycle(needs: Needs) -> String {
    let show_fields = if needs.fields { "    cat \"$jars/$1.head\"\n" } else { "" };
    let (send_forged, forget_forged) = if needs.forged {
        (" --header \"@$jars/$2.forged\"", "    forget_forged \"$2\" \"$jars/$1.head\"\n")
    } else {
        ("", "")
    };
    let headers = if needs.headers { " --header \"@$jars/headers\"" } else { "" };
    format!(
        r#"
# show NUMBER: what has come
show() {{
{show_fields}    cat "$jars/$1.body"
    echo
}}

# no_answer STATUS: nobody can say what the service would have done
no_answer() {{
    echo "no answer came from $url: curl ended with $1" >&2
    exit 3
}}

# cycle NUMBER BROWSER BODY: one request, with the cookies of that browser
cycle() {{
    : >"$jars/$1.body"
    curl --silent --show-error --cookie "$jars/$2" --cookie-jar "$jars/$2"{headers}{send_forged} \
        --dump-header "$jars/$1.head" --output "$jars/$1.body" \
        --header 'Content-Type: application/json' --data-raw "$3" "$url" || no_answer "$?"
    show "$1"
{forget_forged}}}
"#
    )
}

/// The functions for requests that go on while the script does.
fn begin(needs: Needs) -> String {
    let (copy_forged, send_forged, forget_forged) = if needs.forged {
        (
            "    cp \"$jars/$browser.forged\" \"$jars/$number.forged\"\n",
            " --header \"@$jars/$number.forged\"",
            "    forget_forged \"$2\" \"$jars/$1.head\"\n",
        )
    } else {
        ("", "", "")
    };
    let headers = if needs.headers { " --header \"@$jars/headers\"" } else { "" };
    format!(
        r#"
# begin NUMBER BROWSER BODY GATE...: a request that goes on while the script does, up to its first gate
begin() {{
    number=$1 browser=$2 body=$3
    shift 3
    cp "$jars/$browser" "$jars/$number.sent"
{copy_forged}    {{
        status=0
        curl --silent --show-error --cookie "$jars/$number.sent"{headers}{send_forged} \
            --dump-header "$jars/$number.head" --output "$jars/$number.body" \
            --header 'Content-Type: application/json' --data-raw "$body" "$url" || status=$?
        # It comes to no gate any more, so that nothing must go on waiting for that.
        open "$@" 2>/dev/null || :
        exit "$status"
    }} &
}}

# answer NUMBER BROWSER PROCESS: waits for the answer to such a request, and shows it
answer() {{
    wait "$3" || no_answer "$?"
    show "$1"
    curl --silent --show-error --noproxy '*' --connect-to "::${{gates#http://}}" --output /dev/null \
        --cookie "$jars/$2" --cookie-jar "$jars/$2" --data-binary "@$jars/$1.head" "$url"
{forget_forged}}}
"#
    )
}

const FORGE: &str = r#"
# forge FROM TO [VALUE]: TO sends the cookies of FROM with this instead of their values, until it gets others. Without a
# VALUE it sends them as they are: whoever keeps a cookie for good does not mind when it ends.
forge() {
    awk -F '\t' -v forged="$#" -v value="${3-}" '
        NF == 7 { cookies = cookies separator $6 (forged == 3 ? value : "=" $7); separator = "; " }
        END { if (cookies) print "Cookie: " cookies }' "$jars/$1" >"$jars/$2.new"
    mv "$jars/$2.new" "$jars/$2.forged"
    : >"$jars/$2"
}

# forget_forged BROWSER HEAD: whoever gets cookies sends those
forget_forged() {
    ! grep -qi '^set-cookie:' "$2" || : >"$jars/$1.forged"
}
"#;
