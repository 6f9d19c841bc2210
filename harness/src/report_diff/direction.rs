//! Whether a change is for the worse, for the better, or neither, because one of the two runs did not look.

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use sessionspec::Verdict;
use sessionspec::engine::report::LevelVerdict;

/// What a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// What was known to be good is so no more.
    Worse,
    /// It fails, and the older run could not say whether it did before.
    NewlySeen,
    /// It failed, and the newer run cannot say whether it still does.
    Hidden,
    /// What failed, or was not known, is known to be good.
    Better,
    /// Neither run is better because of it.
    Changed,
}

impl Direction {
    /// All of them, in the order in which they are counted.
    pub(super) const ALL: [Self; 5] =
        [Self::Worse, Self::NewlySeen, Self::Hidden, Self::Better, Self::Changed];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::NewlySeen => "newly seen",
            Self::Hidden => "hidden",
            Self::Better => "better",
            Self::Changed => "changed",
        }
    }

    pub(super) fn style(self) -> Style {
        match self {
            Self::Worse => AnsiColor::Red.on_default().bold(),
            Self::NewlySeen | Self::Hidden => AnsiColor::Yellow.on_default(),
            Self::Better => AnsiColor::Green.on_default(),
            Self::Changed => Style::new(),
        }
    }

    /// What it means that a check had the one verdict and has the other now; none where it was not run.
    pub(super) fn of_verdicts(was: Option<Verdict>, is: Option<Verdict>) -> Self {
        use Knowledge::{Accepted, Fails, Holds, Idle, Nothing};
        match (Knowledge::of(was), Knowledge::of(is)) {
            (Nothing, Fails) => Self::NewlySeen,
            (Fails | Accepted, Nothing | Idle) => Self::Hidden,
            (Holds | Idle, Fails) | (Holds, Accepted | Idle | Nothing) | (Idle, Nothing) => Self::Worse,
            (Fails | Accepted | Idle, Holds) => Self::Better,
            // A check that was not run before says nothing about the backend by being run.
            (Nothing, Holds) if was.is_some() => Self::Better,
            // Whether a failure is accepted is what the list of known failures says, and not what the backend does.
            _ => Self::Changed,
        }
    }

    /// What it means that a level had the one verdict and has the other now. `because_worse` says whether a check of
    /// the level got worse, and `is_hidden` whether nobody can say of one that failed whether it still does.
    pub(super) fn of_levels(
        was: LevelVerdict,
        is: LevelVerdict,
        because_worse: bool,
        is_hidden: bool,
    ) -> Self {
        use LevelVerdict::{Conforms, Fails, NotVerified};
        match (was, is) {
            (Conforms | NotVerified, Fails) if !because_worse => Self::NewlySeen,
            (Conforms | NotVerified, Fails) | (Conforms, NotVerified) => Self::Worse,
            (Fails, NotVerified) => Self::Hidden,
            (Fails, Conforms) if is_hidden => Self::Hidden,
            (Fails | NotVerified, Conforms) => Self::Better,
            _ => Self::Changed,
        }
    }
}

/// What a run knows of a promise.
enum Knowledge {
    /// It is kept.
    Holds,
    /// It is broken.
    Fails,
    /// It is broken, and somebody has written down why that is accepted.
    Accepted,
    /// The backend has nothing of the kind, or the probe does not show it.
    Idle,
    /// Nothing.
    Nothing,
}

impl Knowledge {
    fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            Some(Verdict::Pass) => Self::Holds,
            Some(Verdict::Fail) => Self::Fails,
            Some(Verdict::KnownFailure) => Self::Accepted,
            Some(Verdict::NotApplicable) => Self::Idle,
            _ => Self::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(was: Verdict, is: Verdict) -> Direction {
        Direction::of_verdicts(Some(was), Some(is))
    }

    const UNKNOWN: [Verdict; 3] = [Verdict::Excused, Verdict::Unverified, Verdict::Error];

    #[test]
    fn a_failure_that_was_hidden_before_is_newly_seen_and_not_worse() {
        for was in UNKNOWN {
            assert_eq!(of(was, Verdict::Fail), Direction::NewlySeen, "{was:?}");
        }
        assert_eq!(Direction::of_verdicts(None, Some(Verdict::Fail)), Direction::NewlySeen);
    }

    #[test]
    fn a_failure_that_nobody_looks_for_any_more_is_never_better() {
        for was in [Verdict::Fail, Verdict::KnownFailure] {
            for is in UNKNOWN.into_iter().chain([Verdict::NotApplicable]) {
                assert_eq!(of(was, is), Direction::Hidden, "{was:?} {is:?}");
            }
            assert_eq!(Direction::of_verdicts(Some(was), None), Direction::Hidden);
        }
    }

    #[test]
    fn what_was_kept_and_is_not_known_to_be_any_more_is_worse() {
        for is in UNKNOWN.into_iter().chain([Verdict::Fail, Verdict::KnownFailure, Verdict::NotApplicable]) {
            assert_eq!(of(Verdict::Pass, is), Direction::Worse, "{is:?}");
        }
        assert_eq!(Direction::of_verdicts(Some(Verdict::Pass), None), Direction::Worse);
    }

    #[test]
    fn what_only_the_list_of_known_failures_says_makes_nothing_worse_or_better() {
        assert_eq!(of(Verdict::KnownFailure, Verdict::Fail), Direction::Changed);
        assert_eq!(of(Verdict::Fail, Verdict::KnownFailure), Direction::Changed);
    }

    #[test]
    fn only_what_is_known_to_be_kept_is_better() {
        for &was in Verdict::ALL {
            for &is in Verdict::ALL {
                let is_better = of(was, is) == Direction::Better;
                assert_eq!(is_better, is == Verdict::Pass && was != Verdict::Pass, "{was:?} {is:?}");
            }
        }
    }

    #[test]
    fn a_level_is_judged_as_its_checks_are() {
        use LevelVerdict::{Conforms, Fails, NotVerified};
        assert_eq!(Direction::of_levels(NotVerified, Fails, false, false), Direction::NewlySeen);
        assert_eq!(Direction::of_levels(NotVerified, Fails, true, false), Direction::Worse);
        assert_eq!(Direction::of_levels(Conforms, Fails, true, false), Direction::Worse);
        assert_eq!(Direction::of_levels(Conforms, NotVerified, false, false), Direction::Worse);
        assert_eq!(Direction::of_levels(Fails, NotVerified, false, false), Direction::Hidden);
        assert_eq!(Direction::of_levels(NotVerified, Conforms, false, false), Direction::Better);
        assert_eq!(Direction::of_levels(Fails, Conforms, false, false), Direction::Better);
        assert_eq!(Direction::of_levels(Fails, Conforms, false, true), Direction::Hidden);
    }
}
