//! The lifetimes that a description names, held against what the probe can do, and the lifetime that is none.

use sessionspec::engine::play::Exchange;
use sessionspec::engine::script::ops::{get, set, set_permanent};
use sessionspec::engine::script::{Answer, Operation, Script};

use super::expected_result::KEPT;
use super::findings::Findings;
use super::probe_client::ProbeClient;

/// After so many seconds a session has ended that lives for none, also where clocks count in seconds.
const OVER: f64 = 2.0;

/// A lifetime of permanent sessions says nothing where there are none.
pub(super) async fn examine(probe_client: &ProbeClient, lifetime: Option<f64>, findings: &mut Findings) {
    if let Some(lifetime) = lifetime {
        declared(probe_client, lifetime, findings).await;
    }
    zero(probe_client, findings).await;
}

async fn declared(probe_client: &ProbeClient, lifetime: f64, findings: &mut Findings) {
    let exchanges = probe_client.cycles([vec![set_permanent(true)]]).await;
    if exchanges[0].answer(0) == Some(&Answer::Unsupported) {
        let note = format!(
            "{lifetime} is the lifetime of permanent sessions, and `set_permanent` is unsupported: leave it out, and \
             name the lifetime of all sessions in `browser_lifetime_seconds`"
        );
        findings.remark("lifetime_seconds", &note);
    }
}

/// Whether a lifetime of 0 s lets the session live, with a cookie that ends with the browser: some frameworks document that 0
/// means so.
async fn zero(probe_client: &ProbeClient, findings: &mut Findings) {
    if lives(probe_client, 0.0).await && lives(probe_client, OVER).await {
        let note = format!(
            "set_lifetime(0) is done, its cookie ends with the browser, and the session lives {OVER} s later: where the \
             framework's documentation gives 0 another meaning than a lifetime, answer an error, and do not make the call"
        );
        findings.remark("set_lifetime", &note);
    }
}

/// Whether a session that was given no lifetime is found after so many seconds, and its cookie says no end.
async fn lives(probe_client: &ProbeClient, seconds: f64) -> bool {
    let begun = Script::new().cycle("ann", [set("text", KEPT), Operation::SetLifetime { seconds: 0.0 }]);
    let waited = if seconds > 0.0 { begun.wait(seconds) } else { begun };
    let script = waited.cycle("ann", [get("text")]);
    let exchanges = probe_client.player().play(&script).await.exchanges;
    let [begins, looks] = exchanges.as_slice() else { return false };
    let is_done = begins.answer(1).is_some_and(Answer::is_done);
    is_done && !says_its_end(begins) && looks.answer(0) == Some(&Answer::Ok(KEPT.into()))
}

/// Whether a cookie says when it ends.
fn says_its_end(exchange: &Exchange) -> bool {
    exchange.headers.all("Set-Cookie").any(|field| {
        let field = field.to_ascii_lowercase();
        let mut attributes = field.split(|byte| *byte == b';').skip(1).map(<[u8]>::trim_ascii);
        attributes.any(|attribute| attribute.starts_with(b"max-age") || attribute.starts_with(b"expires"))
    })
}
