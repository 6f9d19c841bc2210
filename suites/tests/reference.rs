//! The reference conforms in each of its modes, and the survey sees the mode to which it was set.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sessionspec::reference::Memory;
use sessionspec::{Level, LevelVerdict, Options, Report};
use sessionspec_reference::Modes;
use sessionspec_reference::capability::{Emptied, Modified, Nested, New, OnError, Permanent};

/// Every value of every mode that the survey can see: its row, what it says of it, and the modes.
fn modes() -> Vec<(&'static str, &'static str, Modes)> {
    let plain = Modes::default;
    let mut modes = Vec::new();
    for modified in [Modified::Always, Modified::Tracked] {
        modes.push(("modified", modified.as_str(), Modes { modified, ..plain() }));
    }
    for new in [New::Real, New::Constant] {
        modes.push(("new", new.as_str(), Modes { new, ..plain() }));
    }
    let permanent_rows =
        [Permanent::InData, Permanent::KeptInData, Permanent::Attribute, Permanent::ClearedAttribute];
    for permanent in permanent_rows {
        modes.push(("permanent", permanent.as_str(), Modes { permanent, ..plain() }));
    }
    for nested in
        [Nested::Tracked, Nested::WrittenBack, Nested::Untracked, Nested::Copies, Nested::Unsupported]
    {
        // A change that nobody notices is kept where every session is saved.
        let write_back = nested == Nested::WrittenBack;
        modes.push(("nested", nested.as_str(), Modes { nested, write_back, ..plain() }));
    }
    for emptied in [Emptied::Removed, Emptied::Kept] {
        modes.push(("empty", emptied.as_str(), Modes { emptied, ..plain() }));
    }
    for on_error in [OnError::Saved, OnError::Discarded] {
        modes.push(("on_error", on_error.as_str(), Modes { on_error, ..plain() }));
    }
    modes
}

async fn report_on(modes: Modes) -> Report {
    let report = sessionspec::run(Memory::new(modes), Options::default()).await.unwrap();
    for check in &report.checks {
        for failure in &check.failures {
            println!("{}", sessionspec::engine::report::failure_text(check, failure));
        }
    }
    report
}

#[tokio::test]
async fn the_reference_conforms_in_every_mode() {
    for (row, value, modes) in modes() {
        let report = report_on(modes).await;
        assert_eq!(report.verdict(Level::Minimum), Some(LevelVerdict::Conforms), "{row}: {value}");
        let observed = report.survey.iter().find(|capability| capability.name == row).unwrap();
        assert_eq!(observed.observed, value, "{row}");
    }
}

#[tokio::test]
async fn the_reference_is_hardened_as_it_is_by_default() {
    let report = report_on(Modes::default()).await;
    assert_eq!(report.verdict(Level::Hardened), Some(LevelVerdict::Conforms));
}
