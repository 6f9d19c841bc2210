//! Observes which operations the backend has, and which items are the framework's own (its own keys).

use std::collections::BTreeSet;

use sessionspec_reference::Value;

use super::SHORT;
use super::observer::{Observer, TEXT, WRITTEN};
use crate::play::Exchange;
use crate::script::ops::{
    clear, contains, delete, destroy, get, header, items, len, modified, new, permanent, pop, set, set_in,
    set_modified, set_permanent, setdefault, update,
};
use crate::script::{Answer, Operation, OperationKind};

impl Observer<'_> {
    pub(super) async fn own_keys(&self) -> BTreeSet<String> {
        let mut player = self.player();
        let cycles = [
            ("surveyor", vec![items()]),
            (
                "surveyor",
                vec![set("text", TEXT), items(), set_permanent(true), items(), set_permanent(false), items()],
            ),
            (
                "surveyor",
                vec![items(), set_modified(), items(), Operation::SetLifetime { seconds: 60.0 }, items()],
            ),
            ("surveyor", vec![items(), Operation::Regenerate, items()]),
            ("surveyor", vec![items()]),
        ];
        for (browser, ops) in cycles {
            player.cycle(browser, ops).await;
        }
        let exchanges = &player.transcript().exchanges;
        let seen = exchanges.iter().flat_map(Exchange::answers).filter_map(|answer| match answer {
            Answer::Ok(Value::Object(items)) => Some(items.keys()),
            _ => None,
        });
        seen.flatten().filter(|key| !WRITTEN.contains(&key.as_str())).cloned().collect()
    }

    pub(super) async fn unsupported(&self) -> Vec<String> {
        let mut unsupported = Vec::new();
        for op in OperationKind::ALL.into_iter().filter_map(sample) {
            let name = op.name();
            let [_, answers] = self.observe([vec![set("text", TEXT)], vec![op]]).await;
            if answers.first() == Some(&Answer::Unsupported) {
                unsupported.push(name.to_owned());
            }
        }
        unsupported
    }

    /// Whether a session can be given a lifetime that can be waited for.
    pub(super) async fn takes_short_lifetimes(&self) -> bool {
        let ops = vec![set("text", TEXT), Operation::SetLifetime { seconds: SHORT }];
        let [answers] = self.observe([ops]).await;
        answers.get(1).is_some_and(Answer::is_done)
    }
}

/// An operation of this kind, as it is sent to see whether the backend has it. A cycle that raises or holds has no
/// answer that would say so.
fn sample(kind: OperationKind) -> Option<Operation> {
    let op = match kind {
        OperationKind::Get => get("text"),
        OperationKind::Contains => contains("text"),
        OperationKind::Items => items(),
        OperationKind::Len => len(),
        OperationKind::Set => set("other", TEXT),
        OperationKind::Delete => delete("other"),
        OperationKind::Pop => pop("other"),
        OperationKind::Setdefault => setdefault("other", TEXT),
        OperationKind::Update => update([]),
        OperationKind::Clear => clear(),
        OperationKind::SetIn => set_in(["text".into(), "n".into()], TEXT),
        OperationKind::Permanent => permanent(),
        OperationKind::Modified => modified(),
        OperationKind::New => new(),
        OperationKind::SetPermanent => set_permanent(true),
        OperationKind::SetModified => set_modified(),
        OperationKind::Regenerate => Operation::Regenerate,
        OperationKind::Destroy => destroy(),
        OperationKind::SetLifetime => Operation::SetLifetime { seconds: 60.0 },
        OperationKind::Save => Operation::Save,
        OperationKind::Respond => Operation::Respond { status: 404 },
        OperationKind::Header => header("Vary", "Accept-Language"),
        OperationKind::Raise | OperationKind::Hold => return None,
    };
    Some(op)
}
