//! A report as its snapshot keeps it: which checks passed is left out, and so is how many there are. A new check that
//! passes everywhere then changes no snapshot, and one that does not adds a line where it does not.

/// The text of a report without the checks that passed: each of the others has a line of its own, with the reason.
pub(crate) fn lean(report: &str) -> String {
    let Some((before, rest)) = report.split_once("\nChecks\n") else { return report.to_owned() };
    let (checks, after) = rest.split_once("\n\n").expect("a report goes on after the list of its checks");
    let kept: String = entries(checks)
        .filter(|(verdict, _)| verdict != "pass")
        .flat_map(|(verdict, text)| one_by_one(&text).into_iter().map(move |text| line(&verdict, &text)))
        .collect();
    let after: String = after.lines().filter_map(without_what_may_grow).map(|line| line + "\n").collect();
    let before = without_pace(before);
    format!("{before}\nNot passed\n{kept}\n{after}")
}

/// The head of a report without what is said of how the run went, which depends on the machine: the checks that took longest, and
/// those that failed only beside other requests.
fn without_pace(head: &str) -> String {
    const LAST: &str = "cases for each property";
    let Some((before, pace)) = head.split_once(LAST) else { return head.to_owned() };
    let after = pace.split_once("\n\n").map_or_else(String::new, |(_, after)| format!("\n\n{after}"));
    format!("{before}{LAST}{after}")
}

fn line(verdict: &str, text: &str) -> String {
    format!("  {verdict:<14}  {text}\n")
}

/// The verdict and the text of each entry, whose lines after the first are indented further.
fn entries(checks: &str) -> impl Iterator<Item = (String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in checks.lines() {
        let (verdict, text) = line.split_at_checked(16).unwrap_or((line, ""));
        match entries.last_mut() {
            Some((_, entry)) if verdict.trim().is_empty() => *entry = format!("{entry} {}", text.trim()),
            _ => entries.push((verdict.trim().to_owned(), text.trim().to_owned())),
        }
    }
    entries.into_iter()
}

/// One text for each check of an entry. Of a suite that is named as a whole, the number of checks is left out.
fn one_by_one(text: &str) -> Vec<String> {
    let (ids, reason) =
        text.split_once(": ").map_or((text, String::new()), |(ids, reason)| (ids, format!(": {reason}")));
    let ids = ids.split(", ").map(|id| match id.split_once(" (all ") {
        Some((suite, _)) => format!("{suite} (all){reason}"),
        None => format!("{id}{reason}"),
    });
    ids.collect()
}

/// The line of the totals keeps what failed or could not be judged, and that of a level how it ends. Other lines stay as they
/// are.
fn without_what_may_grow(line: &str) -> Option<String> {
    let line = &without_applied(line);
    let counts = line.split(", ").map(|count| count.split_once(' ')).collect::<Option<Vec<_>>>();
    let is_total =
        |counts: &Vec<(&str, &str)>| counts.iter().all(|(count, _)| count.parse::<usize>().is_ok());
    let Some(counts) = counts.filter(is_total).filter(|_| !line.starts_with(' ')) else {
        return Some(line.to_owned());
    };
    let kept = counts.iter().filter(|(_, verdict)| !["pass", "not applicable"].contains(verdict));
    let kept: Vec<String> = kept.map(|(count, verdict)| format!("{count} {verdict}")).collect();
    (!kept.is_empty()).then(|| kept.join(", "))
}

/// The line of a level without how many checks applied.
fn without_applied(line: &str) -> String {
    let Some((level, rest)) = line.split_once(": conforms: ") else { return line.to_owned() };
    match rest.split_once(" applied") {
        Some((_, rest)) => format!("{level}: conforms{rest}"),
        None => line.to_owned(),
    }
}
