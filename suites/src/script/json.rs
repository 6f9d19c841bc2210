//! How the probe protocol spells operations.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::Operation;

/// An operation as it is written: the fields that it has, in the order of their names.
#[derive(Default, Serialize)]
struct Spelled<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a Map>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    op: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a [PathStep]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Assigned<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Assigned<'a> {
    Value(&'a Value),
    Flag(bool),
    Text(&'a str),
}

impl<'a> From<&'a Operation> for Spelled<'a> {
    fn from(operation: &'a Operation) -> Self {
        let spelled = Self { op: operation.name(), ..Self::default() };
        match operation {
            Operation::Get { key }
            | Operation::Contains { key }
            | Operation::Delete { key }
            | Operation::Pop { key } => Self { key: Some(key), ..spelled },
            Operation::Set { key, value } | Operation::Setdefault { key, value } => {
                Self { key: Some(key), value: Some(Assigned::Value(value)), ..spelled }
            }
            Operation::Update { items } => Self { items: Some(items), ..spelled },
            Operation::SetIn { path, value } => {
                Self { path: Some(path), value: Some(Assigned::Value(value)), ..spelled }
            }
            Operation::SetPermanent { value } => Self { value: Some(Assigned::Flag(*value)), ..spelled },
            Operation::SetLifetime { seconds } => Self { seconds: Some(*seconds), ..spelled },
            Operation::Respond { status } => Self { status: Some(*status), ..spelled },
            Operation::Header { name, value } => {
                Self { name: Some(name), value: Some(Assigned::Text(value)), ..spelled }
            }
            Operation::Hold { gate } => Self { gate: Some(gate), ..spelled },
            Operation::Items
            | Operation::Len
            | Operation::Clear
            | Operation::Permanent
            | Operation::Modified
            | Operation::SetModified
            | Operation::New
            | Operation::Regenerate
            | Operation::Destroy
            | Operation::Save
            | Operation::Raise => spelled,
        }
    }
}

impl Operation {
    /// The operation as the protocol spells it, but for `hold`, which names its gate.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).expect("its fields are what JSON can say")
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
            "header" => Self::Header { name: fields.field_name()?, value: fields.field_value()? },
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

    /// RFC 9110, section 5.1.
    fn field_name(&self) -> Result<String, OperationError> {
        let is_lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        self.read("name", "the name of a header field", |value| {
            value.as_str().filter(|name| !name.is_empty() && name.bytes().all(is_lawful)).map(str::to_owned)
        })
    }

    /// RFC 9110, section 5.5, without what is obsolete there.
    fn field_value(&self) -> Result<String, OperationError> {
        let is_lawful = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        self.read("value", "visible ASCII, with blanks only in between", |value| {
            value
                .as_str()
                .filter(|text| text.trim() == *text && text.bytes().all(is_lawful))
                .map(str::to_owned)
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
        Spelled::from(self).serialize(serializer)
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
    use serde_json::json;

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
        let header = |name: &str, value: &str| message(json!({"op": "header", "name": name, "value": value}));
        assert!(header("", "a").contains("`name` has to be the name of a header field"));
        assert!(header("Set Cookie", "a").contains("`name`"));
        for value in [" a", "a\r\nVary: b", "na\u{ef}ve"] {
            assert!(header("Vary", value).contains("`value` has to be visible ASCII"), "{value:?}");
        }
    }
}
