//! Values and keys that level `minimum` does not ask for: each has to come back as it was, or to be refused.

use serde_json::json;
use sessionspec_reference::{Map, Value};

use super::AnyScripts;
use crate::script::ops::{get, set};
use crate::script::{Operation, incompressible};
use crate::survey::{Store, Values};

/// Larger than a cookie, than a column of text, and than what memcached takes.
const LARGE: [usize; 5] = [6000, 70_000, 1_100_000, 6000, 70_000];

/// Deeper than some serialisers go.
const DEEP: usize = 40;

impl AnyScripts<'_> {
    /// A value or a key that level `minimum` does not ask for: it has to come back as it was, or be refused.
    pub(super) fn unusual(&mut self, browser: &str) -> Vec<Operation> {
        let (kind, turn) = (self.count % 5, self.count / 5);
        match kind {
            1 => self.unusual_values(browser, turn),
            3 => self.unusual_keys(turn),
            _ => {
                let key = self.new_key(browser);
                // No client reads a response with much larger cookies.
                let is_any = self.survey().store == Store::Server && kind != 2;
                let size = if is_any { LARGE[(turn + kind) % LARGE.len()] } else { LARGE[0] };
                let value = incompressible(size);
                vec![match kind {
                    2 => Operation::Update { items: Map::from_iter([(key, value.into())]) },
                    _ => set(&key, value),
                }]
            }
        }
    }

    fn unusual_values(&mut self, browser: &str, turn: usize) -> Vec<Operation> {
        let key = self.new_key(browser);
        let text = json!("a\u{1}b\u{0}c\u{7f}");
        if self.survey().values != Values::Json {
            return vec![set(&key, text), get(&key)];
        }
        let deep = (0..DEEP).fold(json!("core"), |inner, _| json!([inner]));
        let dated = json!({"$date": "2026-01-01T00:00:00Z"});
        let values = [text, Value::Null, deep, dated, json!(3_000_000_000_u64)];
        // Several of them, so that few scripts are enough for all.
        let (first, second) = (turn % values.len(), (turn + 2) % values.len());
        let key = [key.as_str(), "id"][turn % 2].to_owned();
        let [one, other] = [(key, first), (self.plan.more_keys[0].clone(), second)]
            .map(|(key, at)| [set(&key, values[at].clone()), get(&key)]);
        [one, other].concat()
    }

    /// Two items whose keys somebody may take for one: they differ beyond the usual length, or only for who compares the
    /// bytes, or one looks like the way into the other.
    fn unusual_keys(&mut self, turn: usize) -> Vec<Operation> {
        let is_json = self.survey().values == Values::Json;
        let [one, other] = match turn % 3 {
            0 => ["1", "2"].map(|last| (format!("{}{last}", "k".repeat(80)), json!(last))),
            1 if is_json => {
                let key = self.plan.more_keys[2].clone();
                [(key.clone(), json!({"n": 1})), (format!("{key}.n"), json!("dotted"))]
            }
            _ => ["caf\u{e9}", "cafe\u{301}"].map(|key| (key.to_owned(), json!(key.len().to_string()))),
        };
        let reads = [get(&one.0), get(&other.0)];
        [one, other].map(|(key, value)| set(&key, value)).into_iter().chain(reads).collect()
    }
}
