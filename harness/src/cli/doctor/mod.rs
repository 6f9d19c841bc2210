//! `sessionspec doctor`: looks at a probe that somebody is writing, and says what works, what is missing, what is
//! wrong.

mod answers;
mod chart;
mod cookies;
mod description;
mod holding;
mod operations;
mod patient;
mod requests;
mod shape;

use super::service::{Reached, Service};
use super::{Complaint, Interruption, say};
use crate::exit::Exit;

use chart::Chart;
use patient::Patient;

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
}

pub(super) async fn doctor(arguments: Arguments, interruption: &Interruption) -> Result<Exit, Complaint> {
    let Some(reached) = arguments.service.reach(interruption).await? else {
        return Err(Complaint::usage("give the URL of a probe, or a command to --launch"));
    };
    let target = arguments.service.target();
    let backend = arguments.service.backend(reached.url()).await;
    let examined = match backend {
        Ok(backend) => {
            let patient = Patient::new(backend, arguments.service.patience());
            interruption.or(examine(&patient, &reached, &target)).await
        }
        Err(complaint) => Err(complaint),
    };
    let launched = reached.is_launched();
    let ended = reached.leave().await;
    let mut chart = examined?;
    if launched {
        chart.section("Ending");
        if ended {
            chart.ok("SIGTERM", "it ended");
        } else {
            chart.wrong("SIGTERM", "it went on, and had to be killed; a probe ends when it is asked to");
        }
    }
    chart.conclude(&target);
    Ok(if chart.is_healthy() { Exit::Conforms } else { Exit::Fails })
}

/// Looks at everything, unless the service stops answering: then the rest would say nothing.
async fn examine(patient: &Patient, reached: &Reached, target: &str) -> Result<Chart, Complaint> {
    let description = patient.get().await.map_err(|fault| {
        let advice = reached.last_words();
        let advice = advice.as_deref().unwrap_or("start the service, or let --launch start it");
        Complaint::not_verified(format!("there is nothing to look at: {fault}; {advice}"))
    })?;
    let mut chart = Chart::default();
    say(format_args!("sessionspec doctor {target}"));
    description::examine(&description, &mut chart);
    if !requests::answers_at_all(patient, &mut chart).await {
        return Ok(chart);
    }
    if operations::examine(patient, &mut chart).await && patient.answers() {
        cookies::examine(patient, &mut chart).await;
    }
    if patient.answers() {
        requests::examine(patient, &mut chart).await;
    }
    if patient.answers() {
        holding::examine(patient, &mut chart).await;
    }
    if !patient.answers() {
        chart.wrong("the service", "it does not answer any more, so that the rest was not looked at");
    }
    Ok(chart)
}
