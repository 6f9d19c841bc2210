//! The values that a session holds, and how the inside of a value is changed.

use crate::error::{Error, Result};

/// A value in a session: what JSON can say.
pub type Value = serde_json::Value;

/// The items of a session.
pub type Map = serde_json::Map<String, Value>;

/// One step of a path into a value: an object's key or an array's index.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum PathStep {
    /// The member of an object.
    Key(String),
    /// The element of an array, from zero.
    Index(usize),
}

impl From<&str> for PathStep {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for PathStep {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Assigns `value` inside of `items`, as `session["cart"]["count"] = 2` does.
///
/// Everything but a last object key must exist.
///
/// # Errors
///
/// [`Error::Refused`] where the path has fewer than two steps or leads nowhere; `items` are then unchanged.
pub fn assign_in(items: &mut Map, path: &[PathStep], value: Value) -> Result<()> {
    let [PathStep::Key(first), inner @ .., last] = path else {
        return Err(Error::refused("a path has two or more steps, and the first is a key of the session"));
    };
    let mut place = items.get_mut(first).ok_or_else(|| leads_nowhere(path))?;
    for step in inner {
        place = match step {
            PathStep::Key(key) => place.get_mut(key),
            PathStep::Index(index) => place.get_mut(index),
        }
        .ok_or_else(|| leads_nowhere(path))?;
    }
    match (place, last) {
        (Value::Object(object), PathStep::Key(key)) => {
            object.insert(key.clone(), value);
        }
        (Value::Array(array), PathStep::Index(index)) if *index < array.len() => array[*index] = value,
        _ => return Err(leads_nowhere(path)),
    }
    Ok(())
}

fn leads_nowhere(path: &[PathStep]) -> Error {
    let steps: Vec<String> = path
        .iter()
        .map(|step| match step {
            PathStep::Key(key) => format!("{key:?}"),
            PathStep::Index(index) => index.to_string(),
        })
        .collect();
    Error::refused(format!("the path [{}] leads nowhere in this session", steps.join(", ")))
}

/// Whether two values are the same. Numbers compare by value, so that 1 is 1.0: many languages have one type of number.
#[must_use]
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (Value::Object(a), Value::Object(b)) => same_items(a, b),
        _ => a == b,
    }
}

/// Whether two objects have the same members, as [`same_value`] compares them.
#[must_use]
pub fn same_items(a: &Map, b: &Map) -> bool {
    a.len() == b.len()
        && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same_value(value, other)))
}

fn same_number(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (a.as_u64(), b.as_u64()) {
        return a == b;
    }
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// The number as an integer: where JSON wrote it as one, or where it is a float without a fraction.
fn whole(number: &serde_json::Number) -> Option<i128> {
    if let Some(integer) = number.as_i64() {
        return Some(integer.into());
    }
    if let Some(integer) = number.as_u64() {
        return Some(integer.into());
    }
    let float = number.as_f64()?;
    let is_whole = float.fract() == 0.0 && float.abs() < 1e30;
    #[expect(clippy::cast_possible_truncation, reason = "the bound above is within i128")]
    is_whole.then_some(float as i128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn items() -> Map {
        json!({"cart": {"lines": [1, 2]}}).as_object().unwrap().clone()
    }

    #[test]
    fn assigns_a_new_key_of_an_existing_object() {
        let mut items = items();
        assign_in(&mut items, &["cart".into(), "total".into()], json!(3)).unwrap();
        assert_eq!(Value::Object(items), json!({"cart": {"lines": [1, 2], "total": 3}}));
    }

    #[test]
    fn assigns_an_existing_element_of_an_array() {
        let mut items = items();
        assign_in(&mut items, &["cart".into(), "lines".into(), 1.into()], json!(9)).unwrap();
        assert_eq!(Value::Object(items), json!({"cart": {"lines": [1, 9]}}));
    }

    #[test]
    fn refuses_what_leads_nowhere_and_changes_nothing() {
        let paths: [&[PathStep]; 5] = [
            &["cart".into()],
            &["none".into(), "x".into()],
            &["cart".into(), "lines".into(), 2.into()],
            &["cart".into(), "lines".into(), "x".into()],
            &["cart".into(), 0.into()],
        ];
        for path in paths {
            let mut changed = items();
            assert!(assign_in(&mut changed, path, json!(0)).is_err(), "{path:?}");
            assert_eq!(changed, items(), "{path:?}");
        }
    }

    #[test]
    fn numbers_compare_by_value() {
        assert!(same_value(&json!(1), &json!(1.0)));
        assert!(same_value(&json!({"a": [0.1]}), &json!({"a": [0.1]})));
        assert!(!same_value(&json!(1), &json!(1.5)));
        assert!(!same_value(&json!(1), &json!("1")));
        assert!(!same_value(&json!(1), &json!(true)));
    }

    #[test]
    fn integers_beyond_doubles_do_not_blur() {
        assert!(!same_value(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64)));
        assert!(!same_value(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992.0)));
        assert!(same_value(&json!(9_007_199_254_740_992_u64), &json!(9_007_199_254_740_992.0)));
        assert!(same_value(&json!(u64::MAX), &json!(u64::MAX)));
        assert!(!same_value(&json!(u64::MAX), &json!(u64::MAX - 1)));
    }
}
