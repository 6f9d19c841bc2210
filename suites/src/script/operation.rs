//! One thing done to a session inside a cycle, and how the probe protocol spells it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

/// One thing done to a session inside a cycle. The probe protocol (`harness/PROTOCOL.md`) says what each answers.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the protocol's table documents operations and fields")]
#[non_exhaustive]
pub enum Operation {
    Get {
        key: String,
    },
    Contains {
        key: String,
    },
    Items,
    Len,
    Set {
        key: String,
        value: Value,
    },
    Delete {
        key: String,
    },
    Pop {
        key: String,
    },
    Setdefault {
        key: String,
        value: Value,
    },
    Update {
        items: Map,
    },
    Clear,
    SetIn {
        path: Vec<PathStep>,
        value: Value,
    },
    Permanent,
    SetPermanent {
        value: bool,
    },
    Modified,
    SetModified,
    New,
    Regenerate,
    Destroy,
    SetLifetime {
        seconds: f64,
    },
    Save,
    Respond {
        status: u16,
    },
    Raise,
    /// Stops the cycle at the gate of this name. Over HTTP the name becomes the URL of the gate.
    Hold {
        gate: String,
    },
}

impl Operation {
    /// The names of all operations, in the order of the protocol's table.
    pub const NAMES: [&'static str; 23] = [
        "get",
        "contains",
        "items",
        "len",
        "set",
        "delete",
        "pop",
        "setdefault",
        "update",
        "clear",
        "set_in",
        "permanent",
        "modified",
        "new",
        "set_permanent",
        "set_modified",
        "regenerate",
        "destroy",
        "set_lifetime",
        "save",
        "respond",
        "raise",
        "hold",
    ];

    /// The name of this operation in the protocol.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Get { .. } => "get",
            Self::Contains { .. } => "contains",
            Self::Items => "items",
            Self::Len => "len",
            Self::Set { .. } => "set",
            Self::Delete { .. } => "delete",
            Self::Pop { .. } => "pop",
            Self::Setdefault { .. } => "setdefault",
            Self::Update { .. } => "update",
            Self::Clear => "clear",
            Self::SetIn { .. } => "set_in",
            Self::Permanent => "permanent",
            Self::SetPermanent { .. } => "set_permanent",
            Self::Modified => "modified",
            Self::SetModified => "set_modified",
            Self::New => "new",
            Self::Regenerate => "regenerate",
            Self::Destroy => "destroy",
            Self::SetLifetime { .. } => "set_lifetime",
            Self::Save => "save",
            Self::Respond { .. } => "respond",
            Self::Raise => "raise",
            Self::Hold { .. } => "hold",
        }
    }

    /// Whether the operation may change the session.
    #[must_use]
    pub fn writes(&self) -> bool {
        matches!(
            self,
            Self::Set { .. }
                | Self::Delete { .. }
                | Self::Pop { .. }
                | Self::Setdefault { .. }
                | Self::Update { .. }
                | Self::Clear
                | Self::SetIn { .. }
                | Self::SetPermanent { .. }
                | Self::SetModified
                | Self::Regenerate
                | Self::Destroy
                | Self::SetLifetime { .. }
        )
    }

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

/// Short constructors, with which a script reads like the code of a handler.
pub mod ops {
    use super::{Map, Operation, PathStep, Value};

    /// Reads an item.
    pub fn get(key: &str) -> Operation {
        Operation::Get { key: key.to_owned() }
    }

    /// Asks whether there is such an item.
    pub fn contains(key: &str) -> Operation {
        Operation::Contains { key: key.to_owned() }
    }

    /// Reads all items.
    pub fn items() -> Operation {
        Operation::Items
    }

    /// Counts the items.
    pub fn len() -> Operation {
        Operation::Len
    }

    /// Adds or replaces an item.
    pub fn set(key: &str, value: impl Into<Value>) -> Operation {
        Operation::Set { key: key.to_owned(), value: value.into() }
    }

    /// Removes an item.
    pub fn delete(key: &str) -> Operation {
        Operation::Delete { key: key.to_owned() }
    }

    /// Removes an item and returns its value.
    pub fn pop(key: &str) -> Operation {
        Operation::Pop { key: key.to_owned() }
    }

    /// Reads an item, setting it first where it is missing.
    pub fn setdefault(key: &str, value: impl Into<Value>) -> Operation {
        Operation::Setdefault { key: key.to_owned(), value: value.into() }
    }

    /// Adds or replaces several items.
    pub fn update(items: impl IntoIterator<Item = (&'static str, Value)>) -> Operation {
        let items: Map = items.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Operation::Update { items }
    }

    /// Removes all items.
    pub fn clear() -> Operation {
        Operation::Clear
    }

    /// Changes the inside of a value.
    pub fn set_in(path: impl IntoIterator<Item = PathStep>, value: impl Into<Value>) -> Operation {
        Operation::SetIn { path: path.into_iter().collect(), value: value.into() }
    }

    /// Reads `permanent`.
    pub fn permanent() -> Operation {
        Operation::Permanent
    }

    /// Sets `permanent`.
    pub fn set_permanent(value: bool) -> Operation {
        Operation::SetPermanent { value }
    }

    /// Reads `modified`.
    pub fn modified() -> Operation {
        Operation::Modified
    }

    /// Sets `modified`.
    pub fn set_modified() -> Operation {
        Operation::SetModified
    }

    /// Reads `new`.
    pub fn new() -> Operation {
        Operation::New
    }

    /// Ends the session.
    pub fn destroy() -> Operation {
        Operation::Destroy
    }

    /// Stops at a gate.
    pub fn hold(gate: &str) -> Operation {
        Operation::Hold { gate: gate.to_owned() }
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
