//! How the probe protocol spells operations.
//!
//! Serde's `tag` writes them. They are read by hand, for two reasons. A message names the field at fault and says what
//! it has to be, where serde would say `invalid type: integer`. And serde cannot read numbers of a tagged enum from
//! text once any crate turns on `arbitrary_precision` of serde_json (serde-rs/json, issue 505).

use serde::{Deserialize, Deserializer};
use serde_json::json;
use sessionspec_reference::Value;

use super::fields::{Fields, OperationError};
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
        assert!(message(json!({"op": "respond", "status": 600})).contains("from 200 to 599"));
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
