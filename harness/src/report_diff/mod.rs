//! Compares two reports: which capabilities and verdicts changed, and whether anything got worse.

mod changes;
mod checks;
mod direction;
mod forms;
mod grouped;

use serde::Serialize;
use sessionspec::Report;

pub use direction::Direction;
pub use forms::Form;
use grouped::Hindered;

/// The version of the form in which a comparison is written as JSON.
const SCHEMA_VERSION: u32 = 1;

/// What changed from one run to another.
#[derive(Debug, Serialize)]
pub struct Comparison {
    schema: u32,
    old: Subject,
    new: Subject,
    notes: Vec<String>,
    doors: Vec<Door>,
}

/// What was tested.
#[derive(Debug, Serialize)]
struct Subject {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

/// What changed behind one door, or behind several in the same way.
#[derive(Debug, Serialize)]
struct Door {
    names: Vec<String>,
    changes: Vec<Change>,
}

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Change {
    direction: Direction,
    kind: Kind,
    /// The name of the check, level or capability.
    what: String,
    before: String,
    now: String,
    /// What is in the way of a check, where that is the change.
    #[serde(skip)]
    hindered: Option<Hindered>,
}

/// What it is that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Door,
    Run,
    Level,
    Capability,
    Check,
}

/// Compares the reports of two runs. Where both runs used several doors, door is compared with door.
#[must_use]
pub fn diff(old: &[Report], new: &[Report]) -> Comparison {
    let mut comparison = Comparison {
        schema: SCHEMA_VERSION,
        old: Subject::of(old),
        new: Subject::of(new),
        notes: Vec::new(),
        doors: Vec::new(),
    };
    if let ([old], [new]) = (old, new) {
        comparison.add(old, new);
        return comparison;
    }
    for old in old {
        let door = &old.backend.door;
        match new.iter().find(|new| new.backend.door == *door) {
            Some(new) => comparison.add(old, new),
            None => {
                comparison
                    .doors
                    .push(Door { names: vec![door.clone()], changes: vec![Change::door_is_gone()] });
            }
        }
    }
    for new in new.iter().filter(|new| old.iter().all(|old| old.backend.door != new.backend.door)) {
        comparison
            .notes
            .push(format!("{} is compared with nothing: the older run did not use it", new.backend.door));
    }
    comparison
}

impl Comparison {
    /// Whether anything got worse.
    #[must_use]
    pub fn got_worse(&self) -> bool {
        self.count(Direction::Worse) > 0
    }

    /// The first check that got worse, if one did.
    #[must_use]
    pub fn first_worse_check(&self) -> Option<&str> {
        let mut changes = self.doors.iter().flat_map(|door| &door.changes);
        let worse =
            changes.find(|change| change.kind == Kind::Check && change.direction == Direction::Worse)?;
        Some(&worse.what)
    }

    /// Whether a capability changed, or something fails of which the older run knew nothing.
    #[must_use]
    pub fn has_news(&self) -> bool {
        let is_news =
            |change: &Change| change.kind == Kind::Capability || change.direction == Direction::NewlySeen;
        self.doors.iter().flat_map(|door| &door.changes).any(is_news)
    }

    fn count(&self, direction: Direction) -> usize {
        let changes = self.doors.iter().flat_map(|door| &door.changes);
        changes.filter(|change| change.direction == direction).count()
    }

    fn add(&mut self, old: &Report, new: &Report) {
        if old.suite_version != new.suite_version && self.doors.is_empty() {
            self.notes.push(format!(
                "the suites differ, {} and {}: a check that only one of them has is neither better nor worse",
                old.suite_version, new.suite_version
            ));
        }
        let changes = changes::between(old, new);
        let name = new.backend.door.clone();
        match self.doors.iter_mut().find(|door| door.changes == changes) {
            Some(door) => door.names.push(name),
            None => self.doors.push(Door { names: vec![name], changes }),
        }
    }
}

impl Subject {
    fn of(reports: &[Report]) -> Self {
        let backend = reports.first().map(|report| &report.backend);
        Self {
            name: backend.map(|backend| backend.name.clone()).unwrap_or_default(),
            version: backend.and_then(|backend| backend.version.clone()),
        }
    }
}
