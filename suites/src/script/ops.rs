//! Short constructors, with which a script reads like the code of a handler.

use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

use super::Operation;

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

/// Removes an item and answers its value.
pub fn pop(key: &str) -> Operation {
    Operation::Pop { key: key.to_owned() }
}

/// Reads an item, which is set first where it is missing.
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

/// Changes the inside of a value, and tells the session nothing.
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

/// Sets `modified` to true.
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

/// Adds a header field to the handler's own response.
pub fn header(name: &str, value: &str) -> Operation {
    Operation::Header { name: name.to_owned(), value: value.to_owned() }
}

/// Stops the cycle at the gate of this name.
pub fn hold(gate: &str) -> Operation {
    Operation::Hold { gate: gate.to_owned() }
}
