//! One thing done to a session inside a cycle.
//!
//! The list in `operations!` is the only place that spells the operations out. Their names, how JSON is read and written,
//! how they are printed and [`OperationKind`] follow from it. `harness/tests/openapi` holds the tables of
//! `harness/PROTOCOL.md` and of `harness/openapi.json` against it.

use std::fmt;

use serde::Serialize;
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::fields::{Fields, OperationError};

/// The field that names the spelling of an operation on items.
pub(super) const SPELLING: &str = "spelling";

/// Each operation is written as `Variant = "its name" { field: Type => how_it_is_read }`; the last is a method of
/// [`Fields`]. The order is that of the protocol's table.
macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $name:literal $({ $($field:ident: $type:ty => $read:ident),+ })?
    ),+ $(,)?) => {
        /// One thing done to a session inside a cycle. The probe protocol (`harness/PROTOCOL.md`) says what each answers.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "op")]
        #[expect(missing_docs, reason = "the protocol's table documents the fields")]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])* #[serde(rename = $name)] $variant $({ $($field: $type),+ })?),+
        }

        /// Which operation it is, whatever its fields are. A new operation is missed by no `match` on its kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum OperationKind {
            $($(#[$doc])* $variant),+
        }

        impl OperationKind {
            /// All kinds, in the order of the protocol's table.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name in the protocol.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The names of the fields, in the order in which people expect them.
            #[must_use]
            pub const fn fields(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($(stringify!($field)),+)?]),+ }
            }
        }

        impl Operation {
            /// Which operation it is.
            #[must_use]
            pub const fn kind(&self) -> OperationKind {
                match self { $(Self::$variant { .. } => OperationKind::$variant),+ }
            }

            /// Reads the fields of an operation of this kind.
            pub(super) fn read(kind: OperationKind, fields: &Fields<'_>) -> Result<Self, OperationError> {
                Ok(match kind {
                    $(OperationKind::$variant => {
                        Self::$variant $({ $($field: fields.$read(stringify!($field))?),+ })?
                    })+
                })
            }
        }
    };
}

operations! {
    /// Reads an item.
    Get = "get" { key: String => text },
    /// Asks whether there is such an item.
    Contains = "contains" { key: String => text },
    /// Reads all items.
    Items = "items",
    /// Counts the items.
    Len = "len",
    /// Adds or replaces an item.
    Set = "set" { key: String => text, value: Value => value },
    /// Removes an item.
    Delete = "delete" { key: String => text },
    /// Removes an item and answers its value.
    Pop = "pop" { key: String => text },
    /// Reads an item, which is set first where it is missing.
    Setdefault = "setdefault" { key: String => text, value: Value => value },
    /// Adds or replaces several items.
    Update = "update" { items: Map => object },
    /// Removes all items.
    Clear = "clear",
    /// Changes the inside of a value, and tells the session nothing.
    SetIn = "set_in" { path: Vec<PathStep> => path, value: Value => value },
    /// Reads `permanent`.
    Permanent = "permanent",
    /// Reads `modified`.
    Modified = "modified",
    /// Reads `new`.
    New = "new",
    /// Sets `permanent`.
    SetPermanent = "set_permanent" { value: bool => boolean },
    /// Sets `modified` to true.
    SetModified = "set_modified",
    /// Gives the session a new id.
    Regenerate = "regenerate",
    /// Ends the session.
    Destroy = "destroy",
    /// Sets the lifetime of this session.
    SetLifetime = "set_lifetime" { seconds: f64 => number },
    /// Commits the session before the cycle ends.
    Save = "save",
    /// Gives the response this status.
    Respond = "respond" { status: u16 => status },
    /// Gives the response this header field.
    Header = "header" { name: String => field_name, value: String => field_value },
    /// Ends the cycle with an exception.
    Raise = "raise",
    /// Stops the cycle at the gate of this name. Over HTTP the name becomes the URL of the gate.
    Hold = "hold" { gate: String => gate },
}

impl OperationKind {
    /// The operation of this name in the protocol, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for OperationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl OperationKind {
    /// Whether it is an operation on items, which may have further spellings.
    #[must_use]
    pub const fn is_on_items(self) -> bool {
        match self {
            Self::Get
            | Self::Contains
            | Self::Items
            | Self::Len
            | Self::Set
            | Self::Delete
            | Self::Pop
            | Self::Setdefault
            | Self::Update
            | Self::Clear => true,
            Self::SetIn
            | Self::Permanent
            | Self::Modified
            | Self::New
            | Self::SetPermanent
            | Self::SetModified
            | Self::Regenerate
            | Self::Destroy
            | Self::SetLifetime
            | Self::Save
            | Self::Respond
            | Self::Header
            | Self::Raise
            | Self::Hold => false,
        }
    }
}

impl Operation {
    /// The name of this operation in the protocol.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind().as_str()
    }

    /// Whether the operation may change the session.
    #[must_use]
    pub const fn writes(&self) -> bool {
        match self.kind() {
            OperationKind::Set
            | OperationKind::Delete
            | OperationKind::Pop
            | OperationKind::Setdefault
            | OperationKind::Update
            | OperationKind::Clear
            | OperationKind::SetIn
            | OperationKind::SetPermanent
            | OperationKind::SetModified
            | OperationKind::Regenerate
            | OperationKind::Destroy
            | OperationKind::SetLifetime => true,
            OperationKind::Get
            | OperationKind::Contains
            | OperationKind::Items
            | OperationKind::Len
            | OperationKind::Permanent
            | OperationKind::Modified
            | OperationKind::New
            | OperationKind::Save
            | OperationKind::Respond
            | OperationKind::Header
            | OperationKind::Raise
            | OperationKind::Hold => false,
        }
    }
}

/// An operation is printed as a call in the code of a handler.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&call(&self.to_json(), |argument| argument))
    }
}

/// The JSON of an operation as a call, as in `set("colour", "red")`. Each argument is printed as `shortened` makes it.
///
/// It takes JSON, since a saved report may hold operations that this version does not know: then all members are
/// arguments.
pub(crate) fn call(op: &Value, shortened: impl Fn(String) -> String) -> String {
    let Some((name, members)) = op.get("op").and_then(Value::as_str).zip(op.as_object()) else {
        return shortened(op.to_string());
    };
    let kind = OperationKind::named(name);
    let arguments: Vec<&Value> = match kind {
        Some(kind) => kind.fields().iter().filter_map(|field| members.get(*field)).collect(),
        None => members.iter().filter(|(member, _)| *member != "op").map(|(_, value)| value).collect(),
    };
    let arguments: Vec<String> =
        arguments.into_iter().map(|argument| shortened(argument.to_string())).collect();
    let spelling = kind.and(members.get(SPELLING)).and_then(Value::as_str);
    let spelling = spelling.map(|spelling| format!(" as {spelling}")).unwrap_or_default();
    format!("{name}({}){spelling}", arguments.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::script::ops::{get, header, hold, items, set, set_in};

    #[test]
    fn an_operation_reads_like_the_code_of_a_handler() {
        assert_eq!(set("colour", "red").to_string(), r#"set("colour", "red")"#);
        assert_eq!(set_in(["cart".into(), 0.into()], 2).to_string(), r#"set_in(["cart",0], 2)"#);
        assert_eq!(get("a \"key\"").to_string(), r#"get("a \"key\"")"#);
        assert_eq!(header("Vary", "Origin").to_string(), r#"header("Vary", "Origin")"#);
        assert_eq!(hold("g").to_string(), r#"hold("g")"#);
        assert_eq!(items().to_string(), "items()");
    }

    #[test]
    fn what_is_no_operation_of_this_version_is_printed_too() {
        let printed = |op| call(&op, |argument| argument);
        assert_eq!(printed(json!({"op": "launch", "at": 1, "from": "a"})), r#"launch(1, "a")"#);
        assert_eq!(printed(json!({"op": "clear", "spelling": "replace"})), "clear() as replace");
        assert_eq!(printed(json!("no operation")), r#""no operation""#);
        assert_eq!(printed(json!({"key": 1})), r#"{"key":1}"#);
    }
}
