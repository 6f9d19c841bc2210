//! An example of each operation, so that a check can ask the same of all of them: none is forgotten, since the list of
//! operations is the one of `operation.rs`.

use serde_json::json;

use super::ops::{
    clear, contains, delete, destroy, get, items, len, modified, new, permanent, pop, set, set_in,
    set_modified, set_permanent, setdefault, update,
};
use super::{Operation, OperationKind};

impl Operation {
    /// Each operation that may change a session, as a request performs it on one with the items `colour` and `cart`.
    pub(crate) fn changes() -> impl Iterator<Item = Self> {
        OperationKind::ALL.into_iter().filter_map(example).filter(Self::writes)
    }

    /// Each operation that only looks at a session.
    pub(crate) fn looks() -> impl Iterator<Item = Self> {
        let commits = |op: &Self| op.kind() == OperationKind::Save;
        OperationKind::ALL.into_iter().filter_map(example).filter(move |op| !op.writes() && !commits(op))
    }

    /// Its name as a part of a reason.
    pub(crate) fn in_reasons(&self) -> String {
        self.name().replace('_', "-")
    }
}

/// An operation of this kind; none where it is the probe's own and does not concern the session.
fn example(kind: OperationKind) -> Option<Operation> {
    let op = match kind {
        OperationKind::Get => get("colour"),
        OperationKind::Contains => contains("colour"),
        OperationKind::Items => items(),
        OperationKind::Len => len(),
        OperationKind::Set => set("colour", "blue"),
        OperationKind::Delete => delete("colour"),
        OperationKind::Pop => pop("colour"),
        OperationKind::Setdefault => setdefault("shape", "round"),
        OperationKind::Update => update([("shape", json!("round"))]),
        OperationKind::Clear => clear(),
        OperationKind::SetIn => set_in(["cart".into(), "count".into()], 2),
        OperationKind::Permanent => permanent(),
        OperationKind::Modified => modified(),
        OperationKind::New => new(),
        OperationKind::SetPermanent => set_permanent(true),
        OperationKind::SetModified => set_modified(),
        OperationKind::Regenerate => Operation::Regenerate,
        OperationKind::Destroy => destroy(),
        OperationKind::SetLifetime => Operation::SetLifetime { seconds: 60.0 },
        OperationKind::Save => Operation::Save,
        OperationKind::Respond | OperationKind::Header | OperationKind::Raise | OperationKind::Hold => {
            return None;
        }
    };
    Some(op)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_is_of_its_kind_and_each_operation_on_a_session_has_one() {
        let examples: Vec<OperationKind> =
            OperationKind::ALL.into_iter().filter_map(example).map(|op| op.kind()).collect();
        let of_the_probe =
            [OperationKind::Respond, OperationKind::Header, OperationKind::Raise, OperationKind::Hold];
        let others: Vec<OperationKind> =
            OperationKind::ALL.into_iter().filter(|kind| !of_the_probe.contains(kind)).collect();
        assert_eq!(examples, others);
        let (changes, looks) = (Operation::changes().count(), Operation::looks().count());
        // The one that is neither commits what others have changed.
        assert_eq!(changes + looks + 1, examples.len());
    }
}
