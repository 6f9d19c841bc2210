//! What one operation answered.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use sessionspec_reference::Value;

/// What one operation answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The operation was done, with this value.
    Ok(Value),
    /// There is no such item.
    Absent,
    /// The session refused the operation, with this message.
    Error(String),
    /// The backend does not have this operation.
    Unsupported,
}

impl Answer {
    /// The answer as the protocol spells it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Ok(value) => json!({"ok": value}),
            Self::Absent => json!({"absent": true}),
            Self::Error(message) => json!({"error": message}),
            Self::Unsupported => json!({"unsupported": true}),
        }
    }

    /// Reads an answer; `None` where the JSON is not one.
    #[must_use]
    pub fn from_json(json: &Value) -> Option<Self> {
        let members = json.as_object()?;
        let (name, value) = members.iter().next().filter(|_| members.len() == 1)?;
        match (name.as_str(), value) {
            ("ok", value) => Some(Self::Ok(value.clone())),
            ("absent", Value::Bool(true)) => Some(Self::Absent),
            ("unsupported", Value::Bool(true)) => Some(Self::Unsupported),
            ("error", Value::String(message)) => Some(Self::Error(message.clone())),
            _ => None,
        }
    }

    /// The boolean that was answered, where it was one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Ok(value) => value.as_bool(),
            _ => None,
        }
    }

    /// Whether the operation was done, or found nothing to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Ok(_) | Self::Absent)
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ok(Value::Null) => f.write_str("done"),
            Self::Ok(value) => write!(f, "{value}"),
            Self::Absent => f.write_str("absent"),
            Self::Error(message) => write!(f, "refused: {message}"),
            Self::Unsupported => f.write_str("unsupported"),
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// An answer as it is read: an object with one member, whose name says which answer it is.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Spelled {
    Ok(Value),
    Absent(bool),
    Error(String),
    Unsupported(bool),
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Spelled::deserialize(deserializer)? {
            Spelled::Ok(value) => Ok(Self::Ok(value)),
            Spelled::Absent(true) => Ok(Self::Absent),
            Spelled::Error(message) => Ok(Self::Error(message)),
            Spelled::Unsupported(true) => Ok(Self::Unsupported),
            Spelled::Absent(false) | Spelled::Unsupported(false) => {
                Err(serde::de::Error::custom("`absent` and `unsupported` are true, or not there"))
            }
        }
    }
}
