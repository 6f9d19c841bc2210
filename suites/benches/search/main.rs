//! How fast the search is, and how small what it reports: `cargo bench -p sessionspec`.
//!
//! Machines differ, and two shared cores differ from minute to minute. So the figures to quote are the ratios: both
//! sides are measured in turn, many times over in one run, and the median of the rounds' ratios is printed.

mod by_hand;
mod plain;
#[path = "../../tests/search/planted.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod planted;
mod ratio;
mod smallest;

use std::rc::Rc;
use std::time::Duration;

use divan::counter::ItemsCount;
use sessionspec::backend::{Backend, in_process};
use sessionspec::engine::play::Player;
use sessionspec::engine::script::Script;
use sessionspec::engine::search::{DeadSessions, Generator, Property, Shape, case_seed};
use sessionspec::engine::survey::Survey;
use sessionspec::reference::Memory;
use tokio::runtime::Runtime;

const PATIENCE: Duration = Duration::from_secs(10);

fn main() {
    // Without `--bench` this is a test run, in which everything is only tried once.
    if std::env::args().any(|argument| argument == "--bench") {
        ratio::print(
            "scripts generated, against a plain `vec(operation)` of proptest",
            &mut generate(),
            &mut plain::generate(),
        );
        ratio::print(
            "cycles played in-process, against a hand-written loop over the reference",
            &mut play(),
            &mut play_by_hand(),
        );
        smallest::print();
    }
    divan::main();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime needs nothing else")
}

fn generator() -> Generator {
    let survey = runtime().block_on(Survey::of(in_process(Memory::default()), PATIENCE));
    let property = Property { shape: Shape::SeveralCycles, dead_sessions: DeadSessions::Avoided };
    Generator::new(property, &survey.expect("the reference answers"))
}

fn scripts() -> Vec<Script> {
    let generator = generator();
    (0..500).map(|case| generator.script(case_seed(0, "bench", case))).collect()
}

fn cycles(scripts: &[Script]) -> usize {
    scripts.iter().map(|script| script.cycles().count()).sum()
}

/// Generates one script after another; how many.
fn generate() -> impl FnMut() -> usize {
    let generator = generator();
    let mut case = 0;
    move || {
        for _ in 0..200 {
            case += 1;
            divan::black_box(generator.script(case_seed(0, "bench", case)));
        }
        200
    }
}

/// Plays the same scripts over and over; how many cycles.
fn play() -> impl FnMut() -> usize {
    let (runtime, scripts) = (runtime(), scripts());
    let backend: Rc<dyn Backend> = in_process(Memory::default());
    move || {
        runtime.block_on(async {
            for script in &scripts {
                divan::black_box(Player::new(Rc::clone(&backend), PATIENCE).play(script).await);
            }
        });
        cycles(&scripts)
    }
}

fn play_by_hand() -> impl FnMut() -> usize {
    let (runtime, scripts) = (runtime(), scripts());
    let sessions = Memory::default();
    move || {
        runtime.block_on(async {
            for script in &scripts {
                by_hand::play(&sessions, script).await;
            }
        });
        cycles(&scripts)
    }
}

#[divan::bench]
fn generated(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(200_usize)).bench_local(generate());
}

#[divan::bench]
fn played(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(cycles(&scripts()))).bench_local(play());
}
