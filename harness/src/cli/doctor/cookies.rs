//! The cookies: does what one cycle sets arrive in the next, and only there?

use sessionspec::engine::play::Exchange;
use sessionspec::engine::script::ops::{destroy, get, set};
use sessionspec::engine::script::{Answer, Script};

use super::expected_result::KEPT;
use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};
use super::traces;

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
    traces::of_empty_cycles(probe_client, findings).await;
    destroyed(probe_client, findings).await;
}

/// Whether `destroy` ends the session, or empties it only. Whoever kept the old cookie then still has the session that
/// the user believes to have left, and the checks on logouts would blame the backend for that.
async fn destroyed(probe_client: &ProbeClient, findings: &mut Findings) {
    let script = Script::new()
        .cycle("ann", [set("text", KEPT)])
        .copy_cookies("ann", "keeper")
        .cycle("ann", [destroy()])
        .cycle("keeper", [get("text")])
        .cycle("keeper", [set("other", KEPT)])
        .cycle("keeper", [get("other")]);
    let exchanges = probe_client.player().play(&script).await.exchanges;
    let [first, ended, looks, later, last] = exchanges.as_slice() else { return };
    if !matches!(ended.answer(0), Some(Answer::Ok(_))) {
        return;
    }
    let given = |exchange: &Exchange| -> Vec<Vec<u8>> {
        let pair = |field: &[u8]| field.split(|byte| *byte == b';').next().unwrap_or_default().to_vec();
        exchange.headers.all("Set-Cookie").map(pair).collect()
    };
    let kept = |exchange: &Exchange| exchange.answer(0) == Some(&Answer::Ok(KEPT.into()));
    let old = given(first);
    // Another cookie is another session. Where the cookie holds the data, it is another one once they change, and nobody can
    // take the old one back; PHP gives one to whoever only looks.
    let is_old = |exchange: &Exchange| given(exchange).iter().all(|cookie| old.contains(cookie));
    if !kept(last) || !is_old(looks) || !is_old(later) {
        return;
    }
    let note = if kept(looks) {
        "the cookie of a destroyed session still opens it, with its items: does the backend end it, and is it saved again when \
         the request ends?"
    } else {
        "the cookie of a destroyed session still opens it, emptied: does the probe map `destroy` to `clear`, or does the backend \
         adopt ids that it does not know? A probe calls what the framework has for a logout, or answers unsupported where it \
         has nothing"
    };
    findings.remark("destroy", note);
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
