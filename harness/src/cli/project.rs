//! Lets `sessionspec.toml` speak where the command line does not: what it says is added to the arguments, as somebody would
//! have typed it.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::Path;

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use sessionspec::engine::report::{quoted, visible};

use super::{Cli, CliError, Command, tell, terminal};
use crate::near::nearest;
use crate::project::{FILE, KnownFailures, Project};

/// Which part of a `sessionspec.toml` counts, if any. It is read before these are, from the words that were typed.
#[derive(Debug, clap::Args)]
pub(super) struct Choice {
    /// Let this profile of the sessionspec.toml, its [profiles.NAME], come before what the file says elsewhere.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Take no notice of a sessionspec.toml in this folder, or above.
    #[arg(long = "no-project", conflicts_with = "profile")]
    _no_project: bool,
}

impl Choice {
    pub(super) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }
}

/// The arguments of this process, completed by what its project says.
pub(super) fn parse() -> Result<Cli, CliError> {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let matches = Cli::command().try_get_matches_from(&typed);
    let Some(command) = typed.iter().skip(1).find_map(|word| command_of(word)) else {
        return finish(matches);
    };
    // Only a target can be missing: whatever else is wrong is said as it is. What `replay` lacks is its case.
    let lacks_a_target = command != "replay"
        && matches
            .as_ref()
            .is_err_and(|error| error.kind() == clap::error::ErrorKind::MissingRequiredArgument);
    if matches.is_err() && !lacks_a_target {
        return finish(matches);
    }
    // What was typed beside the target that is missing.
    let partial = Cli::command().ignore_errors(true).try_get_matches_from(&typed).ok();
    let given = Given(partial.as_ref().and_then(|matches| matches.subcommand_matches(command)));
    // A case that is only written in another form is played nowhere.
    if given.any(&["_no_project", "form"]) {
        return finish(matches);
    }
    let here = std::env::current_dir().unwrap_or_default();
    let profile = given.0.and_then(|given| given.get_one::<String>("profile")).map(String::as_str);
    let Some(project) = Project::of(&here, profile).map_err(CliError::usage)? else {
        return match profile {
            Some(name) => Err(CliError::usage(format!(
                "--profile {} names a profile of a {FILE}, and there is none here or above; \
                 `sessionspec init` writes one",
                quoted(name)
            ))),
            None => finish(matches),
        };
    };
    if command != "doctor" && !given.any(&["url", "launch", "peer", "backend"]) {
        project.names_a_service()?;
    }
    let (added, notes) = project.arguments(command, &given, &here);
    if added.is_empty() {
        notes.iter().for_each(|note| tell(format_args!("sessionspec: {note}")));
        return finish(matches);
    }
    let place = typed.iter().skip(1).position(|word| word == command).map_or(1, |index| index + 2);
    let mut completed = typed;
    // The first of the positional arguments of `replay` is its case.
    let is_last = |(name, _): &&(&str, String)| command == "replay" && *name == "url";
    let (last, others): (Vec<_>, Vec<_>) = added.iter().partition(is_last);
    completed.splice(place..place, others.into_iter().map(|(_, argument)| argument.into()));
    completed.extend(last.into_iter().map(|(_, argument)| argument.into()));
    let mut names: Vec<&str> = added.iter().map(|(name, _)| *name).collect();
    names.dedup();
    let file = project.folder.join(FILE);
    tell(format_args!("sessionspec: {} says {}", file.display(), names.join(", ")));
    notes.iter().for_each(|note| tell(format_args!("sessionspec: {note}")));
    let mut parsed = finish(Cli::command().try_get_matches_from(completed))?;
    if let (Command::Doctor(arguments), true) = (&mut parsed.command, given.nothing_but_a_profile(command)) {
        arguments.is_told_by(&project, profile);
    }
    Ok(parsed)
}

/// The command, where it is one of those that a project speaks about.
fn command_of(word: &OsStr) -> Option<&'static str> {
    ["run", "doctor", "replay"].into_iter().find(|command| word == OsStr::new(command))
}

fn finish(matches: Result<ArgMatches, clap::Error>) -> Result<Cli, CliError> {
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| refused(&with_near_command(error)))
}

/// The same complaint about a command that does not exist, with the one that may have been meant: clap takes two letters in
/// each other's place for two mistakes.
fn with_near_command(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(mistyped)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let commands = Cli::command();
    let near = nearest(mistyped, commands.get_subcommands().map(clap::Command::get_name)).map(str::to_owned);
    if error.get(ContextKind::SuggestedSubcommand).is_none()
        && let Some(near) = near
    {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![near]));
    }
    error
}

/// Says what is wrong with the arguments, or the help that was asked for, and ends. It returns only where that cannot be
/// written.
fn refused(error: &clap::Error) -> CliError {
    let words = error.render().to_string();
    // An argument may hold what acts on a terminal, also one that a project says.
    let is_harmless = words.split('\n').all(|line| matches!(visible(line), Cow::Borrowed(_)));
    let printed = if is_harmless {
        error.print()
    } else {
        tell(words.trim_end());
        Ok(())
    };
    match printed {
        Err(lost) if lost.kind() != ErrorKind::BrokenPipe => terminal::unprinted(lost),
        _ => std::process::exit(error.exit_code()),
    }
}

/// What was typed.
struct Given<'a>(Option<&'a ArgMatches>);

impl Given<'_> {
    fn any(&self, names: &[&str]) -> bool {
        self.first(names).is_some()
    }

    /// The first of these that was typed.
    fn first<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        let typed = |matches: &ArgMatches, name: &str| {
            matches.try_contains_id(name).is_ok()
                && matches.value_source(name) == Some(ValueSource::CommandLine)
        };
        let matches = self.0?;
        names.iter().copied().find(|name| typed(matches, name))
    }

    /// Whether the project says everything else to this command.
    fn nothing_but_a_profile(&self, command: &str) -> bool {
        let commands = Cli::command();
        let arguments = commands.find_subcommand(command).into_iter().flat_map(clap::Command::get_arguments);
        let mut others =
            arguments.map(|argument| argument.get_id().as_str()).filter(|name| *name != "profile");
        !others.any(|name| self.any(&[name]))
    }
}

/// What a project adds to the arguments: the name of each entry, with the argument that it comes to.
type Added = Vec<(&'static str, String)>;

/// The form and the file of a report that goes to a file.
fn file_of(report: &str) -> Option<(&str, &str)> {
    report.split_once('=').filter(|(_, file)| *file != "-")
}

impl Project {
    /// Refuses to run without a service: the reference would be judged in its place, and conform.
    fn names_a_service(&self) -> Result<(), CliError> {
        if self.launch.is_some() || self.url.is_some() {
            return Ok(());
        }
        let profiles: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
        let of_profile = match profiles.is_empty() {
            true => String::new(),
            false => format!(", or name one of its profiles with --profile: {}", profiles.join(", ")),
        };
        Err(CliError::usage(format!(
            "{} does not say which service is tested: write its `launch` or its `url` there{of_profile}; \
             --backend reference runs on the one that is built in",
            self.folder.join(FILE).display()
        )))
    }

    /// What it adds to these arguments: the name of each entry, with the argument that it comes to. What is to be told of that
    /// stands beside it.
    fn arguments(&self, command: &str, given: &Given<'_>, here: &Path) -> (Added, Vec<String>) {
        let (mut added, mut notes) = (Added::new(), Vec::new());
        if given.any(&["peer", "backend"]) {
            return (added, notes);
        }
        let mut add = |entry: &'static str, unless: &[&str], arguments: Vec<String>| {
            if !given.any(unless) {
                added.extend(arguments.into_iter().map(|argument| (entry, argument)));
            }
        };
        let one = |option: &str, value: Option<String>| -> Vec<String> {
            value.map(|value| format!("--{option}={value}")).into_iter().collect()
        };
        let there = |path: &str| {
            if self.folder == here { path.to_owned() } else { self.folder.join(path).display().to_string() }
        };
        // What leads to the project's own service is for no other one, and headers may be secrets.
        const OTHER: &[&str] = &["url", "launch"];
        add(
            "launch",
            OTHER,
            one("launch", self.launch.as_deref().map(|command| self.command(command, here))),
        );
        add("url", OTHER, self.url.iter().cloned().collect());
        // These commands are for the store that the file means.
        let [breaking, mend, flush] = [&self.breaking, &self.mend, &self.flush]
            .map(|command| command.as_deref().map(|command| self.command(command, here)));
        add("store", &["url", "launch", "store"], one("store", self.store.clone()));
        add("toxiproxy", &["url", "launch", "toxiproxy"], one("toxiproxy", self.toxiproxy.clone()));
        add("break", &["url", "launch", "store", "break", "mend"], one("break", breaking));
        add("mend", &["url", "launch", "store", "break", "mend"], one("mend", mend));
        add("flush", &["url", "launch", "store", "flush"], one("flush", flush));
        add("path", &["url", "launch", "path"], one("path", self.path.clone()));
        add(
            "lifetime",
            &["url", "launch", "lifetime"],
            one("lifetime", self.lifetime.map(|it| it.to_string())),
        );
        let patience = self.start_timeout.map(|it| it.to_string());
        add("start-timeout", &["url", "launch", "start_timeout"], one("start-timeout", patience));
        let headers = self.headers.iter().flatten().map(|header| match header.strip_prefix('@') {
            Some(file) => format!("--header=@{}", there(file)),
            None => format!("--header={header}"),
        });
        add("headers", &["url", "launch", "header"], headers.collect());
        add("timeout", &["timeout"], one("timeout", self.timeout.map(|it| it.to_string())));
        let ca = self.ca.as_ref().map(|file| there(&file.to_string_lossy()));
        add("ca", &["url", "launch", "ca"], one("ca", ca));
        add("origin", &["origin"], one("origin", self.origin.clone()));
        if command == "doctor" {
            return (added, notes);
        }
        let nodes = self.node.iter().flatten().map(|url| format!("--node={url}"));
        add("node", &["url", "launch", "node", "nodes"], nodes.collect());
        add("nodes", &["url", "launch", "node", "nodes"], one("nodes", self.nodes.map(|it| it.to_string())));
        add("beside", &["beside"], one("beside", self.beside.clone()));
        if command != "run" {
            return (added, notes);
        }
        let patience = self.patience.map(|it| it.to_string());
        add("patience", &["url", "launch", "patience"], one("patience", patience));
        // Who names a check or a clause wants it, and is judged by its level.
        add("level", &["level", "check", "clause"], one("level", self.level.clone()));
        add("cases", &["cases", "case", "quick"], one("cases", self.cases.map(|it| it.to_string())));
        let suites = self.suites.iter().flatten().map(|suite| format!("--suite={suite}"));
        add("suites", &["suite", "check", "clause"], suites.collect());
        let excluded =
            self.excluded.iter().flatten().map(|it| format!("--exclude={}={}", it.check, it.reason));
        add("excluded", &["exclude", "check", "clause"], excluded.collect());
        let listed = self.known_failures.as_ref().and_then(|known| match known {
            KnownFailures::Here(entries) => (!entries.is_empty()).then(|| there(FILE)),
            KnownFailures::File(file) => Some(there(&file.to_string_lossy())),
        });
        add("known-failures", &["known_failures"], one("known-failures", listed));
        if let Some(name) = self.replaces_known_failures.as_ref()
            && !given.any(&["known_failures", "list"])
        {
            notes.push(format!(
                "the known failures of the profile `{name}` stand in the place of those above it"
            ));
        }
        // A report of everything must not be lost to one of a part.
        let narrowing = given.first(&["check", "suite", "clause", "exclude", "case", "fail_fast"]);
        let is_kept = |report: &&String| narrowing.is_none() || file_of(report).is_none();
        let reports = self.reports.iter().flatten().filter(is_kept).map(|report| match file_of(report) {
            Some((form, file)) => format!("--report={form}={}", there(file)),
            None => format!("--report={report}"),
        });
        const OTHER_REPORTS: &[&str] = &["report", "format", "output"];
        add("reports", OTHER_REPORTS, reports.collect());
        if let Some(option) = narrowing.filter(|_| !given.any(OTHER_REPORTS) && !given.any(&["list"]))
            && self.reports.iter().flatten().any(|report| file_of(report).is_some())
        {
            notes.push(format!(
                "the reports that {FILE} names are left as they are, since --{} narrows this run; \
                 --report FORM=FILE writes one of it",
                option.replace('_', "-")
            ));
        }
        let baseline = self.baseline.as_ref().map(|file| there(&file.to_string_lossy()));
        // A run that ends early is not compared with one that did not.
        let is_compared = given.any(&["baseline"]) || (baseline.is_some() && !given.any(&["fail_fast"]));
        add("baseline", &["baseline", "fail_fast"], one("baseline", baseline));
        let strict = (is_compared && self.strict == Some(true)).then(|| "--strict".to_owned());
        add("strict", &["strict"], strict.into_iter().collect());
        (added, notes)
    }

    /// The command as it runs from here, since it is written for the folder of the file.
    fn command(&self, command: &str, here: &Path) -> String {
        if self.folder == here {
            return command.to_owned();
        }
        format!("cd {} && {command}", quoted(&self.folder.display().to_string()))
    }
}
