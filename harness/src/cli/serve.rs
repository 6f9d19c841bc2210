//! `sessionspec serve`: an embedded backend as a probe.

use std::net::SocketAddr;
use std::path::PathBuf;

use sessionspec::engine::browser::Origin;

use super::{CliError, Interruption, say, tell};
use crate::builtin;
use crate::exit::Exit;
use crate::probe::ProbeServer;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The embedded backend: `reference`, `flawed/NAME` or `conforming/NAME`.
    #[arg(long, default_value = "reference", value_name = "NAME")]
    backend: String,
    /// Keep the sessions in this folder, which other processes may serve as well, or in the store at this address, as in
    /// 127.0.0.1:7000, which speaks the protocol of fixtures/backends/src/fleet/remote.rs. It is for backends that are made
    /// of several nodes, or whose store can be broken.
    #[arg(long, value_name = "FOLDER|HOST:PORT")]
    store: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    addr: SocketAddr,
    /// Answer to this origin's host, too, as in https://app.test: for a run with the same --origin. Other hosts than
    /// those of this machine are refused.
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
}

/// What has to be set wherever a probe starts.
const PERMISSION: &str = "SESSIONSPEC_PROBE";

pub(super) async fn serve(arguments: Arguments, interruption: &Interruption) -> Result<Exit, CliError> {
    if std::env::var_os(PERMISSION).is_none_or(|permission| permission != "1") {
        let message =
            format!("a probe lets anybody change sessions, so that it starts only with {PERMISSION}=1");
        return Err(CliError::usage(message));
    }
    let embedded = builtin::find(&arguments.backend).map_err(CliError::usage)?;
    if embedded.has_workers() {
        let name = &arguments.backend;
        let message = format!(
            "`{name}` is asked over connections of this process alone: `sessionspec run --backend {name}`"
        );
        return Err(CliError::usage(message));
    }
    if embedded.is_two_services() {
        let name = &arguments.backend;
        let message = format!(
            "`{name}` is two services, of which each has its own address: `sessionspec run --backend {name}`"
        );
        return Err(CliError::usage(message));
    }
    let backend = match &arguments.store {
        Some(store) => {
            let address = store.to_str().and_then(|store| store.parse().ok());
            let opened = match address {
                Some(address) => embedded.open_at(address),
                None => embedded.open_in(store),
            };
            opened.ok_or_else(|| {
                let name = &arguments.backend;
                CliError::usage(format!("`{name}` keeps its sessions to itself, so that it has no --store"))
            })?
        }
        None => embedded.open(),
    };
    let cannot =
        |error: std::io::Error| CliError::usage(format!("cannot serve at {}: {error}", arguments.addr));
    let mut server = ProbeServer::bind(arguments.addr, backend).await.map_err(cannot)?;
    if let Some(origin) = &arguments.origin {
        server = server.known_as(origin);
    }
    if !arguments.addr.ip().is_loopback() {
        tell(format_args!(
            "sessionspec: {} is not on this machine alone: whoever reaches it can use the probe",
            arguments.addr
        ));
    }
    say(server.url().map_err(cannot)?);
    tokio::select! {
        served = server.serve() => served.map_err(cannot)?,
        () = interruption.arrival() => {}
    }
    Ok(Exit::Conforms)
}
