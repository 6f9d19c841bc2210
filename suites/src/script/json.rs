//! How the probe protocol spells operations.
//!
//! Serde's `tag` writes them. They are read by hand, for two reasons. A message names the field at fault and says what
//! it has to be, where serde would say `invalid type: integer`. And serde cannot read numbers of a tagged enum from
//! text once any crate turns on `arbitrary_precision` of serde_json (serde-rs/json, issue 505).

use serde::{Deserialize, Deserializer};
use serde_json::json;
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::{Operation, OperationKind};

/// Up to here each whole number is a float of its own.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Operation {
    /// The operation as the protocol spells it, except that a `hold` has the name of its gate and no URL.
    #[must_use]
    pub fn to_json(&self) -> Value {
        // 3.0 is the same number, but what reads it in many languages is no integer.
        if let Self::SetLifetime { seconds } = *self
            && seconds.fract() == 0.0
            && seconds.abs() < LARGEST_WHOLE
        {
            return json!({ "op": OperationKind::SetLifetime.as_str(), "seconds": seconds as i64 });
        }
        serde_json::to_value(self).expect("its fields are what JSON can say")
    }

    /// Reads an operation. A `hold` may have the name of its gate as `gate` or, as on the wire, as `url`.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unknown`] where there is no operation of that name, so that a probe can answer "unsupported";
    /// [`OperationError::Malformed`] where a field is missing or of a wrong type.
    pub fn from_json(json: &Value) -> Result<Self, OperationError> {
        let fields = Fields { json };
        let name = fields.text("op")?;
        let kind = OperationKind::named(&name).ok_or(OperationError::Unknown(name))?;
        Self::read(kind, &fields)
    }
}

/// Why a piece of JSON is no operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// There is no operation of this name.
    #[error("there is no operation `{0}`; the protocol lists those that exist")]
    Unknown(String),
    /// A field is missing or of a wrong type.
    #[error("{json}: the field `{field}` has to be {expected}")]
    Malformed {
        /// The JSON that was read.
        json: String,
        /// The field at fault.
        field: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
}

/// The fields of an operation's JSON. Each method reads the field of this name as one type, or says what it has to be.
pub(super) struct Fields<'a> {
    json: &'a Value,
}

impl Fields<'_> {
    fn read<T>(
        &self,
        field: &'static str,
        expected: &'static str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, OperationError> {
        self.json.get(field).and_then(convert).ok_or_else(|| OperationError::Malformed {
            json: self.json.to_string(),
            field,
            expected,
        })
    }

    pub(super) fn text(&self, field: &'static str) -> Result<String, OperationError> {
        self.read(field, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// The name of a gate stands in this field or, as on the wire, in `url`.
    pub(super) fn gate(&self, field: &'static str) -> Result<String, OperationError> {
        self.text(field).or_else(|_| self.text("url"))
    }

    pub(super) fn value(&self, field: &'static str) -> Result<Value, OperationError> {
        self.read(field, "present", |value| Some(value.clone()))
    }

    pub(super) fn boolean(&self, field: &'static str) -> Result<bool, OperationError> {
        self.read(field, "true or false", Value::as_bool)
    }

    pub(super) fn number(&self, field: &'static str) -> Result<f64, OperationError> {
        self.read(field, "a number", Value::as_f64)
    }

    pub(super) fn object(&self, field: &'static str) -> Result<Map, OperationError> {
        self.read(field, "an object", |value| value.as_object().cloned())
    }

    pub(super) fn status(&self, field: &'static str) -> Result<u16, OperationError> {
        self.read(field, "a status from 200 to 599 that may have a body (not 204, 205 or 304)", |value| {
            let status = u16::try_from(value.as_u64()?).ok()?;
            ((200..600).contains(&status) && ![204, 205, 304].contains(&status)).then_some(status)
        })
    }

    /// The name of a header field, as RFC 9110 allows it in section 5.1.
    pub(super) fn field_name(&self, field: &'static str) -> Result<String, OperationError> {
        let is_lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        self.read(field, "the name of a header field", |value| {
            value.as_str().filter(|name| !name.is_empty() && name.bytes().all(is_lawful)).map(str::to_owned)
        })
    }

    /// The value of a header field, as RFC 9110 allows it in section 5.5, without what is obsolete there.
    pub(super) fn field_value(&self, field: &'static str) -> Result<String, OperationError> {
        let is_lawful = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        self.read(field, "visible ASCII, with blanks only in between", |value| {
            value
                .as_str()
                .filter(|text| text.trim() == *text && text.bytes().all(is_lawful))
                .map(str::to_owned)
        })
    }

    pub(super) fn path(&self, field: &'static str) -> Result<Vec<PathStep>, OperationError> {
        self.read(field, "a list of two or more keys and indexes", |value| {
            let steps = value.as_array()?;
            let path: Option<Vec<PathStep>> = steps
                .iter()
                .map(|step| match step.as_str() {
                    Some(key) => Some(PathStep::Key(key.to_owned())),
                    None => Some(PathStep::Index(usize::try_from(step.as_u64()?).ok()?)),
                })
                .collect();
            path.filter(|path| path.len() >= 2)
        })
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_of_seconds_is_an_integer() {
        let told = |seconds: f64| Operation::SetLifetime { seconds }.to_json()["seconds"].to_string();
        assert_eq!([3.0, 0.0, -1.0, 2.5].map(told), ["3", "0", "-1", "2.5"]);
    }

    #[test]
    fn every_operation_survives_its_own_json() {
        let samples = [
            json!({"op": "get", "key": "k"}),
            json!({"op": "contains", "key": "k"}),
            json!({"op": "items"}),
            json!({"op": "len"}),
            json!({"op": "set", "key": "k", "value": null}),
            json!({"op": "delete", "key": "k"}),
            json!({"op": "pop", "key": "k"}),
            json!({"op": "setdefault", "key": "k", "value": [1]}),
            json!({"op": "update", "items": {"a": 1}}),
            json!({"op": "clear"}),
            json!({"op": "set_in", "path": ["a", 0, "b"], "value": 1}),
            json!({"op": "permanent"}),
            json!({"op": "modified"}),
            json!({"op": "new"}),
            json!({"op": "set_permanent", "value": true}),
            json!({"op": "set_modified"}),
            json!({"op": "regenerate"}),
            json!({"op": "destroy"}),
            json!({"op": "set_lifetime", "seconds": 2.5}),
            json!({"op": "save"}),
            json!({"op": "respond", "status": 404}),
            json!({"op": "header", "name": "Vary", "value": "Accept-Language, Origin"}),
            json!({"op": "raise"}),
            json!({"op": "hold", "gate": "g"}),
        ];
        let names: Vec<&str> = samples.iter().map(|json| json["op"].as_str().unwrap()).collect();
        assert_eq!(names, OperationKind::ALL.map(OperationKind::as_str));
        for json in samples {
            assert_eq!(Operation::from_json(&json).unwrap().to_json(), json);
        }
    }

    #[test]
    fn bad_fields_are_named() {
        let message = |json: Value| Operation::from_json(&json).unwrap_err().to_string();
        assert_eq!(message(json!({"op": "get"})), r#"{"op":"get"}: the field `key` has to be a string"#);
        assert!(message(json!({"op": "respond", "status": 204})).contains("not 204, 205 or 304"));
        assert!(message(json!({"op": "set_in", "path": ["a"], "value": 1})).contains("two or more"));
        assert!(message(json!({"op": "launch"})).contains("no operation `launch`"));
        let header = |name: &str, value: &str| message(json!({"op": "header", "name": name, "value": value}));
        assert!(header("", "a").contains("`name` has to be the name of a header field"));
        assert!(header("Set Cookie", "a").contains("`name`"));
        for value in [" a", "a\r\nVary: b", "na\u{ef}ve"] {
            assert!(header("Vary", value).contains("`value` has to be visible ASCII"), "{value:?}");
        }
    }
}
