//! Services that answer with JSON that is none, or that says what no probe says.

use crate::service::Answer;
use crate::table::{CONFORMS, NOT_VERIFIED, Row, hold, row, sends};

/// A service with this description.
fn describes(does: &'static str, json: impl Into<Vec<u8>>, says: &'static [&'static str]) -> Row {
    let json = json.into();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", json.len());
    sends(does, [head.into_bytes(), json].concat(), says)
}

/// A service that describes itself well, and answers each cycle with this.
fn answers(does: &'static str, json: impl Into<String>, says: &'static [&'static str]) -> Row {
    let json = json.into();
    let behaviour = move |request: &crate::service::Request| match request.ops {
        Some(_) => Answer::json(&json),
        None => Answer::Good,
    };
    row(does, behaviour, "", NOT_VERIFIED, says)
}

#[test]
fn a_description_that_cannot_be_is_refused() {
    let utf16: Vec<u8> = "{\"protocol\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    hold(vec![
        describes("nests a hundred thousand lists", "[".repeat(100_000), &["its answer is no JSON"]),
        describes(
            "begins with a mark of its byte order",
            "\u{feff}{\"protocol\": 1}",
            &["its answer is no JSON"],
        ),
        describes("writes in UTF-16", utf16, &["its answer is no JSON"]),
        describes(
            "writes bytes that are no text",
            b"{\"protocol\": \"\xff\xfe\"}".to_vec(),
            &["its answer is no JSON"],
        ),
        describes("writes what is no number", "{\"protocol\": NaN}", &["its answer is no JSON"]),
        describes("writes a number without end", "{\"protocol\": 1e999}", &["nothing could be judged"]),
        describes("describes nothing", "{}", &["without `protocol`"]),
        describes("describes a list", "[1]", &["without `protocol`"]),
        describes("describes null", "null", &["without `protocol`"]),
        describes("speaks another protocol", "{\"protocol\": 2}", &["it speaks protocol 2"]),
        describes("names its protocol", "{\"protocol\": \"1\"}", &["it speaks protocol \"1\""]),
        describes(
            "lives for less than nothing",
            "{\"protocol\": 1, \"lifetime_seconds\": -1}",
            &["`lifetime_seconds` is -1"],
        ),
        describes(
            "lives for a word",
            "{\"protocol\": 1, \"lifetime_seconds\": \"long\"}",
            &["`lifetime_seconds` is \"long\""],
        ),
        describes(
            "claims what there is not",
            "{\"protocol\": 1, \"declares\": {\"store\": \"cloud\"}}",
            &["its description is malformed", "cloud"],
        ),
        describes(
            "stands in for a number",
            "{\"protocol\": 1, \"derived\": [7]}",
            &["its description is malformed"],
        ),
    ]);
}

#[test]
fn answers_that_no_probe_gives_are_quoted() {
    hold(vec![
        answers("answers with a list", "[]", &["its answer has no list `results`"]),
        answers("has results that are no list", r#"{"results": {}}"#, &["its answer has no list `results`"]),
        answers("echoes the request", r#"{"ops": []}"#, &["its answer has no list `results`"]),
        answers("answers what nobody asked", r#"{"results": [{"ok": 1}]}"#, &["1 results for 0 operations"]),
        answers(
            "answers with escape sequences",
            "{\"results\": \"\\u001b]0;x\\u0007\\u202e\"}",
            &["its answer has no list `results`"],
        ),
        answers(
            "nests its results",
            format!("{{\"results\": {}{}}}", "[".repeat(5000), "]".repeat(5000)),
            &["its answer is no JSON"],
        ),
        row(
            "answers with half a result",
            |request| match &request.ops {
                Some(ops) if !ops.is_empty() => Answer::json(r#"{"results": [{"ok": 1, "absent": true}]}"#),
                _ => Answer::Good,
            },
            "",
            NOT_VERIFIED,
            &["this is no result of an operation"],
        ),
        row(
            "answers that it is not absent",
            |request| match &request.ops {
                Some(ops) if !ops.is_empty() => Answer::json(r#"{"results": [{"absent": false}]}"#),
                _ => Answer::Good,
            },
            "",
            NOT_VERIFIED,
            &["this is no result of an operation"],
        ),
    ]);
}

#[test]
fn a_name_that_would_act_on_a_terminal_acts_on_nothing() {
    let named = |name: &'static str| {
        move |request: &crate::service::Request| match request.ops {
            Some(_) => Answer::Good,
            None => Answer::json(&format!("{{\"protocol\": 1, \"name\": {name}, \"version\": {name}}}")),
        }
    };
    let long = Box::leak(format!("\"{}\"", "long ".repeat(100_000)).into_boxed_str());
    hold(vec![
        row(
            "has a name of escape sequences",
            named("\"\\u001b[2J\\u001b]0;owned\\u0007\\r\\n\\u009b31m\\u202e\\u2066\""),
            "--check minimum/opens-empty",
            CONFORMS,
            &["1 pass"],
        ),
        row(
            "has a name of half a megabyte",
            named(long),
            "--check minimum/opens-empty",
            CONFORMS,
            &["1 pass"],
        ),
        row("has an empty name", named("\"\""), "--check minimum/opens-empty", CONFORMS, &["1 pass"]),
    ]);
}
