//! Where `permanent` lives, and what it is by default.

use sessionspec_reference::{Map, Value};

use super::observer::{Observer, TEXT, WRITTEN, boolean};
use super::{Attribute, Permanent};
use crate::script::Answer;
use crate::script::ops::{clear, items, permanent, set, set_permanent};

impl Observer<'_> {
    pub(super) async fn permanent(&self) -> (Attribute<Permanent>, bool) {
        let [fresh] = self.observe([vec![permanent()]]).await;
        let Some(default) = boolean(&fresh, 0) else { return (self.attribute("permanent", None), false) };
        let flipped = !default;
        let [first, second, third] = self
            .observe([
                vec![set("text", TEXT), items(), set_permanent(flipped), items()],
                vec![permanent(), clear(), permanent(), set("text", TEXT)],
                vec![permanent()],
            ])
            .await;
        let is_set = first.get(2).is_some_and(Answer::is_done);
        let (before, after) = (object(&first, 1), object(&first, 3));
        let appeared = after.iter().any(|(key, value)| !before.contains_key(key) && says(value, flipped));
        let mode = if !is_set {
            None
        } else if appeared || self.an_own_key_follows_permanent(default).await {
            let is_kept = self.permanent_after_clear(true).await == Some(true)
                && self.permanent_after_clear(false).await == Some(false);
            Some(if is_kept { Permanent::KeptInData } else { Permanent::InData })
        } else if boolean(&second, 0) != Some(flipped) {
            Some(Permanent::PerResponse)
        } else if boolean(&second, 2) == Some(flipped) && boolean(&third, 0) == Some(flipped) {
            Some(Permanent::Attribute)
        } else {
            Some(Permanent::ClearedAttribute)
        };
        (self.attribute("permanent", mode), default)
    }

    /// Whether an item that nobody wrote says what `permanent` says, and changes with it. A time that changes by itself says
    /// neither true nor false.
    async fn an_own_key_follows_permanent(&self, default: bool) -> bool {
        let [answers] = self
            .observe([vec![
                set("text", TEXT),
                set_permanent(default),
                items(),
                set_permanent(!default),
                items(),
                set_permanent(default),
                items(),
            ]])
            .await;
        let [before, flipped, back] = [2, 4, 6].map(|index| object(&answers, index));
        let mut own = before.iter().filter(|(key, _)| !WRITTEN.contains(&key.as_str()));
        own.any(|(key, value)| {
            says(value, default)
                && flipped.get(key).is_some_and(|value| says(value, !default))
                && back.get(key).is_some_and(|value| says(value, default))
        })
    }

    /// What `permanent` says after it was set to this value and everything was cleared.
    async fn permanent_after_clear(&self, value: bool) -> Option<bool> {
        let [answers] =
            self.observe([vec![set("text", TEXT), set_permanent(value), clear(), permanent()]]).await;
        boolean(&answers, 3)
    }
}

/// Whether a value is this truth value, also where the backend keeps it as a number.
fn says(value: &Value, truth: bool) -> bool {
    *value == Value::Bool(truth) || value.as_i64() == Some(i64::from(truth))
}

fn object(answers: &[Answer], index: usize) -> Map {
    match answers.get(index) {
        Some(Answer::Ok(Value::Object(items))) => items.clone(),
        _ => Map::new(),
    }
}
