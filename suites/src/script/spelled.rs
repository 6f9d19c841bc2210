//! An operation with the spelling in which it is asked.

use serde::{Deserialize, Deserializer};
use sessionspec_reference::{ItemOperation, Value};

use super::Operation;
use super::fields::{Fields, OperationError};
use super::operation::SPELLING;

/// An operation, and the spelling in which it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct SpelledOperation {
    /// The operation.
    pub operation: Operation,
    /// Its spelling, where it is another than the usual one.
    pub spelling: Option<String>,
}

impl SpelledOperation {
    /// Reads an operation as [`Operation::from_json`] does, and its spelling. Only operations on items have further ones.
    ///
    /// # Errors
    ///
    /// Those of [`Operation::from_json`], and [`OperationError::Malformed`] where the spelling has no name.
    pub fn from_json(json: &Value) -> Result<Self, OperationError> {
        let operation = Operation::from_json(json)?;
        let is_on_items = operation.kind().is_on_items();
        let spelling = if is_on_items { Fields { json }.spelling(SPELLING)? } else { None };
        Ok(Self { operation, spelling })
    }
}

impl<'de> Deserialize<'de> for SpelledOperation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Operation {
    /// What a session is asked for that performs it in another spelling; none where it is not on items.
    pub(crate) fn on_items(&self) -> Option<ItemOperation> {
        Some(match self.clone() {
            Self::Get { key } => ItemOperation::Get { key },
            Self::Contains { key } => ItemOperation::Contains { key },
            Self::Items => ItemOperation::Items,
            Self::Len => ItemOperation::Len,
            Self::Set { key, value } => ItemOperation::Set { key, value },
            Self::Delete { key } => ItemOperation::Delete { key },
            Self::Pop { key } => ItemOperation::Pop { key },
            Self::Setdefault { key, value } => ItemOperation::Setdefault { key, value },
            Self::Update { items } => ItemOperation::Update { items },
            Self::Clear => ItemOperation::Clear,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::OperationKind;

    #[test]
    fn an_operation_can_be_spelled_if_it_is_on_items() {
        let changes = Operation::changes().chain(Operation::looks());
        let mut kinds: Vec<OperationKind> = Vec::new();
        for op in changes {
            assert_eq!(op.on_items().is_some(), op.kind().is_on_items(), "{op}");
            kinds.extend(op.on_items().map(|_| op.kind()));
        }
        assert_eq!(kinds.len(), OperationKind::ALL.into_iter().filter(|kind| kind.is_on_items()).count());
    }
}
