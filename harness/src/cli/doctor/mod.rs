//! `sessionspec doctor`: looks at a probe that somebody is writing, and says what works, what is missing, what is
//! wrong.

mod answers;
mod cookies;
mod description;
mod expected_result;
mod findings;
mod guard;
mod holding;
mod lifetimes;
mod operations;
mod pauses;
mod probe_client;
mod refusals;
mod requests;
mod spellings;
mod traces;
mod values;
mod without_body;

use sessionspec::engine::report::quoted;

use super::service::Service;
use super::target::Target;
use super::{CliError, Interruption, say};
use crate::exit::Exit;
use crate::project::Project;

use findings::Findings;
use probe_client::ProbeClient;

/// The exit codes in words, for `--help`.
pub(super) const HELP: &str = "Exit codes:
  0  nothing is wrong; what is missing may be right
  1  something is wrong
  2  wrong usage
  3  there is nothing to look at";

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("probe").args(["url", "launch"]).required(true))]
pub(super) struct Arguments {
    #[command(flatten)]
    service: Service,
    #[command(flatten)]
    _project: super::project::Choice,
    /// What is to be typed next, where a project says everything else.
    #[arg(skip)]
    next: Option<Next>,
}

/// The arguments of the commands that may be typed next.
#[derive(Debug, Clone)]
struct Next {
    of_run: String,
    of_doctor: String,
}

impl Arguments {
    /// Says that the project, with this profile, tells how the service is reached.
    pub(super) fn is_told_by(&mut self, project: &Project, profile: Option<&str>) {
        let profile = profile.map(|name| format!(" --profile {}", quoted(name))).unwrap_or_default();
        let level = if project.level.is_some() { "" } else { " --level hardened" };
        self.next = Some(Next { of_run: format!("{level}{profile}"), of_doctor: profile });
    }

    fn next(&self) -> Next {
        self.next.clone().unwrap_or_else(|| {
            let target = self.service.target();
            Next { of_run: format!(" --level hardened {target}"), of_doctor: format!(" {target}") }
        })
    }
}

pub(super) async fn doctor(arguments: Arguments, interruption: &Interruption) -> Result<Exit, CliError> {
    let Some(reached) = arguments.service.reach(interruption).await? else {
        return Err(CliError::usage("give the URL of a probe, or a command to --launch"));
    };
    let target = arguments.service.target();
    let backend = arguments.service.backend(reached.url()).await;
    let examined = match backend {
        Ok(backend) => {
            let probe_client =
                ProbeClient::new(backend.always_on_fresh_connections(), arguments.service.patience());
            interruption.or(examine(&probe_client, &reached, &target)).await
        }
        Err(complaint) => Err(complaint),
    };
    let launched = reached.is_launched();
    let ended = reached.leave().await;
    let mut findings = examined?;
    if launched {
        findings.section("Ending");
        if ended {
            findings.ok("SIGTERM", "it ended");
        } else {
            findings.wrong("SIGTERM", "it went on, and had to be killed; a probe ends when it is asked to");
        }
        guard::examine(&arguments.service, interruption, &mut findings).await;
    }
    findings.conclude(&arguments.next());
    Ok(if findings.is_healthy() { Exit::Conforms } else { Exit::Fails })
}

/// Looks at everything, unless the service stops answering: then the rest would say nothing.
async fn examine(probe_client: &ProbeClient, reached: &Target, target: &str) -> Result<Findings, CliError> {
    let response = probe_client.get().await.map_err(|fault| {
        let advice = reached.last_words();
        let advice = advice.as_deref().unwrap_or("start the service, or let --launch start it");
        CliError::not_verified(format!("there is nothing to look at: {fault}; {advice}"))
    })?;
    let mut findings = Findings::default();
    say(format_args!("sessionspec doctor {target}"));
    description::examine(&response, &mut findings);
    let description = description::described(&response);
    if let Some(note) = description.as_ref().and_then(|description| reached.undeclared_lifetime(description))
    {
        findings.remark("{lifetime}", note);
    }
    let description = description.unwrap_or_default();
    if !requests::answers_at_all(probe_client, &mut findings).await {
        if let Some(last_words) = reached.last_words() {
            findings.remark("the service", &last_words);
        }
        return Ok(findings);
    }
    if operations::examine(probe_client, &mut findings).await && probe_client.answers() {
        spellings::examine(probe_client, &description.spellings, &mut findings).await;
        cookies::examine(probe_client, &mut findings).await;
        values::examine(probe_client, &mut findings).await;
    }
    if probe_client.answers() {
        lifetimes::examine(probe_client, description.lifetime_seconds, &mut findings).await;
        requests::examine(probe_client, &description.without_body, &mut findings).await;
    }
    if probe_client.answers() {
        pauses::examine(probe_client, &mut findings).await;
    }
    if probe_client.answers() {
        holding::examine(probe_client, &mut findings).await;
    }
    if !probe_client.answers() {
        findings.wrong("the service", "it does not answer any more, so that the rest was not looked at");
    }
    Ok(findings)
}
