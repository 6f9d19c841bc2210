//! The lifetimes that a description names, held against what the probe can do.

use sessionspec::engine::script::Answer;
use sessionspec::engine::script::ops::set_permanent;

use super::findings::Findings;
use super::probe_client::ProbeClient;

/// A lifetime of permanent sessions says nothing where there are none.
pub(super) async fn examine(probe_client: &ProbeClient, lifetime: Option<f64>, findings: &mut Findings) {
    let Some(lifetime) = lifetime else { return };
    let exchanges = probe_client.cycles([vec![set_permanent(true)]]).await;
    if exchanges[0].answer(0) == Some(&Answer::Unsupported) {
        let note = format!(
            "{lifetime} is the lifetime of permanent sessions, and `set_permanent` is unsupported: leave it out, and \
             name the lifetime of all sessions in `browser_lifetime_seconds`"
        );
        findings.remark("lifetime_seconds", &note);
    }
}
