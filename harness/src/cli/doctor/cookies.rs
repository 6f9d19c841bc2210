//! The cookies: does what one cycle sets arrive in the next, and only there?

use sessionspec::engine::play::Exchange;
use sessionspec::engine::script::Answer;
use sessionspec::engine::script::ops::{get, set};

use super::chart::Chart;
use super::patient::{Patient, instead_of_answers};

const KEPT: &str = "kept";

pub(super) async fn examine(patient: &Patient, chart: &mut Chart) {
    chart.section("Cookies");
    let exchanges = patient.cycles([vec![set("text", KEPT)], vec![get("text")]]).await;
    let [writes, reads] = exchanges.as_slice() else {
        return chart.wrong("a cookie comes", "the cycle that should bring one was not answered");
    };
    if let Err(reason) = comes(writes) {
        return chart.wrong("a cookie comes", &reason);
    }
    chart.ok("a cookie comes", "");
    chart.judge("the next cycle knows", match reads.answer(0) {
        Some(Answer::Ok(value)) if value == KEPT => Ok(()),
        Some(other) => Err(format!(
            "the cookie was sent back, and the item answered {}: is what the cycle set saved after the handler?",
            other.to_json()
        )),
        None => Err(instead_of_answers(&reads.outcome).unwrap_or_default()),
    });
    let exchanges = patient.cycles([vec![get("text")]]).await;
    chart.judge(
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
    let exchanges = patient.cycles([vec![]]).await;
    if exchanges[0].headers.all("Set-Cookie").next().is_some() {
        let note = "it sets a cookie for a visitor who used no session; is that the framework's way, or does the \
                    probe look at the session?";
        chart.remark("the empty cycle", note);
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
