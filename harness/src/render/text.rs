//! Reports for a terminal of 80 columns: capabilities, verdicts, and last what failed and what to run next.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::Style;
use sessionspec::engine::report::{
    CapabilityReport, CheckReport, LEGEND, LevelVerdict, WIDTH, continued, failure_texts, wrapped,
};
use sessionspec::engine::run::GONE;
use sessionspec::{Level, Report, Verdict};

use super::causes::causes;
use super::palette::{self, FAILED, HEADING};
use super::rows::{
    Row, applied, doors, generated, level_verdict, levels, reading_order, remarks, rows, severity,
};
use crate::called_as::called_as;

/// The width of the column that holds the verdicts.
const VERDICT: usize = 14;

/// The reports of one backend, one for each door, with colours as ANSI sequences.
pub(super) fn text(reports: &[Report], target: &str) -> String {
    let mut text = Text(String::new());
    let Some(first) = reports.first() else { return text.0 };
    let rows = rows(reports);
    text.title(first, reports);
    text.survey(reports);
    text.checks(&rows);
    text.not_judged(&rows);
    text.disagreements(&rows);
    text.failures(&rows);
    text.conclusion(reports, &rows, target);
    text.0
}

struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.line(&format!("\n{HEADING}{heading}{HEADING:#}"));
    }

    /// A label in colour and a text beside it.
    fn labelled(&mut self, label: &str, width: usize, style: Style, text: &str) {
        let gap = " ".repeat(width.saturating_sub(label.chars().count()) + 2);
        self.line(&format!("  {style}{label}{style:#}{gap}{}", continued(text, width + 4, width + 4, WIDTH)));
    }

    fn title(&mut self, first: &Report, reports: &[Report]) {
        let version = first.backend.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let subject = format!("{}{version}, {}", first.backend.name, doors(reports).join(" and "));
        self.line(&wrapped(&format!("sessionspec {}: {subject}", first.suite_version), 2, WIDTH));
        self.line(&wrapped(&generated(reports), 2, WIDTH));
    }

    fn survey(&mut self, reports: &[Report]) {
        self.heading("Observed");
        let longest = reports[0].survey.iter().map(|row| row.name.chars().count()).max();
        let width = longest.unwrap_or_default();
        for row in &reports[0].survey {
            self.labelled(&row.name, width, Style::new(), &observed(row));
            for other in &reports[1..] {
                let there = other.survey.iter().find(|there| there.name == row.name);
                if let Some(there) = there.filter(|there| there.observed != row.observed) {
                    self.labelled(
                        "",
                        width,
                        Style::new(),
                        &format!("{}: {}", other.backend.door, observed(there)),
                    );
                }
            }
        }
    }

    /// What passed, one by one; then the rest, together where the reason is the same.
    fn checks(&mut self, rows: &[Row<'_>]) {
        self.heading("Checks");
        for row in rows.iter().filter(|row| row.verdict() == Some(Verdict::Pass)) {
            let check = row.first();
            let held_to = check.held_to.iter().map(|what| format!("; {what}")).collect::<String>();
            let text = format!("{}{}", check.id, held_to.replacen(';', ":", 1));
            self.labelled("pass", VERDICT, palette::of_verdict(Verdict::Pass), &text);
        }
        let is_told =
            |row: &&Row<'_>| row.agrees() && row.verdict() != Some(Verdict::Pass) && !is_hindered(row);
        let mut others: Vec<&Row<'_>> = rows.iter().filter(is_told).collect();
        // The gravest first, also among those that fail for the same reason.
        others.sort_by_key(|row| reading_order(row));
        let mut reasons: Vec<(Verdict, Option<&str>, Vec<&str>)> = Vec::new();
        for row in others {
            let check = row.first();
            let because = check.because.as_deref();
            match reasons.iter_mut().find(|reason| (reason.0, reason.1) == (check.verdict, because)) {
                Some((_, _, ids)) => ids.push(&check.id),
                None => reasons.push((check.verdict, because, vec![&check.id])),
            }
        }
        for (verdict, because, ids) in reasons {
            let ids = together(&ids, rows);
            let text = because.map_or(ids.clone(), |because| format!("{ids}: {because}"));
            self.labelled(verdict.as_str(), VERDICT, palette::of_verdict(verdict), &text);
        }
    }

    /// What could not be judged, by what is in its way.
    fn not_judged(&mut self, rows: &[Row<'_>]) {
        let causes = causes(rows);
        if !causes.is_empty() {
            self.heading("Not judged");
        }
        for cause in causes {
            let ids = |checks: &[&CheckReport]| -> String {
                checks.iter().map(|check| check.id.as_str()).collect::<Vec<_>>().join(", ")
            };
            let unjudged = cause.unjudged_in_words().map(|told| format!("{told}: {}", ids(&cause.unjudged)));
            let in_part = cause.in_part_in_words().map(|told| format!("{told}: {}", ids(&cause.in_part)));
            self.line(&format!("  {}", wrapped(&format!("{}:", cause.because()), 4, WIDTH - 2)));
            for told in [unjudged, in_part].into_iter().flatten() {
                self.line(&format!("    {}", continued(&told, 4, 6, WIDTH)));
            }
        }
    }

    fn disagreements(&mut self, rows: &[Row<'_>]) {
        let mut disagreeing = rows.iter().filter(|row| !row.agrees()).peekable();
        if disagreeing.peek().is_some() {
            self.heading("The doors disagree");
        }
        for row in disagreeing {
            self.line(&format!("  {}", row.first().id));
            for (door, check) in &row.doors {
                let because =
                    check.because.as_ref().map(|because| format!(": {because}")).unwrap_or_default();
                let said = format!("{door}{because}");
                self.labelled(check.verdict.as_str(), VERDICT, palette::of_verdict(check.verdict), &said);
            }
        }
    }

    /// What needs work comes first, and of that the gravest. What is known to fail comes last.
    fn failures(&mut self, rows: &[Row<'_>]) {
        let mut failing: Vec<&Row<'_>> = rows.iter().filter(|row| !row.failing().is_empty()).collect();
        failing.sort_by_key(|row| reading_order(row));
        if !failing.is_empty() {
            self.heading("Failures");
        }
        let mut shown = failing.iter().flat_map(|row| row.failing()).flat_map(|(_, check)| &check.failures);
        if shown.any(|failure| !failure.transcript.is_empty()) {
            self.line(&wrapped(LEGEND, 0, WIDTH));
        }
        for row in failing {
            for (door, check) in row.failing() {
                let through = if row.agrees() { String::new() } else { format!(", {door}") };
                for told in failure_texts(check) {
                    let (title, rest) = told.split_once('\n').unwrap_or((&told, ""));
                    let style = palette::of_verdict(check.verdict);
                    self.0.push_str(&format!("\n{style}{title}{style:#}{through}\n{rest}"));
                }
                if let (Verdict::KnownFailure, Some(reason)) = (check.verdict, &check.because) {
                    self.labelled("known", 8, Style::new(), reason);
                }
                if let Some(issue) = check.known_failure.as_ref().and_then(|known| known.issue.as_ref()) {
                    self.line(&format!("  {:<10}{issue}", "issue"));
                }
            }
        }
    }

    /// What fails, in a few words near the prompt: the failures themselves may be far above it.
    fn failing_by_harm(&mut self, rows: &[Row<'_>]) {
        let (listed, mut failing): (Vec<&Row<'_>>, Vec<&Row<'_>>) = rows
            .iter()
            .filter(|row| row.most_severe() == Verdict::Fail)
            .partition(|row| row.is_listed_in_vain());
        failing.sort_by_key(|row| row.first().harm);
        for of_harm in failing.chunk_by(|one, other| one.first().harm == other.first().harm) {
            let ids: Vec<&str> = of_harm.iter().map(|row| row.first().id.as_str()).collect();
            let label = format!("fails ({})", of_harm[0].first().harm);
            let ids = continued(&format!(": {}", together(&ids, rows)), label.len(), 2, WIDTH);
            self.line(&format!("{FAILED}{label}{FAILED:#}{ids}"));
        }
        if !listed.is_empty() {
            let ids: Vec<&str> = listed.iter().map(|row| row.first().id.as_str()).collect();
            let label = "known failures that did not fail";
            let ids = continued(&format!(": {}", together(&ids, rows)), label.len(), 2, WIDTH);
            self.line(&format!("{FAILED}{label}{FAILED:#}{ids}"));
        }
    }

    fn conclusion(&mut self, reports: &[Report], rows: &[Row<'_>], target: &str) {
        let mut totals: BTreeMap<Verdict, usize> = BTreeMap::new();
        for row in rows {
            *totals.entry(row.most_severe()).or_default() += 1;
        }
        let totals: Vec<String> =
            totals.into_iter().map(|(verdict, count)| format!("{count} {}", verdict.as_str())).collect();
        self.line(&format!("\n{}", totals.join(", ")));
        for report in reports {
            if let Some(why) = &report.incomplete {
                let door =
                    if reports.len() > 1 { format!(", {}", report.backend.door) } else { String::new() };
                let why = continued(&format!("{door}: {why}"), "incomplete".len(), 2, WIDTH);
                self.line(&format!("{FAILED}incomplete{FAILED:#}{why}"));
            }
        }
        for level in levels(reports) {
            let verdict = level_verdict(reports, level);
            let style = palette::of_level(verdict);
            let used = format!("{level}: {}", verdict.as_str()).len();
            let remark = format!("{}{}", applied(reports, level), remark(reports, level));
            let rest = continued(&remark, used, 2, WIDTH);
            self.line(&format!("{level}: {style}{}{style:#}{rest}", verdict.as_str()));
        }
        self.failing_by_harm(rows);
        if let Some(asked) = fails_above(reports) {
            let decides =
                format!("{asked} alone decides about the exit code; with --level hardened all levels do");
            self.line(&wrapped(&decides, 0, WIDTH));
        }
        if let Some(next) = next(reports, rows, target) {
            self.line(&format!("next: {next}"));
        }
    }
}

/// Whether nothing of a check could be judged, since something is in its way.
fn is_hindered(row: &Row<'_>) -> bool {
    let verdict = row.verdict();
    matches!(verdict, Some(Verdict::Unverified | Verdict::Excused)) && !row.first().blocked.is_empty()
}

fn observed(row: &CapabilityReport) -> String {
    match (&row.declared, row.borne_out) {
        (None, _) => row.observed.clone(),
        (Some(_), Some(true)) => format!("{}, as declared", row.observed),
        (Some(declared), Some(false)) => format!("{}, although declared {declared}", row.observed),
        (Some(declared), None) => format!("{}, declared {declared}", row.observed),
    }
}

/// Checks by their ids; a suite that is there as a whole is one word.
fn together(ids: &[&str], rows: &[Row<'_>]) -> String {
    let suite = |id: &&str| id.split('/').next().unwrap_or_default().to_owned();
    let mut named = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for id in ids {
        let suite_of_id = suite(id);
        let here = ids.iter().filter(|id| suite(id) == suite_of_id).count();
        let all = rows.iter().filter(|row| row.first().suite() == suite_of_id).count();
        if here < all || here == 1 {
            named.push((*id).to_owned());
        } else if !told.contains(&suite_of_id) {
            named.push(format!("{suite_of_id} (all {all})"));
            told.push(suite_of_id);
        }
    }
    named.join(", ")
}

/// What each door says of a level, where they differ, and what else there is to say.
fn remark(reports: &[Report], level: Level) -> String {
    let said = reports.iter().filter_map(|report| Some((&report.backend.door, report.verdict(level)?)));
    let said: Vec<(&String, LevelVerdict)> = said.collect();
    let mut text = String::new();
    if said.windows(2).any(|pair| pair[0].1 != pair[1].1) {
        let each = said.iter().map(|(door, verdict)| format!("{door} {}", verdict.as_str()));
        let _ = write!(text, " ({})", each.collect::<Vec<_>>().join(", "));
    }
    for remark in remarks(reports, level) {
        let _ = write!(text, ", {remark}");
    }
    text
}

/// The level that was asked for, where it does not fail, and one above it does.
fn fails_above(reports: &[Report]) -> Option<Level> {
    let asked = reports.iter().filter_map(|report| report.asked_level).min()?;
    let fails = |level: &Level| level_verdict(reports, *level) == LevelVerdict::Fails;
    let above = levels(reports).any(|level| level > asked && fails(&level));
    (above && !levels(reports).filter(|level| *level <= asked).any(|level| fails(&level))).then_some(asked)
}

/// What to run next, on the backend that these arguments name.
fn next(reports: &[Report], rows: &[Row<'_>], target: &str) -> Option<String> {
    let doctor = || format!("{} doctor {target}", called_as());
    if reports.iter().any(|report| report.incomplete.as_deref().is_some_and(|why| why.starts_with(GONE))) {
        return Some(doctor());
    }
    let listed: Vec<&str> =
        rows.iter().filter(|row| row.is_listed_in_vain()).map(|row| row.first().id.as_str()).collect();
    if !listed.is_empty() {
        return Some(format!("remove {} from the known failures", listed.join(", ")));
    }
    // What decides comes before what is asked for by a higher level.
    let decides = |row: &Row<'_>| {
        reports.iter().any(|report| report.asked_level.is_none_or(|asked| row.first().level <= asked))
    };
    let needs_work = |row: &&Row<'_>| severity(row.most_severe()) > severity(Verdict::KnownFailure);
    let first = rows.iter().filter(needs_work).min_by_key(|row| (!decides(row), reading_order(row)))?;
    match first.most_severe() {
        Verdict::Error => Some(doctor()),
        _ => Some(format!("{} explain {}", called_as(), first.first().id)),
    }
}
