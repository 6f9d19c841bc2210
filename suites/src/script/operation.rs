//! One thing done to a session inside a cycle.

use std::fmt;

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
    Header {
        name: String,
        value: String,
    },
    Raise,
    /// Stops the cycle at the gate of this name. Over HTTP the name becomes the URL of the gate.
    Hold {
        gate: String,
    },
}

impl Operation {
    /// The names of all operations, in the order of the protocol's table.
    pub const NAMES: [&'static str; 24] = [
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
        "header",
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
            Self::Header { .. } => "header",
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
}

/// As the code of a handler would say it.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::Get { key } | Self::Contains { key } | Self::Delete { key } | Self::Pop { key } => {
                write!(f, "{name}({})", Value::from(key.as_str()))
            }
            Self::Set { key, value } | Self::Setdefault { key, value } => {
                write!(f, "{name}({}, {value})", Value::from(key.as_str()))
            }
            Self::Update { items } => write!(f, "{name}({})", Value::Object(items.clone())),
            Self::SetIn { path, value } => {
                f.write_str(name)?;
                f.write_str("(")?;
                for step in path {
                    match step {
                        PathStep::Key(key) => write!(f, "[{}]", Value::from(key.as_str()))?,
                        PathStep::Index(index) => write!(f, "[{index}]")?,
                    }
                }
                write!(f, ", {value})")
            }
            Self::SetPermanent { value } => write!(f, "{name}({value})"),
            Self::SetLifetime { seconds } => write!(f, "{name}({seconds} s)"),
            Self::Respond { status } => write!(f, "{name}({status})"),
            Self::Header { name: field, value } => write!(f, "{name}({field}: {value})"),
            Self::Hold { gate } => write!(f, "{name}({gate})"),
            _ => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::script::ops::{get, items, set, set_in};

    #[test]
    fn an_operation_reads_like_the_code_of_a_handler() {
        assert_eq!(set("colour", "red").to_string(), r#"set("colour", "red")"#);
        assert_eq!(set_in(["cart".into(), 0.into()], 2).to_string(), r#"set_in(["cart"][0], 2)"#);
        assert_eq!(get("a \"key\"").to_string(), r#"get("a \"key\"")"#);
        assert_eq!(items().to_string(), "items");
    }
}
