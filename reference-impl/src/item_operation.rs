//! Operations on items as values, for sessions that have more than one spelling of one.

use crate::value::{Map, Value};

/// An operation on the items of a session, which [`Session::spelled`](crate::Session::spelled) performs in another spelling
/// than the usual one.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the protocol's table documents the fields")]
pub enum ItemOperation {
    /// Reads an item.
    Get { key: String },
    /// Asks whether there is such an item.
    Contains { key: String },
    /// Reads all items.
    Items,
    /// Counts the items.
    Len,
    /// Adds or replaces an item.
    Set { key: String, value: Value },
    /// Removes an item.
    Delete { key: String },
    /// Removes an item and answers its value.
    Pop { key: String },
    /// Reads an item, which is set first where it is missing.
    Setdefault { key: String, value: Value },
    /// Adds or replaces several items.
    Update { items: Map },
    /// Removes all items.
    Clear,
}
