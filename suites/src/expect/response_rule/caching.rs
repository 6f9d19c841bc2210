//! Rules for what a response says to caches.

use crate::play::Exchange;

pub(super) fn vary_cookie(exchange: &Exchange) -> Result<(), String> {
    if lists(exchange, "Vary", &["cookie", "*"]) || lists(exchange, "Cache-Control", &["no-store", "private"])
    {
        Ok(())
    } else {
        Err("neither".to_owned())
    }
}

pub(super) fn vary_lists(exchange: &Exchange, field: &str) -> Result<(), String> {
    if lists(exchange, "Vary", &[&field.to_ascii_lowercase(), "*"]) {
        return Ok(());
    }
    let said: Vec<_> = exchange.headers.all("Vary").map(String::from_utf8_lossy).collect();
    Err(if said.is_empty() { "no Vary".to_owned() } else { format!("`Vary: {}`", said.join(", ")) })
}

/// Whether this header field, a list, has one of these members. They are given in lower case.
fn lists(exchange: &Exchange, field: &str, wanted: &[&str]) -> bool {
    let values = exchange.headers.all(field).map(|value| String::from_utf8_lossy(value).to_ascii_lowercase());
    let values: Vec<String> = values.collect();
    let mut parts = values.iter().flat_map(|value| value.split(',')).map(str::trim);
    parts.any(|part| wanted.contains(&part))
}
