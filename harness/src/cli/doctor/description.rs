//! The description: is this a probe, and what does it say of itself?

use serde_json::Value;
use sessionspec::engine::script::OperationKind;
use sessionspec::reference::Description;
use sessionspec::reference::description::Claims;

use super::findings::Findings;
use super::refusals::with_advice;
use super::traces::{Trace, trace};
use crate::http::{RawResponse, read_description};
use crate::near::hint;
use crate::quote::quoted;

/// How much of a strange answer is quoted, in characters.
const EXCERPT: usize = 160;

/// The fields of a description.
const FIELDS: [&str; 12] = [
    "protocol",
    "name",
    "version",
    "lifetime_seconds",
    "browser_lifetime_seconds",
    "lifetime_grace_seconds",
    "derived",
    "composed",
    "spellings",
    "without_body",
    "saves",
    "declares",
];

/// Looks at the answer to a `GET`.
pub(super) fn examine(response: &RawResponse, findings: &mut Findings) {
    findings.section("Description (GET)");
    let json = match read(response) {
        Ok(json) => json,
        Err(reason) => return findings.wrong("protocol", &reason),
    };
    findings.ok("protocol", "1");
    if let Some(trace) = trace(&response.headers) {
        let what = if trace == Trace::SetCookie { "Set-Cookie" } else { "Vary: Cookie" };
        findings.remark(what, "GET uses no session; if you can, mount it in front of the sessions");
    }
    contents(&json, findings);
}

fn read(response: &RawResponse) -> Result<Value, String> {
    let says = || quoted(&response.body, EXCERPT);
    if response.status != 200 {
        let complaint = format!("GET answered {}: {}", response.status, says());
        return Err(with_advice(complaint, response.status, &says()));
    }
    let json: Value = serde_json::from_slice(&response.body).map_err(|_| {
        format!("GET answers an object in JSON, as {{\"protocol\": 1}}; this answered: {}", says())
    })?;
    match json.get("protocol") {
        Some(protocol) if protocol.as_u64() == Some(1) => Ok(json),
        Some(protocol) => Err(format!("`protocol` is {protocol}, and has to be 1")),
        None => Err(format!("there is no `protocol`, which has to be 1: {}", says())),
    }
}

/// The description in the answer to a `GET`; none where it is none.
pub(super) fn described(response: &RawResponse) -> Option<Description> {
    read(response).ok().and_then(|json| read_description(json).ok())
}

fn contents(json: &Value, findings: &mut Findings) {
    let description: Description = match read_description(json.clone()) {
        Ok(description) => description,
        Err(error) => return findings.wrong("its fields", &error),
    };
    let named = [&description.name, &description.version].into_iter().flatten();
    let name = named.map(String::as_str).collect::<Vec<_>>().join(" ");
    if description.name.is_some() {
        findings.ok("name", &name);
    } else {
        findings.remark("name", "none; with `name` and `version` a report says what was tested");
    }
    let claims: Vec<String> =
        description.declares.iter().map(|(claim, value)| format!("{claim} {value}")).collect();
    if !claims.is_empty() {
        findings.ok("declares", &claims.join(", "));
    }
    unknown(json, "a field", &FIELDS, findings);
    json.get("declares").inspect(|claims| unknown(claims, "a claim", &Claims::NAMES, findings));
    for (field, operations) in [("derived", &description.derived), ("composed", &description.composed)] {
        let is_unknown = |op: &&String| OperationKind::named(op).is_none();
        if let Some(unknown) = operations.iter().find(is_unknown) {
            let hint = hint(unknown, OperationKind::ALL.iter().map(|operation| operation.as_str()));
            let said = format!("`{unknown}` is no operation of the protocol; {hint}");
            findings.wrong(field, said.trim_end_matches([' ', ';']));
        } else if !operations.is_empty() {
            findings.ok(field, &operations.join(", "));
        }
    }
}

/// What is ignored, for it may be a slip.
fn unknown(object: &Value, kind: &str, known: &[&str], findings: &mut Findings) {
    for name in object.as_object().into_iter().flat_map(|members| members.keys()) {
        if !known.contains(&name.as_str()) {
            let hint = hint(name, known.iter().copied());
            let said = format!("this is not {kind} of the protocol, and is ignored; {hint}");
            findings.remark(name, said.trim_end_matches([' ', ';']));
        }
    }
}
