//! Holding: does a cycle stop at its gate, go on when that opens, and stop nowhere else?

use std::collections::BTreeMap;
use std::future::ready;

use serde_json::{Value, json};
use sessionspec::backend::{BackendError, Body, CycleRequest, Gate};
use sessionspec::engine::play::Outcome;
use sessionspec::engine::script::ops::hold;
use sessionspec::engine::script::{Answer, OperationKind};
use tokio::net::TcpListener;

use super::findings::Findings;
use super::probe_client::{ProbeClient, instead_of_answers};

/// How many cycles a probe serves at once, if the framework can.
const AT_ONCE: usize = 8;

pub(super) async fn examine(probe_client: &ProbeClient, findings: &mut Findings) {
    findings.section("Holding");
    if !holds(probe_client, findings).await {
        return;
    }
    findings.judge("an error of the gate", refused(probe_client).await);
    for (what, url) in [
        ("not https", "https://127.0.0.1:{port}/"),
        ("no user information", "http://user@127.0.0.1:{port}/"),
        ("no other machine", "http://192.0.2.1/"),
    ] {
        findings.judge(what, not_followed(probe_client, url).await);
    }
    at_once(probe_client, findings).await;
}

/// Whether a cycle reaches the gate, and goes on when it is opened.
async fn holds(probe_client: &ProbeClient, findings: &mut Findings) -> bool {
    let mut player = probe_client.player();
    player.cycle("holder", vec![hold("doctor")]).await;
    let arrived = player.is_held("doctor");
    let transcript = player.finish().await;
    let outcome = &transcript.exchanges[0].outcome;
    let reason = match outcome {
        Outcome::Answered { results, .. } => match &results[0] {
            Answer::Unsupported => {
                findings.unsupported(OperationKind::Hold);
                return false;
            }
            Answer::Ok(Value::Null) if arrived => {
                findings.ok("hold", "reached the harness, and went on");
                return true;
            }
            Answer::Ok(_) if !arrived => "it went on without asking for the URL".to_owned(),
            answer => format!("it answered {}, and has to answer {{\"ok\":null}}", answer.to_json()),
        },
        Outcome::Broken(BackendError::NoAnswer(_)) if !arrived => {
            "no request for the URL reached the harness: does the probe bypass the proxy, and end its own cycle \
             when that fails?"
                .to_owned()
        }
        other => instead_of_answers(other).unwrap_or_default(),
    };
    findings.wrong("hold", &reason);
    false
}

/// Whether a gate that answers no 2xx is an error.
async fn refused(probe_client: &ProbeClient) -> Result<(), String> {
    let gate = Gate::default();
    gate.refuse("the doctor wants to see an error");
    let gates = BTreeMap::from([("refused".to_owned(), gate)]);
    let request = CycleRequest { ops: vec![hold("refused")].into(), gates, ..CycleRequest::default() };
    match probe_client.cycle(request).await.map_err(|fault| fault.to_string())?.body {
        Body::Answers { results, .. } => match &results[0] {
            Answer::Error(_) => Ok(()),
            answer => Err(format!(
                "the gate answered 409, and the hold {}: only a 2xx is the release",
                answer.to_json()
            )),
        },
        Body::Other(said) => Err(format!("the request failed: {said}")),
    }
}

/// Whether a hold at a URL that no harness gives is an error, and nothing is requested there.
async fn not_followed(probe_client: &ProbeClient, url: &str) -> Result<(), String> {
    let trap = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let port = trap.local_addr().map_err(|error| error.to_string())?.port();
    let url = url.replace("{port}", &port.to_string());
    let requested =
        || Err(format!("{} was requested: a probe follows only http URLs on loopback", shown(&url, port)));
    let results = tokio::select! {
        results = probe_client.results(json!([{"op": "hold", "url": url}])) => results,
        _ = trap.accept() => return requested(),
    };
    // It may have been requested and given up by now.
    tokio::task::yield_now().await;
    let in_vain = tokio::select! {
        biased;
        _ = trap.accept() => true,
        () = ready(()) => false,
    };
    if in_vain {
        return requested();
    }
    match results?.as_slice() {
        [result] if result.get("error").is_some() => Ok(()),
        [result] => {
            Err(format!("{} answered {result}, and has to answer {{\"error\": …}}", shown(&url, port)))
        }
        results => Err(format!("one operation was answered with {} results", results.len())),
    }
}

/// The URL without the port, which is another one each time.
fn shown(url: &str, port: u16) -> String {
    url.replace(&format!(":{port}"), "")
}

/// How many cycles can be held at the same time.
async fn at_once(probe_client: &ProbeClient, findings: &mut Findings) {
    let mut player = probe_client.player();
    let mut held = 0;
    while held < AT_ONCE {
        let gate = format!("gate-{held}");
        player.cycle(&format!("browser-{held}"), vec![hold(&gate)]).await;
        if !player.is_held(&gate) {
            break;
        }
        held += 1;
    }
    player.finish().await;
    let what = "eight cycles at once";
    match held {
        AT_ONCE => findings.ok(what, ""),
        1 => findings
            .missing(what, "one at a time: start it threaded, or with more workers, if the framework can"),
        held => findings
            .missing(what, &format!("{held}: start it with more threads or workers, if the framework can")),
    }
}
