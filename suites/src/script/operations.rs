//! The operations of one cycle. The script, the request and the transcript have the same ones, and share them.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Operation;

/// The operations of one cycle, in order. A clone shares them until one of both is changed.
///
/// They can be sent to other threads, since a handler may run in one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Operations(Arc<Vec<Operation>>);

impl Deref for Operations {
    type Target = Vec<Operation>;

    fn deref(&self) -> &Vec<Operation> {
        &self.0
    }
}

impl DerefMut for Operations {
    fn deref_mut(&mut self) -> &mut Vec<Operation> {
        Arc::make_mut(&mut self.0)
    }
}

impl From<Vec<Operation>> for Operations {
    fn from(operations: Vec<Operation>) -> Self {
        Self(Arc::new(operations))
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        Vec::from_iter(operations).into()
    }
}

impl<'a> IntoIterator for &'a Operations {
    type Item = &'a Operation;
    type IntoIter = std::slice::Iter<'a, Operation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Operations {
    type Item = &'a mut Operation;
    type IntoIter = std::slice::IterMut<'a, Operation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl IntoIterator for Operations {
    type Item = Operation;
    type IntoIter = std::vec::IntoIter<Operation>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}

impl Serialize for Operations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Operations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ops::{clear, get};

    #[test]
    fn what_is_changed_in_a_clone_stays_as_it_was_elsewhere() {
        let told = Operations::from(vec![get("colour")]);
        let mut changed = told.clone();
        changed.push(clear());
        assert_eq!((told.len(), changed.len()), (1, 2));
        assert_eq!(serde_json::to_value(&told).unwrap(), serde_json::json!([{"op": "get", "key": "colour"}]));
    }
}
