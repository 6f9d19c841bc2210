//! x
use super::{Complaint, Interruption};
use crate::exit::Exit;
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The probe.
    url: String,
}
pub(super) async fn doctor(_arguments: Arguments, _interruption: &Interruption) -> Result<Exit, Complaint> {
    Ok(Exit::Conforms)
}
