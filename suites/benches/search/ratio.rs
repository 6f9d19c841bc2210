//! Two ways to do a thing, measured in turn.

use std::time::{Duration, Instant};

const ROUNDS: usize = 41;
const SLICE: Duration = Duration::from_millis(40);

/// Prints how many things the first does for each that the second does in the same time, as a row of README's table.
pub(crate) fn print(what: &str, ours: &mut impl FnMut() -> usize, other: &mut impl FnMut() -> usize) {
    // The first calls fill caches.
    per_second(ours);
    per_second(other);
    let mut rounds: Vec<[f64; 3]> = (0..ROUNDS)
        .map(|_| {
            let (ours, other) = (per_second(ours), per_second(other));
            [ours / other, ours, other]
        })
        .collect();
    rounds.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [ratio, ours, other] = rounds[ROUNDS / 2];
    let ([low, ..], [high, ..]) = (rounds[ROUNDS / 10], rounds[ROUNDS - 1 - ROUNDS / 10]);
    println!("| {what} | {ratio:.2} times its speed ({low:.2} to {high:.2}) |");
    eprintln!("{what}: {ours:.0}/s, {other:.0}/s");
}

fn per_second(work: &mut impl FnMut() -> usize) -> f64 {
    let began = Instant::now();
    let mut done = 0;
    while began.elapsed() < SLICE {
        done += work();
    }
    let done = u32::try_from(done).expect("nothing does that much in a moment");
    f64::from(done) / began.elapsed().as_secs_f64()
}
