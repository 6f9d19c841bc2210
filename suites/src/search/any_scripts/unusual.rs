//! Values and keys that level `minimum` does not ask for: each has to come back as it was, or to be refused.

use serde_json::json;
use sessionspec_reference::{Map, Value};

use super::AnyScripts;
use crate::script::ops::{contains, delete, get, items, len, pop, set, setdefault};
use crate::script::{Operation, incompressible};
use crate::survey::{Store, Values};

/// Larger than a cookie, than a column of text, and than what memcached takes.
const LARGE: [usize; 5] = [6000, 70_000, 1_100_000, 6000, 70_000];

/// The largest length that fits into a byte, one more, and a whole block: as long as a place for it is, in some format.
const EXACT: [usize; 3] = [255, 256, 4096];

/// Deeper than some serialisers go.
const DEEP: usize = 40;

impl AnyScripts<'_> {
    /// A value or a key that level `minimum` does not ask for: it has to come back as it was, or be refused.
    pub(super) fn unusual(&mut self, browser: &str) -> Vec<Operation> {
        let (kind, turn) = (self.count % 5, self.count / 5);
        match kind {
            1 => self.unusual_values(browser, turn),
            3 => [self.unusual_keys(turn), self.unusual_keys(turn + 2)].concat(),
            4 => self.exact_lengths(),
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

    /// Texts that are exactly as long as a place for them is, as far as a cookie has room for them.
    fn exact_lengths(&self) -> Vec<Operation> {
        let has_room = |length: &usize| self.survey().store == Store::Server || *length < EXACT[2];
        let texts = EXACT.into_iter().filter(has_room).zip(&self.plan.more_keys);
        texts.map(|(length, key)| set(key, incompressible(length))).collect()
    }

    fn unusual_values(&mut self, browser: &str, turn: usize) -> Vec<Operation> {
        let key = self.new_key(browser);
        let text = json!("a\u{1}b\u{0}c\u{7f}");
        if self.survey().values != Values::Json {
            return vec![set(&key, text), get(&key)];
        }
        let deep = (0..DEEP).fold(json!("core"), |inner, _| json!([inner]));
        let dated = json!({"$date": "2026-01-01T00:00:00Z"});
        let values = [text, dated, deep, json!("j:{\"a\":1}"), json!(3_000_000_000_u64)];
        // Several of them, so that few scripts are enough for all.
        let (first, second) = (turn % values.len(), (turn + 2) % values.len());
        let key = [key.as_str(), "id"][turn % 2].to_owned();
        let [one, other] = [(key, first), (self.plan.more_keys[0].clone(), second)]
            .map(|(key, at)| [set(&key, values[at].clone()), get(&key)]);
        [one.to_vec(), other.to_vec(), self.with_null(&self.plan.more_keys[1])].concat()
    }

    /// What is asked and done where an item is null, as far as the backend has such operations: some languages cannot tell such an
    /// item from one that is not there.
    fn with_null(&self, key: &str) -> Vec<Operation> {
        let null = || set(key, Value::Null);
        let ops = [
            vec![null(), get(key), contains(key), len(), setdefault(key, "default"), get(key)],
            vec![pop(key), contains(key), null(), delete(key), contains(key)],
            vec![set(key, "over"), null(), get(key), set(key, "over")],
            vec![Operation::Update { items: Map::from_iter([(key.to_owned(), Value::Null)]) }, items()],
        ];
        ops.concat().into_iter().filter(|op| self.survey().supports(op.name())).collect()
    }

    /// Two items whose keys somebody may take for one: they differ beyond the usual length, or only for who compares the
    /// bytes, or one looks like the way into the other.
    fn unusual_keys(&mut self, turn: usize) -> Vec<Operation> {
        let is_json = self.survey().values == Values::Json;
        let [one, other] = match turn % 5 {
            3 => ["1", "2"].map(|last| (format!("{}{last}", "k".repeat(1_100)), json!(last))),
            4 => ["_note", "__note"].map(|key| (key.to_owned(), json!("kept"))),
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
