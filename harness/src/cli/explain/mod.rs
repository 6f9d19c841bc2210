//! `sessionspec explain`: a check, a clause, a suite, a level, a capability or a verdict, in words.

mod capabilities;
mod scripts;
mod verdicts;

use sessionspec::engine::checks::{Check, catalogue};
use sessionspec::engine::contract;
use sessionspec::engine::report::wrapped;
use sessionspec::{Level, Verdict};

use super::terminal::width as terminal_width;
use super::{CliError, say};
use crate::exit::Exit;
use crate::near::hint;
use crate::why::why;
use capabilities::{CAPABILITIES, Capability};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Checks, with or without their suite; clauses of the contract; suites; levels; capabilities; verdicts, as reports
    /// name them; or a stand-in.
    #[arg(required = true, value_name = "NAME")]
    name: Vec<String>,
    /// Also show what a check plays, and what a good backend answers: the reference, or the one that --backend names.
    #[arg(long)]
    scripts: bool,
    /// The embedded backend on which the scripts are played.
    #[arg(long, value_name = "NAME", default_value = "reference", requires = "scripts")]
    backend: String,
}

pub(super) async fn explain(arguments: &Arguments) -> Result<Exit, CliError> {
    let asked = arguments.name.join(" ");
    let topics = all_of(&arguments.name);
    if topics.is_empty() {
        let hint = hint(&asked, names().iter().map(String::as_str));
        let message = format!(
            "there is no check, clause, suite, level, capability or verdict `{asked}`; {hint}`sessionspec list` names the checks"
        );
        return Err(CliError::usage(message));
    }
    let mut texts: Vec<String> = topics.iter().map(Topic::to_text).collect();
    if arguments.scripts {
        let checks: Vec<&Check> = topics.iter().filter_map(Topic::check).collect();
        if checks.is_empty() {
            return Err(CliError::usage(format!(
                "--scripts shows what a check plays, and `{asked}` is none"
            )));
        }
        texts.push(scripts::played(&checks, &arguments.backend).await?);
    }
    say(texts.join("\n\n").trim_end());
    Ok(Exit::Conforms)
}

/// What these words name: one thing together, as `two rotations` do, or each of them something.
fn all_of(words: &[String]) -> Vec<Topic> {
    let together = Topic::of(&words.join(" "));
    if !together.is_empty() {
        return together;
    }
    let each: Vec<Vec<Topic>> = words.iter().map(|word| Topic::of(word)).collect();
    if each.iter().any(Vec::is_empty) { Vec::new() } else { each.into_iter().flatten().collect() }
}

/// Something that can be explained.
enum Topic {
    Check(Check),
    Clause(&'static str, &'static str),
    Suite(&'static str),
    Capability(&'static Capability),
    Verdict(Verdict),
    Level(Level),
    StandIn,
}

impl Topic {
    /// All that has this name: a suite and a capability may share one.
    fn of(asked: &str) -> Vec<Self> {
        let asked = asked.to_lowercase();
        let checks = catalogue();
        let is_suite = |check: &&Check| check.suite() == asked;
        let suite = checks.iter().find(is_suite).map(|check| Self::Suite(check.suite()));
        let clause = contract::clauses().find(|(name, _)| *name == asked);
        let capability = CAPABILITIES.iter().find(|capability| capability.is_called(&asked));
        let spaced = asked.replace(['_', '-'], " ");
        let verdict = Verdict::ALL.iter().copied().find(|verdict| verdict.as_str() == spaced);
        let level = Level::ALL.into_iter().find(|level| level.as_str() == asked);
        let stand_in = (spaced.trim_end_matches('s') == STAND_IN).then_some(Self::StandIn);
        let named = suite
            .into_iter()
            .chain(level.map(Self::Level))
            .chain(stand_in)
            .chain(clause.map(|(name, text)| Self::Clause(name, text)))
            .chain(capability.map(Self::Capability))
            .chain(verdict.map(Self::Verdict));
        // As a test is named, too: `minimum::opens_empty`.
        let id = asked.replace("::", "/").replace(['_', ' '], "-");
        let is_named = |check: &Check| check.id == id || slug(check) == id;
        named.chain(checks.iter().copied().filter(is_named).map(Self::Check)).collect()
    }

    fn check(&self) -> Option<&Check> {
        match self {
            Self::Check(check) => Some(check),
            _ => None,
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Check(check) => of_check(check),
            Self::Clause(name, text) => of_clause(name, text),
            Self::Suite(name) => of_suite(name),
            Self::Capability(capability) => of_capability(capability),
            Self::Verdict(verdict) => of_verdict(*verdict),
            Self::Level(level) => of_level(*level),
            Self::StandIn => of_stand_in(),
        }
    }
}

/// What is said in the place of an attribute that a framework lacks.
const STAND_IN: &str = "stand in";

/// Everything that can be asked for.
fn names() -> Vec<String> {
    let checks = catalogue();
    let ids = checks.iter().map(|check| check.id);
    let suites = checks.iter().map(Check::suite);
    let clauses = contract::clauses().map(|(name, _)| name);
    let capabilities = CAPABILITIES.iter().map(|capability| capability.name);
    let verdicts = Verdict::ALL.iter().map(|verdict| verdict.as_str());
    let levels = Level::ALL.into_iter().map(Level::as_str);
    let named = ids.chain(suites).chain(clauses).chain(capabilities).chain(verdicts).chain(levels);
    named.chain([STAND_IN]).map(str::to_owned).collect()
}

fn slug(check: &Check) -> &'static str {
    check.id.split_once('/').map_or(check.id, |(_, slug)| slug)
}

fn of_check(check: &Check) -> String {
    let mut paragraphs = vec![
        format!("{} ({})", check.id, check.level),
        filled(check.promise),
        format!(
            "Contract, {}:\n{}",
            check.clause,
            filled(contract::clause(check.clause).unwrap_or_default())
        ),
    ];
    paragraphs.extend(why(check.clause).map(|why| filled(&format!("Where it is broken: {why}"))));
    let mut facts = vec![filled(&format!("Source: {}", check.source))];
    facts.push(filled(&format!("Lost where it is broken: {}", check.harm)));
    if !check.applies.is_empty() {
        let requirements: Vec<String> = check.applies.iter().map(ToString::to_string).collect();
        facts.push(filled(&format!("Applies where the backend {}", requirements.join(", and "))));
    }
    if !check.relies.is_empty() {
        let relied_on: Vec<String> = check.relies.iter().map(ToString::to_string).collect();
        facts.push(filled(&format!("Relies on: {}", relied_on.join(", "))));
    }
    if check.is_umbrella() {
        facts.push(filled(
            "An umbrella: it compares everything on generated scripts, so it may fail beside a check that names the \
             defect.",
        ));
    } else if check.has_cases() {
        facts.push(filled("Its scripts are generated: --cases says how many, and --case replays one alone."));
    }
    paragraphs.push(facts.join("\n"));
    paragraphs.push(match check.of_a_run() {
        Some(looks) => format!(
            "{}\n  sessionspec run --level {} URL",
            filled(&format!("It {looks}. Run it with all others:")),
            check.level
        ),
        None => format!("Run it alone:\n  sessionspec run --check {} URL", check.id),
    });
    paragraphs.join("\n\n")
}

fn of_clause(name: &str, text: &str) -> String {
    let mut paragraphs = vec![format!("{name} (a clause of CONTRACT.md)"), filled(text)];
    paragraphs.extend(why(name).map(|why| filled(&format!("Where it is broken: {why}"))));
    let checks = catalogue();
    let tested: Vec<&Check> = checks.iter().filter(|check| check.clause == name).collect();
    paragraphs.push(match tested.as_slice() {
        [] => "No check tests it.".to_owned(),
        checks => format!("Checks:\n{}", listed(checks)),
    });
    paragraphs.join("\n\n")
}

fn of_suite(name: &str) -> String {
    let checks = catalogue();
    let checks: Vec<&Check> = checks.iter().filter(|check| check.suite() == name).collect();
    format!(
        "{name} (a suite of {} checks)\n\n{}\n\nRun it alone:\n  sessionspec run --suite {name} URL",
        checks.len(),
        listed(&checks)
    )
}

fn of_capability(capability: &Capability) -> String {
    let mut paragraphs = vec![
        format!("{} (a capability: observed and reported, and no failure by itself)", capability.name),
        filled(capability.meaning),
    ];
    if !capability.values.is_empty() {
        paragraphs.push(columns(capability.values));
    }
    if let Some(claim) = capability.claim {
        paragraphs.push(filled(&format!(
            "A backend may declare it, in `declares` of its description: \"{claim}\". Where what is declared is not \
             what is observed, minimum/claims-hold or expiry/as-declared fails; the claim may be what is wrong."
        )));
    }
    paragraphs.join("\n\n")
}

fn of_verdict(verdict: Verdict) -> String {
    let mut paragraphs =
        vec![format!("{} (a verdict on a check)", verdict.as_str()), filled(verdicts::meaning(verdict))];
    let remedies = verdicts::remedies(verdict);
    if !remedies.is_empty() {
        paragraphs.push(columns(remedies));
    }
    paragraphs.join("\n\n")
}

fn of_level(level: Level) -> String {
    let checks = catalogue();
    let counted = |is_meant: &dyn Fn(&Check) -> bool| {
        checks.iter().filter(|check| is_meant(check) && !check.is_on_demand()).count()
    };
    let meaning = match level {
        Level::Minimum => "What Flask 0.8 set down. It is asked for where no level is named.",
        Level::Recommended => {
            "What applications rely on, although that contract leaves it open: ask for it where you run one."
        }
        Level::Hardened => {
            "What holds against an attacker, and under load: ask for it where you write a library."
        }
    };
    let of_its_own = counted(&|check| check.level == level);
    let with_those_below = counted(&|check| check.level <= level);
    [
        format!("{level} (a level)"),
        filled(meaning),
        filled(&format!(
            "It has {of_its_own} checks of its own, and {with_those_below} with those of the levels below it, beside the suites \
             that are run only where they are named. A suite has checks of several levels."
        )),
        format!("Ask for it:\n  sessionspec run --level {level} URL\nIts checks:\n  sessionspec list --level {level}"),
    ]
    .join("\n\n")
}

fn of_stand_in() -> String {
    let text = "A framework may have no `permanent`, `modified` or `new`. Its probe then answers what PROTOCOL.md says, and \
                lists the attribute in `derived` of its description. What a stand-in says is not judged, and a verdict \
                names it. Nothing has to be done.";
    [format!("{} (a word in reports)", STAND_IN.replace(' ', "-")), filled(text)].join("\n\n")
}

/// Words with what is to be said of each, a line for each.
fn columns(said: &[(&str, &str)]) -> String {
    let width = said.iter().map(|(word, _)| word.len()).max().unwrap_or_default();
    let line = |(word, meaning): &(&str, &str)| {
        wrapped(&format!("  {word:<width$}  {meaning}"), width + 4, terminal_width())
    };
    said.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Checks, a line for each.
fn listed(checks: &[&Check]) -> String {
    let width = checks.iter().map(|check| check.id.len()).max().unwrap_or_default();
    let line = |check: &&Check| {
        wrapped(&format!("  {:<width$}  {}", check.id, check.promise), width + 4, terminal_width())
    };
    checks.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Paragraphs, broken anew for a terminal.
fn filled(text: &str) -> String {
    let paragraphs =
        text.split("\n\n").map(|paragraph| wrapped(&paragraph.replace('\n', " "), 0, terminal_width()));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
