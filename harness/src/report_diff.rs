//! Compares two reports: which capabilities and verdicts changed, and whether anything got worse.

use std::collections::BTreeSet;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use sessionspec::engine::report::{CheckReport, LevelVerdict, WIDTH, continued, visible, wrapped};
use sessionspec::{Report, Verdict};

/// What changed from one run to another.
pub struct Comparison {
    title: String,
    notes: Vec<String>,
    doors: Vec<Door>,
}

/// What changed behind one door, or behind several in the same way.
struct Door {
    name: String,
    changes: Vec<Change>,
}

#[derive(PartialEq)]
struct Change {
    direction: Direction,
    what: String,
    how: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Worse,
    Better,
    Neither,
}

/// Compares the reports of two runs. Where both runs used several doors, door is compared with door.
#[must_use]
pub fn diff(old: &[Report], new: &[Report]) -> Comparison {
    let mut comparison = Comparison { title: title(old, new), notes: Vec::new(), doors: Vec::new() };
    if let ([old], [new]) = (old, new) {
        comparison.add(old, new);
        return comparison;
    }
    for old in old {
        match new.iter().find(|new| new.backend.door == old.backend.door) {
            Some(new) => comparison.add(old, new),
            None => comparison.doors.push(Door {
                name: old.backend.door.clone(),
                changes: vec![Change::new(Direction::Worse, "this door", "tested -> not tested".to_owned())],
            }),
        }
    }
    for new in new.iter().filter(|new| old.iter().all(|old| old.backend.door != new.backend.door)) {
        comparison
            .notes
            .push(format!("{} is compared with nothing: the older run did not use it", new.backend.door));
    }
    comparison
}

impl Comparison {
    /// Whether anything got worse.
    #[must_use]
    pub fn got_worse(&self) -> bool {
        self.count(Direction::Worse) > 0
    }

    /// What changed, in words and at most 80 columns wide, with colours as ANSI sequences.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n", wrapped(&visible(&self.title), 2, WIDTH));
        for note in &self.notes {
            let _ = writeln!(text, "{}", wrapped(&visible(note), 2, WIDTH));
        }
        for door in self.doors.iter().filter(|door| !door.changes.is_empty()) {
            let _ = writeln!(text, "\n{}", visible(&door.name));
            for change in &door.changes {
                let _ = writeln!(text, "{}", change.to_text());
            }
        }
        let count = |direction: Direction| (self.count(direction), direction);
        let counts = [Direction::Worse, Direction::Better, Direction::Neither].map(count);
        let told: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, direction)| format!("{count} {}", direction.as_str()))
            .collect();
        let told = if told.is_empty() { "nothing changed".to_owned() } else { told.join(", ") };
        let _ = writeln!(text, "\n{told}");
        text
    }

    fn count(&self, direction: Direction) -> usize {
        let changes = self.doors.iter().flat_map(|door| &door.changes);
        changes.filter(|change| change.direction == direction).count()
    }

    fn add(&mut self, old: &Report, new: &Report) {
        let same_suite = old.suite_version == new.suite_version;
        if !same_suite && self.doors.is_empty() {
            self.notes.push(format!(
                "the suites differ, {} and {}: a check that only one of them has is neither better nor worse",
                old.suite_version, new.suite_version
            ));
        }
        let mut changes = Vec::new();
        changes.extend(completeness(old, new));
        changes.extend(levels(old, new));
        changes.extend(capabilities(old, new));
        changes.extend(checks(old, new, same_suite));
        let name = &new.backend.door;
        match self.doors.iter_mut().find(|door| door.changes == changes) {
            Some(door) => door.name = format!("{} and {name}", door.name),
            None => self.doors.push(Door { name: name.clone(), changes }),
        }
    }
}

impl Change {
    fn new(direction: Direction, what: &str, how: String) -> Self {
        Self { direction, what: what.to_owned(), how }
    }

    fn to_text(&self) -> String {
        let word = self.direction.as_str();
        let style = self.direction.style();
        let told = continued(&format!("{}: {}", visible(&self.what), visible(&self.how)), 11, 11, WIDTH);
        format!("  {style}{word}{style:#}{}{told}", " ".repeat(9 - word.len()))
    }
}

impl Direction {
    fn of(old: u8, new: u8) -> Self {
        match new.cmp(&old) {
            std::cmp::Ordering::Greater => Self::Worse,
            std::cmp::Ordering::Less => Self::Better,
            std::cmp::Ordering::Equal => Self::Neither,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Neither => "changed",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Worse => AnsiColor::Red.on_default().bold(),
            Self::Better => AnsiColor::Green.on_default(),
            Self::Neither => Style::new(),
        }
    }
}

fn title(old: &[Report], new: &[Report]) -> String {
    let name = |reports: &[Report]| {
        let backend = reports.first().map(|report| &report.backend);
        let version =
            backend.and_then(|backend| backend.version.clone()).map(|version| format!(" {version}"));
        format!("{}{}", backend.map_or("", |backend| &backend.name), version.unwrap_or_default())
    };
    format!("{} -> {}", name(old), name(new))
}

fn completeness(old: &Report, new: &Report) -> Option<Change> {
    let told = |report: &Report| report.incomplete.clone().unwrap_or_else(|| "complete".to_owned());
    let direction = Direction::of(old.incomplete.is_some().into(), new.incomplete.is_some().into());
    let changed = direction != Direction::Neither;
    changed.then(|| Change::new(direction, "the run", format!("{} -> {}", told(old), told(new))))
}

fn levels(old: &Report, new: &Report) -> Vec<Change> {
    let badness = |verdict: LevelVerdict| match verdict {
        LevelVerdict::Conforms => 0,
        LevelVerdict::NotVerified => 1,
        LevelVerdict::Fails => 2,
    };
    let changes = new.levels.iter().filter_map(|now| {
        let was = old.verdict(now.level)?;
        let direction = Direction::of(badness(was), badness(now.verdict));
        let how = format!("{} -> {}", was.as_str(), now.verdict.as_str());
        (was != now.verdict).then(|| Change::new(direction, &format!("level {}", now.level), how))
    });
    changes.collect()
}

fn capabilities(old: &Report, new: &Report) -> Vec<Change> {
    let observed = |report: &Report, name: &str| {
        let row = report.survey.iter().find(|row| row.name == name);
        row.map_or("not observed".to_owned(), |row| row.observed.clone())
    };
    let names = new.survey.iter().chain(&old.survey).map(|row| row.name.as_str());
    let mut told = BTreeSet::new();
    let changes = names.filter(|name| told.insert(*name)).filter_map(|name| {
        let (was, is) = (observed(old, name), observed(new, name));
        (was != is)
            .then(|| Change::new(Direction::Neither, &format!("capability {name}"), format!("{was} -> {is}")))
    });
    changes.collect()
}

fn checks(old: &Report, new: &Report, same_suite: bool) -> Vec<Change> {
    let find = |report: &Report, id: &str| report.checks.iter().find(|check| check.id == id).cloned();
    let mut changes: Vec<Change> = Vec::new();
    for is in &new.checks {
        match find(old, &is.id) {
            Some(was) => changes.extend(check(&was, is)),
            None => {
                changes.push(Change::new(Direction::Neither, &is.id, format!("not run -> {}", in_words(is))));
            }
        }
    }
    for was in old.checks.iter().filter(|was| find(new, &was.id).is_none()) {
        // A check that another version of the suite dropped says nothing about the backend.
        let direction = if same_suite { Direction::Worse } else { Direction::Neither };
        changes.push(Change::new(direction, &was.id, format!("{} -> not run", in_words(was))));
    }
    changes.sort_by_key(|change| change.direction != Direction::Worse);
    changes
}

fn check(was: &CheckReport, is: &CheckReport) -> Option<Change> {
    let how = format!("{} -> {}", in_words(was), in_words(is));
    if was.verdict != is.verdict {
        let direction = Direction::of(badness(was.verdict), badness(is.verdict));
        return Some(Change::new(direction, &is.id, how));
    }
    let (before, now) = (reasons(was), reasons(is));
    let direction = if !now.is_subset(&before) {
        Direction::Worse
    } else if before != now {
        Direction::Better
    } else {
        return None;
    };
    Some(Change::new(direction, &is.id, how))
}

/// A promise that was kept and does not apply any more is a loss, although not a failure.
fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::NotApplicable => 1,
        Verdict::KnownFailure | Verdict::Excused => 2,
        Verdict::Unverified | Verdict::Inconclusive | Verdict::Error => 3,
        Verdict::Fail => 4,
    }
}

fn reasons(check: &CheckReport) -> BTreeSet<&str> {
    check.failures.iter().map(|failure| failure.reason.as_str()).collect()
}

fn in_words(check: &CheckReport) -> String {
    let reasons: Vec<&str> = reasons(check).into_iter().collect();
    match (reasons.as_slice(), &check.because) {
        ([], Some(because)) if check.verdict != Verdict::Pass => {
            format!("{} ({because})", check.verdict.as_str())
        }
        ([], _) => check.verdict.as_str().to_owned(),
        (reasons, _) => format!("{} ({})", check.verdict.as_str(), reasons.join(", ")),
    }
}
