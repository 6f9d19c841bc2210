//! What a report says of how a run went: how much was at work at once, and what took long.

use sessionspec::Report;
use sessionspec::engine::report::ThisRun;

/// A run of more than so many milliseconds says which checks took longest.
const LONG: u64 = 20_000;

/// How many of them.
const SLOWEST: usize = 3;

/// Everything there is to say, each as a part of a sentence.
pub(super) fn pace(report: &Report) -> Vec<String> {
    let Some(run) = &report.this_run else { return Vec::new() };
    let jobs = (run.jobs > 1).then(|| format!("{} requests at once", run.jobs));
    let only_beside_others = (!run.only_beside_others.is_empty()).then(|| {
        format!("failed only beside other requests, and not alone: {}", run.only_beside_others.join(", "))
    });
    let lived_longer = (!run.lived_longer.is_empty()).then(|| {
        format!(
            "played with sessions that live longer, since they take too long: {}",
            run.lived_longer.join(", ")
        )
    });
    let slowest = slowest(run).map(|slowest| format!("slowest: {slowest}"));
    jobs.into_iter().chain(only_beside_others).chain(lived_longer).chain(slowest).collect()
}

/// The checks that took longest, where the whole run took long.
pub(super) fn slowest(run: &ThisRun) -> Option<String> {
    if run.milliseconds <= LONG {
        return None;
    }
    let mut checks: Vec<(&String, &u64)> = run.checks.iter().collect();
    checks.sort_by_key(|(_, milliseconds)| std::cmp::Reverse(**milliseconds));
    let told = checks.iter().take(SLOWEST).map(|(check, milliseconds)| {
        let (seconds, tenths) = (**milliseconds / 1000, **milliseconds % 1000 / 100);
        format!("{check} {seconds}.{tenths} s")
    });
    Some(told.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_of(milliseconds: u64) -> ThisRun {
        let checks = [("a/one", 900), ("a/two", 21_050), ("b/three", 7_000), ("b/four", 1_000)];
        ThisRun {
            started: 0,
            milliseconds,
            checks: checks.map(|(check, milliseconds)| (check.to_owned(), milliseconds)).into(),
            jobs: 1,
            ..ThisRun::default()
        }
    }

    #[test]
    fn a_long_run_says_which_checks_took_longest() {
        assert_eq!(slowest(&run_of(20_000)), None);
        let slowest = slowest(&run_of(20_001));
        assert_eq!(slowest.as_deref(), Some("a/two 21.0 s, b/three 7.0 s, b/four 1.0 s"));
    }
}
