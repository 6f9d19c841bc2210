//! `sessionspec replay`: plays a script that once failed, anywhere, and says whether it still does.

use std::path::PathBuf;
use std::rc::Rc;

use clap::ValueEnum;
use sessionspec::Verdict;
use sessionspec::backend::Backend;
use sessionspec::engine::checks::catalogue;
use sessionspec::engine::expect::Finding;
use sessionspec::engine::replay::{CaseFile, ReplayOutcome, Replayed, as_curl, replay_surveyed};
use sessionspec::engine::report::{CheckReport, Failure, failure_text, script_text};

use super::service::{Service, start_peer};
use super::{CliError, Interruption, say};
use crate::builtin;
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The case file, as in fixtures/cases/pop-keeps.json.
    file: PathBuf,
    #[command(flatten)]
    service: Service,
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
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// A shell script that shows the failure with curl, and with python3 where requests overlap.
    Curl,
}

pub(super) async fn replay(arguments: Arguments, interruption: &Interruption) -> Result<Exit, CliError> {
    let file = arguments.file.display();
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|error| CliError::usage(format!("cannot read {file}: {error}")))?;
    let case = CaseFile::from_json(&text).map_err(|error| CliError::usage(format!("{file}: {error}")))?;
    if let Some(Form::Curl) = arguments.form {
        let url = arguments.service.url().unwrap_or("http://127.0.0.1:5000/probe");
        say(as_curl(&case, url).map_err(CliError::usage)?.trim_end());
        return Ok(Exit::Conforms);
    }
    let service = match &arguments.peer {
        Some(manifest) => Some(start_peer(manifest, &arguments.service, interruption).await?.1),
        None => arguments.service.reach(interruption).await?,
    };
    let Some(service) = service else {
        let backend = arguments.builtin(&case)?;
        return arguments.play(backend, &case, interruption).await;
    };
    let exit = match arguments.service.backend_of(&service).await {
        Ok(backend) => arguments.play(backend, &case, interruption).await,
        Err(complaint) => Err(complaint),
    };
    service.leave().await;
    exit
}

impl Arguments {
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
        let played = async {
            replay_surveyed(backend, case, self.service.patience()).await.map_err(CliError::not_verified)
        };
        let replayed = interruption.or(played).await?;
        say(format_args!("{}: {}", case.check, case.reason));
        let exit = match &replayed.outcome {
            ReplayOutcome::Passes => {
                say("passes: it does not fail here");
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
        say(format_args!("\n{}", told(case, &replayed).trim_end()));
        Ok(exit)
    }
}

/// What happened, as the report of a run tells it.
fn told(case: &CaseFile, replayed: &Replayed) -> String {
    let check = catalogue().into_iter().find(|check| check.id == case.check);
    let (Some(failure), Some(check)) = (&replayed.failure, check) else {
        return script_text(&replayed.scenario.script, &replayed.shown);
    };
    failure_text(&CheckReport::of(&check, Verdict::Fail), failure)
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
