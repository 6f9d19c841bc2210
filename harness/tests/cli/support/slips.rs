//! Probes that are good but for one slip, of the kind that makes a check blame the backend later on.

use super::service::{Answer, Request, Service};

/// What is wrong with a probe.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slip {
    /// Nothing.
    None,
    /// A guard against cross-site requests stands in front of it.
    BehindAGuard,
    /// Its `GET` opens the session.
    GetUsesTheSession,
    /// A cycle without operations looks at the session.
    EmptyCycleLooks,
    /// What `setdefault` gives is the session's own value, which changes later.
    SetdefaultGivesAReference,
    /// It obeys a status whose answer has no body, and does not declare that.
    RespondsWithoutABody,
    /// It declares such a status, and answers with another one.
    AnswersWithABody,
    /// It declares such a status, and sends a body after it.
    SendsABodyAllTheSame,
    /// `destroy` is `clear`.
    DestroyOnlyClears,
    /// It names a lifetime of permanent sessions, and has none.
    LifetimeWithoutPermanent,
    /// A lifetime of 0 s is one that ends with the browser.
    ZeroEndsWithTheBrowser,
    /// It writes the head and the body of an answer apart.
    WritesTwice,
    /// Its framework ends the connection after an exception, which is no slip.
    DropsWhatRaises,
    /// Its framework shows a page with the status 200 after an exception.
    ShowsWhatRaises,
    /// Its store was not told of lists, and fails.
    FailsOnLists,
}

/// The page that Django answers to a request without a token, as far as it matters.
const DJANGO: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
  <meta http-equiv="content-type" content="text/html; charset=utf-8">
  <meta name="robots" content="NONE,NOARCHIVE">
  <title>403 Forbidden</title>
  <style type="text/css">
    html * { padding:0; margin:0; }
    body * { padding:10px 20px; }
  </style>
</head>
<body>
<div id="summary">
  <h1>Forbidden <span>(403)</span></h1>
  <p>CSRF verification failed. Request aborted.</p>
</div>
</body>
</html>"#;

/// A probe with this slip.
pub(crate) fn slipping(slip: Slip) -> Service {
    // Where an emptied session is removed, nothing is left of it, and nobody could tell.
    if matches!(slip, Slip::DestroyOnlyClears | Slip::None) {
        Service::in_front_of("conforming/record-kept-when-emptied", move |request| answer(slip, request))
    } else {
        Service::new(move |request| answer(slip, request))
    }
}

fn answer(slip: Slip, request: &Request) -> Answer {
    let ops = request.ops.as_deref();
    let has = |name: &str| ops.is_some_and(|ops| ops.iter().any(|op| op == name));
    match slip {
        Slip::BehindAGuard if ops.is_some() => Answer::response("403 Forbidden", "text/html", DJANGO),
        Slip::GetUsesTheSession if ops.is_none() => Answer::altered(request.text(), says_vary),
        Slip::EmptyCycleLooks if ops.is_some_and(<[String]>::is_empty) => {
            Answer::altered(request.text(), says_vary)
        }
        Slip::SetdefaultGivesAReference if has("setdefault") && has("set_in") => Answer::json(
            r#"{"results": [{"ok": null}, {"ok": {"n": "old"}}, {"ok": {"n": "new"}}, {"ok": {"box": {"n": "old"}}},
                {"ok": null}, {"error": "there is no such item"}]}"#,
        ),
        // The length stays as it is.
        Slip::RespondsWithoutABody if ops.is_none() => Answer::altered(request.text(), |response| {
            let declared = r#""without_body":[204,205,304]"#;
            response.replace(declared, &format!("{:width$}", r#""derived":[]"#, width = declared.len()))
        }),
        Slip::AnswersWithABody => {
            Answer::altered(request.text().replace(r#""status":204"#, r#""status":200"#), same)
        }
        Slip::SendsABodyAllTheSame if request.text().contains(r#""status":204"#) => {
            Answer::Bytes(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n{\"results\": []}".to_vec())
        }
        // JSON may have spaces there, and the length stays as it is.
        Slip::DestroyOnlyClears => {
            Answer::altered(request.text().replace(r#""destroy""#, r#""clear"  "#), same)
        }
        Slip::LifetimeWithoutPermanent if has("permanent") || has("set_permanent") => {
            let results = vec![r#"{"unsupported": true}"#; ops.map_or(0, <[String]>::len)];
            Answer::json(&format!(r#"{{"results": [{}]}}"#, results.join(", ")))
        }
        // Nothing is done, and the cookie of a session that is not permanent ends with the browser.
        Slip::ZeroEndsWithTheBrowser if has("set_lifetime") => {
            let (zero, nothing) = (r#""set_lifetime","seconds":0}"#, r#""permanent"               }"#);
            Answer::altered(request.text().replace(zero, nothing), same)
        }
        Slip::FailsOnLists if request.text().contains(r#""value":["#) => {
            let said = "gob: type not registered for interface: []interface {}";
            Answer::response("500 Internal Server Error", "text/plain", said)
        }
        Slip::WritesTwice => Answer::Apart,
        Slip::DropsWhatRaises if has("raise") => Answer::Bytes(Vec::new()),
        Slip::ShowsWhatRaises if has("raise") => Answer::response("200 OK", "text/html", "<h1>Oh!</h1>"),
        _ => Answer::Good,
    }
}

fn says_vary(response: String) -> String {
    response.replacen("\r\n", "\r\nVary: Cookie\r\n", 1)
}

fn same(response: String) -> String {
    response
}
