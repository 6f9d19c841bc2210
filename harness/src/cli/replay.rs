//! `sessionspec replay`: plays a script that once failed, anywhere, and says whether it still does.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::ValueEnum;
use sessionspec::Verdict;
use sessionspec::backend::Backend;
use sessionspec::engine::checks::{Check, catalogue};
use sessionspec::engine::expect::Finding;
use sessionspec::engine::replay::{
    CaseFile, Limits, ReplayOutcome, Replayed, as_curl, as_curl_with_headers, replay_judging,
};
use sessionspec::engine::report::{CheckReport, Failure, WIDTH, failure_text, quoted, script_text, wrapped};

use super::nodes::NodeArguments;
use super::service::{Service, start_peer, without_user};
use super::{CliError, Interruption, say, terminal};
use crate::bounded;
use crate::builtin;
use crate::called_as::called_as;
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The case file, as in fixtures/cases/pop-keeps.json.
    file: PathBuf,
    #[command(flatten)]
    service: Service,
    #[command(flatten)]
    nodes: NodeArguments,
    /// Play it on an embedded backend: `reference`, `flawed/NAME` or `conforming/NAME`. Without a target: on the
    /// embedded backend that the file names, else on the reference.
    #[arg(long, group = "target", value_name = "NAME")]
    backend: Option<String>,
    /// Provision and start a peer, and play it there, as in fixtures/peers/flask-3.1.3-default.
    #[arg(long, group = "target", value_name = "MANIFEST")]
    peer: Option<PathBuf>,
    /// Play nothing, but write the case in another form to standard output.
    #[arg(long = "as", value_name = "FORM")]
    form: Option<Form>,
    /// Play the case however large it is, and however long it waits.
    #[arg(long)]
    no_limit: bool,
    #[command(flatten)]
    _project: super::project::Choice,
}

/// The largest file that is read, in bytes.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// How long a case waits in real time, in seconds: as long as a check may for the end of a short lifetime.
const MOST_SECONDS: f64 = 60.0;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// A shell script that shows the failure with curl, and with python3 where requests overlap.
    Curl,
}

pub(super) async fn replay(
    arguments: Arguments,
    case: CaseFile,
    interruption: &Interruption,
) -> Result<Exit, CliError> {
    if let Some(Form::Curl) = arguments.form {
        let url = arguments.service.url().unwrap_or("http://127.0.0.1:5000/probe");
        let script = if arguments.service.wants_headers() {
            as_curl_with_headers(&case, &without_user(url))
        } else {
            as_curl(&case, url)
        };
        let script = script.map_err(CliError::usage)?;
        terminal::print_file(&believing(arguments.service.ca(), script));
        return Ok(Exit::Conforms);
    }
    let script = &case.scenario.script;
    let shares = arguments.nodes.are_several() || script.goes_apart();
    let service = match &arguments.peer {
        Some(manifest) => Some(start_peer(manifest, &arguments.service, shares, interruption).await?.1),
        None => arguments.service.reach(interruption).await?,
    };
    let Some(service) = service else {
        arguments.nodes.are_of_a_service()?;
        let backend = arguments.builtin(&case)?;
        return arguments.play(backend, &case, interruption).await;
    };
    let exit = match arguments.nodes.backend_of(&arguments.service, &service).await {
        Ok(backend) => arguments.play(backend, &case, interruption).await,
        Err(complaint) => Err(complaint),
    };
    service.leave().await;
    exit
}

impl Arguments {
    /// The case. To be asked for before signals are listened to: a file that never ends can then be interrupted.
    pub(super) fn read(&self) -> Result<CaseFile, CliError> {
        let file = self.file.display();
        let complaint = |error: String| CliError::usage(format!("{file}: {error}"));
        let most = if self.no_limit { u64::MAX } else { MOST_BYTES };
        let text = read_at_most(&self.file, most)
            .map_err(|error| CliError::usage(format!("cannot read {file}: {error}")))?;
        if !self.no_limit && bounded::has_more_values(text.as_bytes(), bounded::VALUES_OF_CASE) {
            let most = bounded::VALUES_OF_CASE;
            return Err(complaint(format!(
                "it has more than {most} values; --no-limit plays it all the same"
            )));
        }
        let case = CaseFile::from_json(&text).map_err(|error| complaint(error.to_string()))?;
        case.check_times().map_err(|error| complaint(error.to_string()))?;
        if !self.no_limit {
            let within = case.check_limits(&Limits::default());
            within.map_err(|error| complaint(format!("{error}; --no-limit plays it all the same")))?;
        }
        Ok(case)
    }

    /// Refuses what would wait for long, where the time is everybody's.
    async fn check_waits(&self, backend: &Rc<dyn Backend>, case: &CaseFile) -> Result<(), CliError> {
        let seconds = case.scenario.script.seconds();
        if self.no_limit || seconds <= MOST_SECONDS || backend.on_virtual_time().await.is_some() {
            return Ok(());
        }
        Err(CliError::usage(format!(
            "{}: this case waits for {seconds} s, and this service has no time that can be moved; --no-limit waits for \
             more than {MOST_SECONDS} s",
            self.file.display()
        )))
    }

    /// Whether it is said, here or in the case, on which backend the case is played.
    fn names_a_backend(&self, case: &CaseFile) -> bool {
        let of_case = case.backend.as_deref().is_some_and(|name| builtin::find(name).is_ok());
        let is_of_a_service = self.service.url().is_some() || self.service.is_to_be_launched();
        is_of_a_service || self.peer.is_some() || self.backend.is_some() || of_case
    }

    fn builtin(&self, case: &CaseFile) -> Result<Rc<dyn Backend>, CliError> {
        let named = self.backend.as_deref();
        if let Some(name) = named {
            return Ok(builtin::find(name).map_err(CliError::usage)?.open());
        }
        let of_case = case.backend.as_deref().and_then(|name| builtin::find(name).ok());
        let backend = match of_case {
            Some(builtin) => builtin,
            None => builtin::find("reference").map_err(CliError::usage)?,
        };
        Ok(backend.open())
    }

    async fn play(
        &self,
        backend: Rc<dyn Backend>,
        case: &CaseFile,
        interruption: &Interruption,
    ) -> Result<Exit, CliError> {
        self.check_waits(&backend, case).await?;
        let played = async {
            let played =
                replay_judging(backend, case, self.service.patience(), self.service.session_cookies());
            played.await.map_err(CliError::not_verified)
        };
        let replayed = interruption.or(played).await?;
        say(format_args!("{}: {}", case.check, case.reason));
        let exit = match &replayed.outcome {
            ReplayOutcome::Passes => {
                say(match self.names_a_backend(case) {
                    true => "passes: it does not fail here",
                    false => {
                        "passes: it does not fail on the embedded reference; to play it on your service, name that by its URL or \
                         by --launch"
                    }
                });
                Exit::Conforms
            }
            ReplayOutcome::StillFails(finding) => {
                say(format_args!("still fails: {}", in_words(finding, replayed.failure.as_ref())));
                Exit::Fails
            }
            ReplayOutcome::DiffersOtherwise(finding) => {
                let told = in_words(finding, replayed.failure.as_ref());
                say(format_args!("fails for another reason, {}: {told}", finding.reason));
                Exit::Fails
            }
            ReplayOutcome::NothingCompared(because) => {
                say(format_args!("nothing could be compared: {because}"));
                Exit::NotVerified
            }
        };
        let check = catalogue().iter().find(|check| check.id == case.check);
        if let Some(looks) = check.and_then(Check::of_a_run) {
            say(wrapped(&format!("{} {looks}: {} run without --check", case.check, called_as()), 2, WIDTH));
        }
        say(format_args!("\n{}", told(case, &replayed).trim_end()));
        Ok(exit)
    }
}

/// The script, whose curl believes the certificates in this file.
fn believing(ca: Option<&Path>, script: String) -> String {
    let Some(ca) = ca else { return script };
    let named = format!("\nexport CURL_CA_BUNDLE={}\nurl=", quoted(&ca.display().to_string()));
    script.replacen("\nurl=", &named, 1)
}

/// What happened, as the report of a run tells it.
fn told(case: &CaseFile, replayed: &Replayed) -> String {
    let check = catalogue().iter().find(|check| check.id == case.check);
    let (Some(failure), Some(check)) = (&replayed.failure, check) else {
        return script_text(&replayed.scenario.script, &replayed.shown);
    };
    failure_text(&CheckReport::of(check, Verdict::Fail), failure)
}

fn in_words(finding: &Finding, failure: Option<&Failure>) -> String {
    let place = match finding.op {
        Some(op) => format!("cycle {}, operation {}", finding.cycle + 1, op + 1),
        None => format!("cycle {}", finding.cycle + 1),
    };
    match failure {
        Some(failure) => format!("in {place}, expected {}, seen {}", failure.expected, failure.seen),
        None => format!("in {place}, expected {}, seen {}", finding.expected, finding.seen),
    }
}

/// The text of a file, unless it is larger than this.
fn read_at_most(file: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(file)?.take(most.saturating_add(1)).read_to_string(&mut text)?;
    if read as u64 > most {
        let message = format!("it is larger than {most} bytes; --no-limit reads it all the same");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}
