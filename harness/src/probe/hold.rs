//! The probe's side of `hold`: asks for the gate's URL when a cycle arrives at it, and goes on when the answer comes.

use std::env;

use reqwest::Url;
use sessionspec::backend::Gate;

use crate::http::{direct_client, is_loopback};

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
    let client = direct_client().map_err(|error| error.to_string())?;
    let answer =
        client.get(parsed).send().await.map_err(|error| format!("the gate cannot be reached: {error}"))?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("the gate answered {}", answer.status())) }
}
