//! What the levels come to.

use serde::{Deserialize, Serialize};

use super::{CheckReport, Verdict, message, shortened};
use crate::checks::catalogue;
use crate::level::Level;
use crate::survey::{AtOnce, Survey};

/// What a level comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelReport {
    /// The level.
    pub level: Level,
    /// What it comes to.
    pub verdict: LevelVerdict,
    /// How many checks of this level and of those below it there are.
    pub checks: usize,
    /// How many of them are about something that the backend has.
    pub applied: usize,
    /// How many checks of this level and of those below it fail as is known.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub known_failures: usize,
    /// How many say nothing because they need one of those.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub excused: usize,
    /// What the probe stood in for: it was not judged.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub stand_ins: Vec<String>,
    /// What the probe has answered as done, and has not done: nobody can rely on what it says.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_done: Vec<String>,
    /// Whether checks of overlapping requests are unverified, since no request of the probe can be held.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub without_races: bool,
    /// Whether no session was looked at that is older than two seconds, since none lives for long enough.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub without_older_sessions: bool,
}

/// More names of operations than there are, and longer ones, are nobody's.
const MOST_STAND_INS: usize = 50;
const LONGEST_NAME: usize = 100;

/// What the probe keeps everybody from seeing.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    stand_ins: Vec<String>,
    not_done: Vec<String>,
    /// Why checks that hold a request are unverified, where none can be held.
    no_hold: Option<String>,
    /// Whether sessions end before they are old.
    none_gets_old: bool,
}

impl Gaps {
    pub(super) fn of(survey: &Survey) -> Self {
        Self {
            stand_ins: survey
                .description
                .derived
                .iter()
                .take(MOST_STAND_INS)
                .map(|name| shortened(name, LONGEST_NAME))
                .collect(),
            not_done: survey.not_done.clone(),
            no_hold: (survey.at_once == AtOnce::Unknown).then(|| message(&survey.no_hold())),
            none_gets_old: !survey.lives_to_be_old(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What a level comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LevelVerdict {
    /// Every check of this level and of those below it passed, does not apply, fails as is known, or is excused.
    Conforms,
    /// A check failed, or a known failure is out of date.
    Fails,
    /// Nothing failed, but something could not be verified.
    NotVerified,
}

impl LevelVerdict {
    /// The verdict in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Fails => "fails",
            Self::NotVerified => "not verified",
        }
    }
}

/// Whether an older session might have shown what a young one has not.
fn asks_for_age(check: &CheckReport) -> bool {
    check.verdict == Verdict::Pass
        && catalogue().iter().any(|known| known.id == check.id && known.asks_for_age())
}

/// What each level comes to: it fails with a check of its own or of a lower level.
pub(super) fn judge(checks: &[CheckReport], gaps: &Gaps) -> Vec<LevelReport> {
    let judge = |level: Level| {
        let of_level = || checks.iter().filter(|check| check.level <= level);
        let any = |verdicts: &[Verdict]| of_level().any(|check| verdicts.contains(&check.verdict));
        let verdict = if any(&[Verdict::Fail]) {
            LevelVerdict::Fails
        } else if any(&[Verdict::Error, Verdict::Unverified])
            || !any(&[Verdict::Pass, Verdict::KnownFailure])
            || !gaps.not_done.is_empty()
        {
            LevelVerdict::NotVerified
        } else {
            LevelVerdict::Conforms
        };
        let count = |verdict: Verdict| of_level().filter(|check| check.verdict == verdict).count();
        LevelReport {
            level,
            verdict,
            checks: of_level().count(),
            applied: of_level().count() - count(Verdict::NotApplicable),
            known_failures: count(Verdict::KnownFailure),
            excused: count(Verdict::Excused),
            stand_ins: gaps.stand_ins.clone(),
            not_done: gaps.not_done.clone(),
            without_races: of_level().any(|check| gaps.no_hold.is_some() && check.because == gaps.no_hold),
            without_older_sessions: gaps.none_gets_old && of_level().any(asks_for_age),
        }
    };
    // A level that asks for nothing of its own says nothing either.
    let asked = |level: &Level| checks.iter().any(|check| check.level == *level);
    Level::ALL.into_iter().filter(asked).map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excuses_do_not_count_and_do_not_verify_anything_either() {
        let judged = |verdicts: &[Verdict]| {
            let checks: Vec<CheckReport> =
                verdicts.iter().map(|verdict| CheckReport::of(&catalogue()[0], *verdict)).collect();
            judge(&checks, &Gaps::default())[0].verdict
        };
        use Verdict::{Excused, Fail, KnownFailure, Unverified};
        assert_eq!(judged(&[KnownFailure, Excused]), LevelVerdict::Conforms);
        assert_eq!(judged(&[KnownFailure, Excused, Unverified]), LevelVerdict::NotVerified);
        assert_eq!(judged(&[KnownFailure, Excused, Fail]), LevelVerdict::Fails);
        assert_eq!(judged(&[Excused]), LevelVerdict::NotVerified);
    }

    #[test]
    fn nothing_conforms_behind_a_probe_that_says_what_is_not_so() {
        let checks = [CheckReport::of(&catalogue()[0], Verdict::Pass)];
        let gaps = Gaps { not_done: vec!["raise".to_owned()], ..Gaps::default() };
        assert_eq!(judge(&checks, &Gaps::default())[0].verdict, LevelVerdict::Conforms);
        assert_eq!(judge(&checks, &gaps)[0].verdict, LevelVerdict::NotVerified);
    }

    #[test]
    fn a_level_says_that_it_was_judged_without_races() {
        let because = Some("it cannot be held".to_owned());
        let unheld = CheckReport { because: because.clone(), ..check(Level::Hardened, Verdict::Unverified) };
        let checks = [check(Level::Minimum, Verdict::Pass), unheld];
        let levels = judge(&checks, &Gaps { no_hold: because, ..Gaps::default() });
        assert_eq!(levels.iter().map(|level| level.without_races).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_level_says_that_no_session_was_old_enough_where_that_could_have_shown_something() {
        let gaps = Gaps { none_gets_old: true, ..Gaps::default() };
        let asking = catalogue().iter().find(|check| check.asks_for_age()).unwrap();
        let young = [check(Level::Minimum, Verdict::Pass), CheckReport::of(asking, Verdict::Pass)];
        let said = |checks: &[CheckReport], gaps: &Gaps| -> Vec<bool> {
            judge(checks, gaps).iter().map(|level| level.without_older_sessions).collect()
        };
        assert_eq!(said(&young, &gaps), [false, true]);
        assert_eq!(said(&young, &Gaps::default()), [false, false]);
        let failed = [check(Level::Minimum, Verdict::Pass), CheckReport::of(asking, Verdict::Fail)];
        assert_eq!(said(&failed, &gaps), [false, false]);
    }

    fn check(level: Level, verdict: Verdict) -> CheckReport {
        CheckReport { level, ..CheckReport::of(&catalogue()[0], verdict) }
    }

    /// What level `minimum` comes to with these verdicts, and how many known failures it counts.
    fn minimum<const N: usize>(verdicts: [Verdict; N]) -> (LevelVerdict, usize) {
        let checks = verdicts.map(|verdict| check(Level::Minimum, verdict));
        let levels = judge(&checks, &Gaps::default());
        let [level] = levels.as_slice() else { panic!("only one level is asked for: {levels:?}") };
        (level.verdict, level.known_failures)
    }

    #[test]
    fn a_level_conforms_where_something_passed_and_nothing_else_is_left_open() {
        use Verdict::{Error, Fail, KnownFailure, NotApplicable, Pass, Unverified};
        assert_eq!(minimum([Pass, NotApplicable]), (LevelVerdict::Conforms, 0));
        assert_eq!(minimum([Pass, KnownFailure, KnownFailure]), (LevelVerdict::Conforms, 2));
        assert_eq!(minimum([KnownFailure]), (LevelVerdict::Conforms, 1));
        assert_eq!(minimum([NotApplicable]), (LevelVerdict::NotVerified, 0));
        for open in [Error, Unverified] {
            assert_eq!(minimum([Pass, open]), (LevelVerdict::NotVerified, 0), "{open:?}");
            assert_eq!(minimum([Pass, open, Fail]), (LevelVerdict::Fails, 0), "{open:?}");
        }
    }

    #[test]
    fn a_level_fails_with_those_below_it_and_not_with_those_above() {
        let checks = [check(Level::Minimum, Verdict::Pass), check(Level::Recommended, Verdict::Fail)];
        let verdicts = judge(&checks, &Gaps::default()).into_iter().map(|level| (level.level, level.verdict));
        let expected = [(Level::Minimum, LevelVerdict::Conforms), (Level::Recommended, LevelVerdict::Fails)];
        assert_eq!(verdicts.collect::<Vec<_>>(), expected);

        let checks = [check(Level::Minimum, Verdict::Fail), check(Level::Hardened, Verdict::Pass)];
        let verdicts = judge(&checks, &Gaps::default()).into_iter().map(|level| (level.level, level.verdict));
        let expected = [(Level::Minimum, LevelVerdict::Fails), (Level::Hardened, LevelVerdict::Fails)];
        assert_eq!(verdicts.collect::<Vec<_>>(), expected);
    }
}
