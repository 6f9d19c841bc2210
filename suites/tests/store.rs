//! A store of sessions is put under test by implementing `Store` alone, and a wrong one is caught.

use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use sessionspec::reference::{Description, Record, Store, Stored};
use sessionspec::{Options, Report, Verdict};

/// What is wrong with the store.
#[derive(Clone, Copy, PartialEq)]
enum Defect {
    None,
    /// What is replaced keeps the items that it had.
    MergesItems,
    /// Every id leads to the record that was written last.
    IgnoresIds,
    /// Every lifetime is over at once.
    IgnoresLifetimes,
}

/// Records in a map.
struct Shelf {
    records: RefCell<HashMap<String, (Record, Option<Instant>)>>,
    last: RefCell<String>,
    defect: Defect,
}

impl Shelf {
    fn with(defect: Defect) -> Self {
        Self { records: RefCell::default(), last: RefCell::default(), defect }
    }

    fn holds(&self, id: &str) -> bool {
        let records = self.records.borrow();
        records.get(id).is_some_and(|(_, expires)| expires.is_none_or(|expires| expires > Instant::now()))
    }

    fn put(&self, id: &str, record: Record, lifetime: Option<Duration>) {
        let lifetime = if self.defect == Defect::IgnoresLifetimes { Some(Duration::ZERO) } else { lifetime };
        let expires = lifetime.and_then(|lifetime| Instant::now().checked_add(lifetime));
        self.records.borrow_mut().insert(id.to_owned(), (record, expires));
        *self.last.borrow_mut() = id.to_owned();
    }
}

impl Store for Shelf {
    type Error = Infallible;

    async fn create(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Infallible> {
        let is_free = !self.holds(id);
        if is_free {
            self.put(id, record.clone(), lifetime);
        }
        Ok(is_free)
    }

    async fn load(&self, id: &str) -> Result<Option<Record>, Infallible> {
        let last = self.last.borrow();
        let id = if self.defect == Defect::IgnoresIds { &last } else { id };
        Ok(self.holds(id).then(|| self.records.borrow()[id].0.clone()))
    }

    async fn replace(
        &self,
        id: &str,
        record: &Record,
        lifetime: Option<Duration>,
    ) -> Result<bool, Infallible> {
        if !self.holds(id) {
            return Ok(false);
        }
        let mut record = record.clone();
        if self.defect == Defect::MergesItems {
            let mut items = self.records.borrow()[id].0.items.clone();
            items.extend(record.items);
            record.items = items;
        }
        self.put(id, record, lifetime);
        Ok(true)
    }

    async fn delete(&self, id: &str) -> Result<(), Infallible> {
        self.records.borrow_mut().remove(id);
        Ok(())
    }

    fn describe(&self) -> Description {
        Description { name: Some("shelf".into()), ..Description::default() }
    }
}

sessionspec::conformance! {
    backend: Stored::new(Shelf::with(Defect::None)),
    level: hardened,
}

async fn run(defect: Defect) -> Report {
    let backend = Stored::new(Shelf::with(defect));
    sessionspec::run(backend, Options::default()).await.expect("the store answers")
}

/// The reasons for which this check fails.
fn reasons<'a>(report: &'a Report, id: &str) -> Vec<&'a str> {
    let check = report.checks.iter().find(|check| check.id == id).expect("there is such a check");
    assert_eq!(check.verdict, Verdict::Fail, "{id}");
    check.failures.iter().map(|failure| failure.reason.as_str()).collect()
}

#[tokio::test]
async fn a_store_that_merges_loses_deletions() {
    let report = run(Defect::MergesItems).await;
    assert_eq!(reasons(&report, "minimum/each-mutator-persists"), ["clear-and-set", "delete", "pop"]);
}

#[tokio::test]
async fn a_store_that_ignores_ids_mixes_browsers_up() {
    let report = run(Defect::IgnoresIds).await;
    let reasons = reasons(&report, "minimum/browsers-isolated");
    assert!(reasons.contains(&"items-of-another-browser"), "{reasons:?}");
}

#[tokio::test]
async fn a_store_that_ignores_lifetimes_keeps_nothing() {
    let report = run(Defect::IgnoresLifetimes).await;
    assert!(reasons(&report, "minimum/each-mutator-persists").contains(&"set"));
}
