//! Reports as Markdown, for a comment on a pull request: verdicts first, everything long folded away.

use std::fmt::Write;

use sessionspec::engine::report::{Failure, LEGEND, failure_texts};
use sessionspec::{LevelVerdict, Report, Verdict};

use super::causes::causes;
use super::code::{code, escaped};
use super::rows::{Row, applied, doors, generated, level_verdict, levels, reading_order, remarks, rows};

/// A comment on GitHub has at most 65 536 characters; what tells that something is left out needs some of them.
const ROOM: usize = 60_000;

/// How much of it the failures may take, so that the rest is not left out because of them.
const ROOM_FOR_FAILURES: usize = 40_000;

/// How many failures are named that are left out.
const MOST_NAMED: usize = 20;

/// How much of a remark is shown.
const BRIEF: usize = 150;

pub(super) fn markdown(reports: &[Report]) -> String {
    let Some(first) = reports.first() else { return String::new() };
    let rows = rows(reports);
    let version = first.backend.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let subject = code(&format!("{}{version}", first.backend.name));
    let mut text = format!("## Session conformance of {subject}\n\n");
    text.push_str(&levels_table(reports));
    let _ = writeln!(text, "\n{}\n", totals(&rows));
    for report in reports {
        if let Some(why) = &report.incomplete {
            let _ = writeln!(text, "⚠️ **Incomplete** ({}): {}\n", code(&report.backend.door), brief(why));
        }
    }
    text.push_str(&disagreements(&rows));
    text.push_str(&failures(&rows));
    text.push_str(&not_judged(&rows));
    for (summary, body) in [("What was observed", survey(reports)), ("All checks", checks(&rows))] {
        let section = folded(summary, &body);
        if text.len() + section.len() <= ROOM {
            text.push_str(&section);
        } else {
            let _ = writeln!(text, "{summary}: too long for a comment, and in the other reports.\n");
        }
    }
    let _ = writeln!(
        text,
        "<sub>sessionspec {}, {}, {}. `sessionspec explain CHECK` says more.</sub>",
        code(&first.suite_version),
        doors(reports).into_iter().map(code).collect::<Vec<_>>().join(" and "),
        generated(reports)
    );
    text
}

fn levels_table(reports: &[Report]) -> String {
    let mut table = "| level | verdict |\n|---|---|\n".to_owned();
    for level in levels(reports) {
        let verdict = level_verdict(reports, level);
        let icon = match verdict {
            LevelVerdict::Conforms => "✅",
            LevelVerdict::Fails => "❌",
            _ => "❔",
        };
        let remarks: String =
            remarks(reports, level).iter().map(|remark| format!(", {}", escaped(remark))).collect();
        let applied = applied(reports, level);
        let _ = writeln!(table, "| {level} | {icon} {}{applied}{remarks} |", verdict.as_str());
    }
    table
}

fn totals(rows: &[Row<'_>]) -> String {
    let count = |verdict: Verdict| rows.iter().filter(|row| row.most_severe() == verdict).count();
    let counted = Verdict::ALL.iter().copied().map(|verdict| (verdict, count(verdict)));
    let told: Vec<String> = counted
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
        .collect();
    told.join(" · ")
}

fn disagreements(rows: &[Row<'_>]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| !row.agrees()) {
        let doors =
            row.doors.iter().map(|(door, check)| format!("{} {}", code(door), check.verdict.as_str()));
        let _ = writeln!(text, "- {}: {}", code(&row.first().id), doors.collect::<Vec<_>>().join(", "));
    }
    if text.is_empty() { text } else { format!("### The doors disagree\n\n{text}\n") }
}

/// What could not be judged, by what is in its way.
fn not_judged(rows: &[Row<'_>]) -> String {
    let mut text = String::new();
    for cause in causes(rows) {
        let told = [cause.unjudged_in_words(), cause.in_part_in_words()];
        let told: Vec<String> = told.into_iter().flatten().collect();
        let because = escaped(&cause.because());
        let ids = cause.unjudged.iter().chain(&cause.in_part).map(|check| code(&check.id));
        let ids: Vec<String> = ids.take(MOST_NAMED).collect();
        let _ = writeln!(text, "- {because}: {} ({})", told.join(", and "), ids.join(", "));
    }
    if text.is_empty() { text } else { format!("### Not judged\n\n{text}\n") }
}

/// What fails, the gravest first, up to the length that a comment may have.
fn failures(rows: &[Row<'_>]) -> String {
    let mut failing: Vec<&Row<'_>> = rows.iter().filter(|row| !row.failing().is_empty()).collect();
    failing.sort_by_key(|row| reading_order(row));
    let mut text = String::new();
    let mut left_out = Vec::new();
    for row in failing {
        for (door, check) in row.failing() {
            let icon = if check.verdict == Verdict::Fail { "❌" } else { "🟡" };
            let through = if row.agrees() { String::new() } else { format!(", {}", code(door)) };
            let reasons: Vec<String> = check.failures.iter().map(Failure::title).collect();
            let summary =
                format!("{icon} {}, {}: {}{through}", code(&check.id), check.harm, code(&reasons.join(", ")));
            let because = check.because.as_ref().map(|because| format!("{}\n\n", brief(because)));
            let told: String = failure_texts(check).iter().map(|told| fenced(told)).collect();
            let section = folded(&summary, &format!("{}{told}", because.unwrap_or_default()));
            if text.len() + section.len() <= ROOM_FOR_FAILURES {
                text.push_str(&section);
            } else {
                left_out.push(code(&check.id));
            }
        }
    }
    if !left_out.is_empty() {
        let named = left_out.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = left_out.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(text, "Too long for a comment, and in the other reports: {named}{more}\n");
    }
    if text.is_empty() { text } else { format!("### Failures\n\n{}\n\n{text}", escaped(LEGEND)) }
}

fn survey(reports: &[Report]) -> String {
    let mut table = "| capability | observed | declared |\n|---|---|---|\n".to_owned();
    for row in reports.iter().take(1).flat_map(|report| &report.survey) {
        let declared = match (&row.declared, row.borne_out) {
            (None, _) => String::new(),
            (Some(declared), Some(false)) => format!("❌ {}", code(declared)),
            (Some(declared), _) => code(declared),
        };
        let _ = writeln!(table, "| {} | {} | {declared} |", escaped(&row.name), brief(&row.observed));
    }
    table
}

fn checks(rows: &[Row<'_>]) -> String {
    let mut table = "| check | level | verdict |\n|---|---|---|\n".to_owned();
    for row in rows {
        let check = row.first();
        let said: Vec<String> = if row.agrees() {
            let because = check.because.as_ref().map(|because| format!(": {}", brief(because)));
            vec![format!("{}{}", check.verdict.as_str(), because.unwrap_or_default())]
        } else {
            row.doors
                .iter()
                .map(|(door, check)| format!("{} {}", code(door), check.verdict.as_str()))
                .collect()
        };
        let _ = writeln!(table, "| {} | {} | {} |", code(&check.id), check.level, said.join(", "));
    }
    table
}

/// Something long behind a line that unfolds it.
fn folded(summary: &str, body: &str) -> String {
    format!("<details>\n<summary>{summary}</summary>\n\n{}\n\n</details>\n\n", body.trim_end())
}

/// A block of text that stays as it is. Its fence is longer than any within.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{text}{fence}\n\n")
}

/// The beginning of a text: what is said of many checks must not fill the comment.
fn brief(text: &str) -> String {
    let mut characters = text.chars();
    let beginning: String = characters.by_ref().take(BRIEF).collect();
    code(&if characters.next().is_some() { format!("{beginning}…") } else { beginning })
}
