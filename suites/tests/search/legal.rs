//! The umbrella checks accuse no legal backend: neither the reference in any of its modes, nor other legal designs.

use std::rc::Rc;

use crate::modes;
use crate::shelf::{Design, Shelf};
use sessionspec::backend::{Backend, in_process};
use sessionspec::reference::{Memory, SessionInterface};
use sessionspec::{Options, Verdict};

const UMBRELLAS: [&str; 2] = ["minimum/reads-back", "minimum/persists"];

async fn assert_not_accused(backend: Rc<dyn Backend>, seed: u64, cases: u32, name: &str) {
    let only = Some(UMBRELLAS.map(str::to_owned).to_vec());
    let options = Options { seed, cases, only, ..Options::default() };
    let report = sessionspec::run(backend, options).await.expect("the backend answers");
    assert_eq!(report.checks.len(), UMBRELLAS.len());
    for check in &report.checks {
        let failures: Vec<String> = check
            .failures
            .iter()
            .map(|failure| sessionspec::engine::report::failure_text(check, failure))
            .collect();
        assert_eq!(check.verdict, Verdict::Pass, "{name}: {:?}\n{}", check.because, failures.join("\n"));
        assert!(report.compared(check) > Some(check.evidence.scripts), "{name}: {:?}", check.evidence);
    }
}

#[tokio::test]
async fn the_reference_is_not_accused_in_any_mode() {
    for (seed, modes) in (0..).zip(modes::all()) {
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
