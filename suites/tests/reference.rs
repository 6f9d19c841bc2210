//! The reference conforms, in every mode.

use sessionspec::reference::Memory;
use sessionspec::{Level, LevelVerdict, Options};

#[tokio::test]
async fn the_reference_conforms() {
    let report = sessionspec::run(Memory::default(), Options::default()).await.unwrap();
    for check in &report.checks {
        println!("{} {} {:?} {:?}", check.verdict.as_str(), check.id, check.because, check.evidence);
        for failure in &check.failures {
            println!("{}", sessionspec::engine::report::failure_text(check, failure));
        }
    }
    println!("{:#?}", report.survey);
    assert_eq!(report.verdict(Level::Minimum), Some(LevelVerdict::Conforms));
}
