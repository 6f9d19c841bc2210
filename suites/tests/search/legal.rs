//! The umbrella checks accuse no legal backend: neither the reference in any of its modes, nor other legal designs.

use std::rc::Rc;

use crate::shelf::{Design, Shelf};
use sessionspec::reference::modes::{Emptied, Modes, Modified, Nested, New, Permanent};
use sessionspec::reference::{Memory, SessionInterface};
use sessionspec::{Backend, Options, Verdict, in_process};

const UMBRELLAS: [&str; 2] = ["minimum/reads-back", "minimum/persists"];

async fn assert_not_accused(backend: Rc<dyn Backend>, seed: u64, cases: u32, name: &str) {
    let only = Some(UMBRELLAS.map(str::to_owned).to_vec());
    let options = Options { seed, cases, only, ..Options::default() };
    let report = sessionspec::run(backend, options).await.unwrap();
    assert_eq!(report.checks.len(), UMBRELLAS.len());
    for check in &report.checks {
        let failures: Vec<String> =
            check.failures.iter().map(|failure| sessionspec::report::failure_text(check, failure)).collect();
        assert_eq!(check.verdict, Verdict::Pass, "{name}: {:?}\n{}", check.because, failures.join("\n"));
        assert!(check.evidence.comparisons > check.evidence.scripts, "{name}: {:?}", check.evidence);
    }
}

/// Every combination of the reference's modes, but for what ends in errors or needs a clock.
fn all_modes() -> impl Iterator<Item = Modes> {
    let booleans = [false, true];
    let permanents = [
        Permanent::InData,
        Permanent::Beside { survives_clear: true },
        Permanent::Beside { survives_clear: false },
    ];
    let nesteds = [Nested::Untracked, Nested::Tracked, Nested::Copies];
    let modes = booleans.into_iter().flat_map(move |always| {
        permanents.into_iter().flat_map(move |permanent| {
            nesteds.into_iter().flat_map(move |nested| {
                booleans.into_iter().flat_map(move |permanent_default| {
                    booleans.into_iter().flat_map(move |write_back| {
                        booleans.into_iter().map(move |kept| Modes {
                            modified: if always { Modified::Always } else { Modified::Tracked },
                            new: if always { New::Constant } else { New::Real },
                            permanent,
                            permanent_default,
                            nested,
                            write_back,
                            emptied: if kept { Emptied::Kept } else { Emptied::Removed },
                            ..Modes::default()
                        })
                    })
                })
            })
        })
    });
    modes
}

#[tokio::test]
async fn the_reference_is_not_accused_in_any_mode() {
    for (seed, modes) in (0..).zip(all_modes()) {
        assert_not_accused(in_process(Memory::new(modes.clone())), seed, 30, &format!("{modes:?}")).await;
    }
}

async fn assert_legal(interface: impl SessionInterface + 'static, name: &str) {
    let backend = in_process(interface);
    for seed in 0..4 {
        assert_not_accused(Rc::clone(&backend), seed, 150, name).await;
    }
}

#[tokio::test]
async fn other_legal_designs_are_not_accused() {
    for (name, design) in Design::legal() {
        assert_legal(Shelf::new(design), name).await;
    }
}
