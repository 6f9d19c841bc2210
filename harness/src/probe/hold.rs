//! The probe's side of `hold`: asks for the gate's URL when a cycle arrives at it, and goes on when the answer comes.
//! The harness serves that URL in `http/gates.rs`. The gate itself is in `backend/gate.rs` of the suites, and scripts open it in
//! `play/player/held.rs` there.

use std::env;

use sessionspec::backend::Gate;
use url::Url;

use crate::http::{is_loopback, status_of};

/// The environment variable with the one host, besides loopback, at which a gate may be.
const HOLD_HOST: &str = "SESSIONSPEC_HOLD_HOST";

/// Opens the gate in this process when the one at `url` is open.
pub(super) async fn follow(gate: Gate, url: String) {
    gate.arrival().await;
    match pass(&url).await {
        Ok(()) => gate.open(),
        Err(reason) => gate.refuse(&reason),
    }
}

async fn pass(url: &str) -> Result<(), String> {
    let parsed = Url::parse(url).map_err(|error| format!("`{url}` is no URL: {error}"))?;
    let named = env::var(HOLD_HOST).ok();
    let may_follow = parsed.scheme() == "http"
        && parsed.username().is_empty()
        && parsed.password().is_none()
        && (is_loopback(&parsed) || named.is_some_and(|host| parsed.host_str() == Some(&host)));
    if !may_follow {
        return Err(format!(
            "`{url}` is not followed: a gate is at an http URL on loopback, or on {HOLD_HOST}"
        ));
    }
    match status_of(&parsed).await {
        Ok(200..300) => Ok(()),
        Ok(status) => Err(format!("the gate answered {status}")),
        Err(fault) => Err(format!("the gate did not answer: {fault}")),
    }
}
