//! `sessionspec serve`: an embedded backend as a probe.

use std::net::SocketAddr;

use super::{CliError, Interruption};
use crate::builtin;
use crate::exit::Exit;
use crate::probe::ProbeServer;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The embedded backend: `reference`, `flawed/NAME` or `conforming/NAME`.
    #[arg(long, default_value = "reference", value_name = "NAME")]
    backend: String,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    addr: SocketAddr,
}

pub(super) async fn serve(arguments: Arguments, interruption: &Interruption) -> Result<Exit, CliError> {
    let backend = builtin::find(&arguments.backend).map_err(CliError::usage)?.open();
    let cannot =
        |error: std::io::Error| CliError::usage(format!("cannot serve at {}: {error}", arguments.addr));
    let server = ProbeServer::bind(arguments.addr, backend).await.map_err(cannot)?;
    println!("{}", server.url().map_err(cannot)?);
    tokio::select! {
        served = server.serve() => served.map_err(cannot)?,
        () = interruption.arrival() => {}
    }
    Ok(Exit::Conforms)
}
