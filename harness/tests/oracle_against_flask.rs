//! The oracle is held against the real thing: set to the modes of a Flask version, the reference answers generated
//! scripts as that Flask does, `modified`, `new`, `permanent` and Flask's own key among the items included.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use sessionspec::backend::{Backend, in_process};
use sessionspec::engine::play::Player;
use sessionspec::engine::play::{Exchange, Transcript};
use sessionspec::engine::script::{Answer, Operation, Script, Step};
use sessionspec::engine::search::{DeadSessions, Generator, Property, Shape, case_seed};
use sessionspec::engine::survey;
use sessionspec::engine::survey::Survey;
use sessionspec::reference::modes::{Emptied, New, OnError};
use sessionspec::reference::{Memory, Modes};
use sessionspec_cli::http::HttpBackend;
use sessionspec_cli::launch::PEERS_LIFETIME;
use sessionspec_cli::peer::Peer;

const PATIENCE: Duration = Duration::from_secs(30);
const SCRIPTS: u32 = 200;

#[test]
fn flask_0_7_2() {
    let modes = Modes { emptied: Emptied::Kept, on_error: OnError::Discarded, ..Modes::default() };
    report_diff(
        "flask-0.7.2-default",
        modes,
        Quirks { marks_modified: &["pop", "setdefault"], keeps_nothing: true, rewrites_permanent: false },
    );
}

#[test]
fn flask_3_1_3() {
    let quirks = Quirks { rewrites_permanent: true, ..Quirks::default() };
    report_diff("flask-3.1.3-default", Modes { new: New::Constant, ..Modes::default() }, quirks);
}

/// What a Flask version does that no mode of the reference does, and that no application should rely on.
#[derive(Default, Clone, Copy)]
struct Quirks {
    /// These mark the session modified even where they change nothing: then `modified` is not compared any more.
    marks_modified: &'static [&'static str],
    /// A session that was modified but never held anything is kept: its `new` is not compared.
    keeps_nothing: bool,
    /// The cookie of a permanent session is written anew with every response, and keeps changes inside of values that
    /// nobody has noticed: so every such change is told.
    rewrites_permanent: bool,
}

/// Plays the same scripts on both.
fn report_diff(peer: &str, modes: Modes, quirks: Quirks) {
    let peer =
        Peer::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/peers").join(peer)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(tokio::task::LocalSet::new().run_until(async {
        if let Err(error) = peer.provision().await {
            assert!(std::env::var_os("CI").is_none(), "{error}");
            let _ = writeln!(std::io::stderr(), "{error}");
            return;
        }
        let service = peer.launch(PEERS_LIFETIME).await.unwrap();
        let url = format!("http://{}{}", service.address(), peer.manifest.path);
        let flask: Rc<dyn Backend> = Rc::new(HttpBackend::new(&url, None, false).await.unwrap());
        let reference = in_process(Memory::new(modes));

        let property = Property { shape: Shape::SeveralCycles, dead_sessions: DeadSessions::Avoided };
        let mut observed = Survey::of(Rc::clone(&reference), PATIENCE).await.unwrap();
        // Flask's sessions are in the cookie: a copied cookie is a copied session. And it has none of these verbs.
        observed.store = survey::Store::Client;
        observed.unsupported = ["regenerate", "destroy"].map(str::to_owned).to_vec();
        let generator = Generator::new(property, &observed);

        let mut compared = 0;
        for case in 0..SCRIPTS {
            let script = with_attributes(generator.script(case_seed(0, &peer.name, case)), quirks);
            let wanted = Player::new(Rc::clone(&reference), PATIENCE).play(&script).await;
            let seen = Player::new(Rc::clone(&flask), PATIENCE).play(&script).await;
            compared += same_answers(&wanted, &seen, quirks);
        }
        assert!(compared > SCRIPTS as usize, "{compared} answers were compared");
        service.stop().await;
    }));
}

/// Every cycle reads the three attributes when it begins and when it ends.
fn with_attributes(mut script: Script, quirks: Quirks) -> Script {
    let attributes = [Operation::Modified, Operation::New, Operation::Permanent];
    for step in &mut script.steps {
        if let Step::Cycle(cycle) = step {
            let ops = std::mem::take(&mut cycle.ops).into_iter();
            let ops = ops.flat_map(|op| if quirks.rewrites_permanent { told(op) } else { vec![op] });
            cycle.ops = attributes.iter().cloned().chain(ops).chain(attributes.clone()).collect();
        }
    }
    script
}

/// The operation, and a word to the session where it changes the inside of a value.
fn told(op: Operation) -> Vec<Operation> {
    match op {
        Operation::SetIn { .. } => vec![op, Operation::SetModified],
        op => vec![op],
    }
}

/// Compares all answers and returns how many there were.
fn same_answers(reference: &Transcript, flask: &Transcript, quirks: Quirks) -> usize {
    let mut compared = 0;
    let mut emptied = BTreeSet::new();
    assert_eq!(reference.exchanges.len(), flask.exchanges.len());
    for (exchange, seen) in reference.exchanges.iter().zip(&flask.exchanges) {
        assert_eq!(exchange.answers().len(), seen.answers().len(), "{seen:#?}");
        let mut may_be_marked = false;
        for (op, (wanted, seen)) in exchange.ops.iter().zip(exchange.answers().iter().zip(seen.answers())) {
            may_be_marked |= quirks.marks_modified.contains(&op.name());
            let in_doubt = match op {
                Operation::Modified => may_be_marked,
                Operation::New => quirks.keeps_nothing && emptied.contains(&exchange.browser),
                _ => false,
            };
            if !in_doubt {
                assert!(same(wanted, seen), "{op}: the reference says {wanted}, Flask {seen}\n{flask:#?}");
                compared += 1;
            }
        }
        if leaves_nothing(exchange) {
            emptied.insert(exchange.browser.clone());
        }
    }
    compared
}

/// Whether the last look at the items found none.
fn leaves_nothing(exchange: &Exchange) -> bool {
    let mut looks = exchange.ops.iter().zip(exchange.answers()).filter(|(op, _)| **op == Operation::Items);
    looks.next_back().is_none_or(|(_, items)| *items == Answer::Ok(serde_json::json!({})))
}

fn same(wanted: &Answer, seen: &Answer) -> bool {
    match (wanted, seen) {
        (Answer::Error(_), Answer::Error(_)) => true,
        (wanted, seen) => wanted == seen,
    }
}
