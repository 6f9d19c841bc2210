//! How the probe protocol spells operations.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::Operation;

impl Operation {
    /// The operation as the protocol spells it, but for `hold`, which names its gate.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let op = self.name();
        match self {
            Self::Get { key } | Self::Contains { key } | Self::Delete { key } | Self::Pop { key } => {
                json!({"op": op, "key": key})
            }
            Self::Set { key, value } | Self::Setdefault { key, value } => {
                json!({"op": op, "key": key, "value": value})
            }
            Self::Update { items } => json!({"op": op, "items": items}),
            Self::SetIn { path, value } => {
                let path: Vec<Value> = path
                    .iter()
                    .map(|step| match step {
                        PathStep::Key(key) => json!(key),
                        PathStep::Index(index) => json!(index),
                    })
                    .collect();
                json!({"op": op, "path": path, "value": value})
            }
            Self::SetPermanent { value } => json!({"op": op, "value": value}),
            Self::SetLifetime { seconds } => json!({"op": op, "seconds": seconds}),
            Self::Respond { status } => json!({"op": op, "status": status}),
            Self::Hold { gate } => json!({"op": op, "gate": gate}),
            Self::Items
            | Self::Len
            | Self::Clear
            | Self::Permanent
            | Self::Modified
            | Self::SetModified
            | Self::New
            | Self::Regenerate
            | Self::Destroy
            | Self::Save
            | Self::Raise => json!({"op": op}),
        }
    }

    /// Reads an operation; `hold` may name its gate by `gate` or, as on the wire, by `url`.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unknown`] where there is no operation of that name, so that a probe can answer "unsupported";
    /// [`OperationError::Malformed`] where a field is missing or of a wrong type.
    pub fn from_json(json: &Value) -> Result<Self, OperationError> {
        let fields = Fields { json };
        let operation = match fields.text("op")?.as_str() {
            "get" => Self::Get { key: fields.text("key")? },
            "contains" => Self::Contains { key: fields.text("key")? },
            "items" => Self::Items,
            "len" => Self::Len,
            "set" => Self::Set { key: fields.text("key")?, value: fields.value("value")? },
            "delete" => Self::Delete { key: fields.text("key")? },
            "pop" => Self::Pop { key: fields.text("key")? },
            "setdefault" => Self::Setdefault { key: fields.text("key")?, value: fields.value("value")? },
            "update" => Self::Update { items: fields.object("items")? },
            "clear" => Self::Clear,
            "set_in" => Self::SetIn { path: fields.path()?, value: fields.value("value")? },
            "permanent" => Self::Permanent,
            "set_permanent" => Self::SetPermanent { value: fields.boolean("value")? },
            "modified" => Self::Modified,
            "set_modified" => Self::SetModified,
            "new" => Self::New,
            "regenerate" => Self::Regenerate,
            "destroy" => Self::Destroy,
            "set_lifetime" => Self::SetLifetime { seconds: fields.number("seconds")? },
            "save" => Self::Save,
            "respond" => Self::Respond { status: fields.status()? },
            "raise" => Self::Raise,
            "hold" => Self::Hold { gate: fields.text("gate").or_else(|_| fields.text("url"))? },
            unknown => return Err(OperationError::Unknown(unknown.to_owned())),
        };
        Ok(operation)
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

struct Fields<'a> {
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

    fn text(&self, field: &'static str) -> Result<String, OperationError> {
        self.read(field, "a string", |value| value.as_str().map(str::to_owned))
    }

    fn value(&self, field: &'static str) -> Result<Value, OperationError> {
        self.read(field, "present", |value| Some(value.clone()))
    }

    fn boolean(&self, field: &'static str) -> Result<bool, OperationError> {
        self.read(field, "true or false", Value::as_bool)
    }

    fn number(&self, field: &'static str) -> Result<f64, OperationError> {
        self.read(field, "a number", Value::as_f64)
    }

    fn object(&self, field: &'static str) -> Result<Map, OperationError> {
        self.read(field, "an object", |value| value.as_object().cloned())
    }

    fn status(&self) -> Result<u16, OperationError> {
        self.read("status", "a status from 200 to 599 that may have a body (not 204, 205 or 304)", |value| {
            let status = u16::try_from(value.as_u64()?).ok()?;
            ((200..600).contains(&status) && ![204, 205, 304].contains(&status)).then_some(status)
        })
    }

    fn path(&self) -> Result<Vec<PathStep>, OperationError> {
        self.read("path", "a list of two or more keys and indexes", |value| {
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

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
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
            json!({"op": "raise"}),
            json!({"op": "hold", "gate": "g"}),
        ];
        let names: Vec<&str> = samples.iter().map(|json| json["op"].as_str().unwrap()).collect();
        assert_eq!(names, Operation::NAMES);
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
    }
}
