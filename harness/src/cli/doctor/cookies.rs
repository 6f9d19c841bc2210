//! The cookies: does what one cycle sets arrive in the next, and only there?

use sessionspec::engine::play::Exchange;
use sessionspec::engine::script::Answer;
use sessionspec::engine::script::ops::{get, set};

use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};

const KEPT: &str = "kept";

pub(super) async fn examine(probe_client: &ProbeClient, findings: &mut Findings) {
    findings.section("Cookies");
    let exchanges = probe_client.cycles([vec![set("text", KEPT)], vec![get("text")]]).await;
    let [writes, reads] = exchanges.as_slice() else {
        return findings.wrong("a cookie comes", "the cycle that should bring one was not answered");
    };
    if let Err(reason) = comes(writes) {
        return findings.wrong("a cookie comes", &reason);
    }
    findings.ok("a cookie comes", "");
    findings.judge("the next cycle knows", match reads.answer(0) {
        Some(Answer::Ok(value)) if value == KEPT => Ok(()),
        Some(other) => Err(format!(
            "the cookie was sent back, and the item answered {}: is what the cycle set saved after the handler?",
            other.to_json()
        )),
        None => Err(instead_of_answers(&reads.outcome).unwrap_or_default()),
    });
    let exchanges = probe_client.cycles([vec![get("text")]]).await;
    findings.judge(
        "another browser does not",
        match exchanges[0].answer(0) {
            Some(Answer::Absent) => Ok(()),
            Some(other) => Err(format!(
                "a browser without cookies reads {}: the session is the same for everybody",
                other.to_json()
            )),
            None => Err(instead_of_answers(&exchanges[0].outcome).unwrap_or_default()),
        },
    );
    let exchanges = probe_client.cycles([vec![]]).await;
    if exchanges[0].headers.all("Set-Cookie").next().is_some() {
        let note = "it sets a cookie for a visitor who used no session; is that the framework's way, or does the \
                    probe look at the session?";
        findings.remark("the empty cycle", note);
    }
}

/// Whether a cycle that sets an item brings a cookie that a browser keeps.
fn comes(exchange: &Exchange) -> Result<(), String> {
    if let Some(fault) = instead_of_answers(&exchange.outcome) {
        return Err(fault);
    }
    if let Some(refusal) = exchange.dropped_cookies().next() {
        return Err(format!("a browser drops it: {refusal}"));
    }
    if exchange.headers.all("Set-Cookie").next().is_none() {
        return Err(
            "a cycle that sets an item has no Set-Cookie: are the sessions mounted around the probe?"
                .to_owned(),
        );
    }
    Ok(())
}
