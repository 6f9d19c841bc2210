//! Observes which further spellings of its operations the probe has.

use super::Survey;
use super::observer::{Observer, TEXT};
use crate::script::ops::{clear, contains, delete, get, items, len, pop, set, setdefault, update};
use crate::script::{Answer, Operation, OperationKind, Operations};

/// A further spelling of an operation on items, which the probe declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherSpelling {
    /// The operation.
    pub operation: OperationKind,
    /// The name of the spelling.
    pub name: String,
    /// Whether the probe did so when it was asked on a session with one item.
    pub is_known: bool,
}

impl Observer<'_> {
    /// Each spelling that is declared of an operation on items, tried on a session of its own. Others are ignored.
    pub(super) async fn spellings(&self) -> Vec<FurtherSpelling> {
        let mut spellings = Vec::new();
        for operation in OperationKind::ALL {
            let (Some(names), Some(sample)) =
                (self.description.spellings.get(operation.as_str()), sample(operation))
            else {
                continue;
            };
            for name in names {
                let mut ops = Operations::from(vec![sample.clone()]);
                ops.spell(0, Some(name));
                let mut player = self.player();
                player.cycle("surveyor", vec![set("text", TEXT)]).await;
                let asked = player.send("surveyor", ops).await;
                let answer = player.transcript().exchanges[asked].answer(0);
                let is_known = matches!(answer, Some(Answer::Ok(_)));
                spellings.push(FurtherSpelling { operation, name: name.clone(), is_known });
            }
        }
        spellings
    }
}

/// An operation of this kind on a session with nothing in it but a text; none where it is not on items.
fn sample(kind: OperationKind) -> Option<Operation> {
    Some(match kind {
        OperationKind::Get => get("text"),
        OperationKind::Contains => contains("text"),
        OperationKind::Items => items(),
        OperationKind::Len => len(),
        OperationKind::Set => set("other", TEXT),
        OperationKind::Delete => delete("text"),
        OperationKind::Pop => pop("text"),
        OperationKind::Setdefault => setdefault("other", TEXT),
        OperationKind::Update => update([("other", TEXT.into())]),
        OperationKind::Clear => clear(),
        _ => return None,
    })
}

impl Survey {
    /// The spellings in words; none where the probe declares none.
    pub(super) fn told_spellings(&self) -> Option<String> {
        let told = |is_known: bool| {
            let meant = self.spellings.iter().filter(|spelling| spelling.is_known == is_known);
            let named: Vec<String> =
                meant.map(|spelling| format!("{} as {}", spelling.operation, spelling.name)).collect();
            (!named.is_empty()).then(|| named.join(", "))
        };
        match (told(true), told(false)) {
            (known, None) => known,
            (None, Some(refused)) => Some(format!("none; declared and not done: {refused}")),
            (Some(known), Some(refused)) => Some(format!("{known}; declared and not done: {refused}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_have_another_spelling_has_a_sample() {
        for kind in OperationKind::ALL {
            assert_eq!(sample(kind).map(|op| op.kind()), kind.is_on_items().then_some(kind));
        }
    }
}
