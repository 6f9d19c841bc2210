//! The variable that guards a probe: without `SESSIONSPEC_PROBE=1` a probe must not serve, since it lets anybody edit
//! their session.

use serde_json::Value;

use super::findings::Findings;
use super::probe_client::ProbeClient;
use crate::cli::Interruption;
use crate::cli::service::Service;

/// Starts the service again without the variable, where it was launched, and looks whether its probe is there.
pub(super) async fn examine(service: &Service, interruption: &Interruption, findings: &mut Findings) {
    let Some(start) = service.start_without_guard() else { return };
    // A probe that ends at once, as it has to, is no service that could be asked.
    let Ok(reached) = interruption.or(start).await else { return };
    let answer = match service.backend(reached.url()).await {
        Ok(backend) => ProbeClient::new(backend, service.patience()).get().await.ok(),
        Err(_) => None,
    };
    reached.leave().await;
    let is_probe =
        |body: &[u8]| serde_json::from_slice::<Value>(body).is_ok_and(|json| json.get("protocol").is_some());
    if answer.is_some_and(|answer| answer.status == 200 && is_probe(&answer.body)) {
        let note = "started without SESSIONSPEC_PROBE=1 it serves all the same: a probe that is deployed by accident lets \
                    anybody edit their session, so it has to end, or not to be mounted";
        findings.wrong("the guard", note);
    }
}
