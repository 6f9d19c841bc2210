//! The toxics that come to what the harness's own proxy does, with the same figures.

use serde_json::{Value, json};
use sessionspec::engine::script::StoreFault;

use super::super::connection::{BETWEEN_PIECES, delay};

/// One toxic: what is wrong with one direction of the connections.
#[derive(Debug)]
pub(super) struct Toxic {
    /// Its type, as in `reset_peer`.
    pub(super) kind: &'static str,
    stream: &'static str,
    attributes: Value,
}

/// To the store.
const UPSTREAM: &str = "upstream";

/// From the store.
const DOWNSTREAM: &str = "downstream";

impl Toxic {
    /// Its name, of which a proxy has one.
    pub(super) fn name(&self) -> String {
        format!("{}_{}", self.kind, self.stream)
    }

    /// As it is sent.
    pub(super) fn body(&self) -> Value {
        json!({
            "name": self.name(),
            "type": self.kind,
            "stream": self.stream,
            "toxicity": 1.0,
            "attributes": self.attributes,
        })
    }
}

/// The toxics of this fault. A proxy that is down has none: it is not enabled.
pub(super) fn toxics(fault: Option<StoreFault>) -> Vec<Toxic> {
    let one = |kind, stream, attributes| Toxic { kind, stream, attributes };
    // What is sent is held up first, so that nothing is done whose answer is then lost.
    let both = |kind, attributes: Value| {
        vec![one(kind, UPSTREAM, attributes.clone()), one(kind, DOWNSTREAM, attributes)]
    };
    match fault {
        None | Some(StoreFault::Down | StoreFault::Command) => Vec::new(),
        Some(StoreFault::ResetPeer) => both("reset_peer", json!({ "timeout": 0 })),
        Some(StoreFault::Timeout) => both("timeout", json!({ "timeout": 0 })),
        Some(StoreFault::Latency { milliseconds }) => {
            let latency = json!({ "latency": in_milliseconds(milliseconds), "jitter": 0 });
            vec![one("latency", DOWNSTREAM, latency)]
        }
        Some(StoreFault::SlowClose { milliseconds }) => {
            vec![one("slow_close", DOWNSTREAM, json!({ "delay": in_milliseconds(milliseconds) }))]
        }
        Some(StoreFault::Slicer { bytes }) => {
            // Microseconds; and Toxiproxy would look for pieces of no length for ever.
            let pause = u64::try_from(BETWEEN_PIECES.as_micros()).unwrap_or(u64::MAX);
            both("slicer", json!({ "average_size": bytes.max(1), "size_variation": 0, "delay": pause }))
        }
        Some(StoreFault::LimitData { bytes }) => {
            vec![one("limit_data", UPSTREAM, json!({ "bytes": bytes }))]
        }
    }
}

fn in_milliseconds(milliseconds: u32) -> u64 {
    u64::try_from(delay(milliseconds).as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_the_figures_of_the_own_proxy() {
        let sent = |fault| -> Vec<(String, Value)> {
            toxics(Some(fault))
                .iter()
                .map(|toxic| (toxic.name(), toxic.body()["attributes"].clone()))
                .collect()
        };
        let one = |name: &str, attributes: Value| vec![(name.to_owned(), attributes)];
        let both = |kind: &str, attributes: Value| {
            ["upstream", "downstream"].map(|stream| (format!("{kind}_{stream}"), attributes.clone())).to_vec()
        };
        assert!(toxics(None).is_empty() && toxics(Some(StoreFault::Down)).is_empty());
        assert_eq!(sent(StoreFault::ResetPeer), both("reset_peer", json!({ "timeout": 0 })));
        assert_eq!(sent(StoreFault::Timeout), both("timeout", json!({ "timeout": 0 })));
        let slow = StoreFault::Latency { milliseconds: 300 };
        assert_eq!(sent(slow), one("latency_downstream", json!({ "latency": 300, "jitter": 0 })));
        let too_slow = StoreFault::SlowClose { milliseconds: u32::MAX };
        assert_eq!(sent(too_slow), one("slow_close_downstream", json!({ "delay": 5_000 })));
        for (bytes, length) in [(7, 7), (0, 1)] {
            let pieces = json!({ "average_size": length, "size_variation": 0, "delay": 1_000 });
            assert_eq!(sent(StoreFault::Slicer { bytes }), both("slicer", pieces));
        }
        let cut = StoreFault::LimitData { bytes: 40 };
        assert_eq!(sent(cut), one("limit_data_upstream", json!({ "bytes": 40 })));
        let body = toxics(Some(cut))[0].body();
        assert_eq!((&body["type"], &body["stream"]), (&json!("limit_data"), &json!("upstream")));
    }
}
