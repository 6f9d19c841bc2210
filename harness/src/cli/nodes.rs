//! Which further nodes a service has, how they are reached or started, and which other service is beside it.

use std::rc::Rc;

use sessionspec::backend::Backend;
use sessionspec::engine::report::quoted;

use super::service::Service;
use super::target::Target;
use super::{CliError, tell};
use crate::beside::Beside;
use crate::http::{HttpBackend, shown_url};
use crate::nodes::Nodes;

/// More than a test of nodes needs.
const MOST_NODES: i64 = 8;

#[derive(Debug, clap::Args)]
pub(super) struct NodeArguments {
    /// The probe of another node, which serves the same sessions; may be repeated. The suite `nodes` is then run, too.
    #[arg(long, value_name = "URL", requires = "url")]
    node: Vec<String>,
    /// Start so many processes of the command, each with a {port} of its own, as nodes that serve the same sessions. The
    /// command says where these are kept. The suite `nodes` is then run, too; where that is asked for by its name, and
    /// nothing is said here, there are two.
    #[arg(long, value_name = "N", conflicts_with = "node", value_parser = clap::value_parser!(u32).range(2..=MOST_NODES))]
    nodes: Option<u32>,
    /// The probe of another service, which runs already, has sessions of its own, and a cookie of another name: a second
    /// application over the same store, or with the same secret. The suite `beside` is then run, too.
    #[arg(long, value_name = "URL")]
    beside: Option<String>,
}

impl NodeArguments {
    /// Whether there is more than one node.
    pub(super) fn are_several(&self) -> bool {
        !self.node.is_empty() || self.nodes.is_some()
    }

    /// Whether another service is beside this one.
    pub(super) fn are_beside_another(&self) -> bool {
        self.beside.is_some()
    }

    /// Starts two where nothing else is said, and says that.
    pub(super) fn are_two_at_least(&mut self) {
        if !self.are_several() {
            self.nodes = Some(2);
            tell(format_args!(
                "sessionspec: the suite nodes asks for several nodes: two are started, as with --nodes 2"
            ));
        }
    }

    /// Refuses to be asked about no service.
    pub(super) fn are_of_a_service(&self) -> Result<(), CliError> {
        if self.beside.is_some() {
            return Err(CliError::usage(
                "--beside is for a service that is named by its URL, or started with --launch or --peer; an embedded backend \
                 says itself what is beside it",
            ));
        }
        match self.nodes {
            None => Ok(()),
            Some(_) => Err(CliError::usage(
                "--nodes is for a service that is started with --launch or --peer; an embedded backend says itself how many \
                 nodes it has",
            )),
        }
    }

    /// The arguments as they were typed.
    pub(super) fn words(&self) -> String {
        let named = self.node.iter().map(|url| format!("--node {}", quoted(&shown_url(url))));
        let started = self.nodes.map(|nodes| format!("--nodes {nodes}"));
        let beside = self.beside.iter().map(|url| format!("--beside {}", quoted(&shown_url(url))));
        named.chain(started).chain(beside).collect::<Vec<_>>().join(" ")
    }

    /// The service as a backend, with all its nodes.
    pub(super) async fn backend_of(
        &self,
        service: &Service,
        reached: &Target,
    ) -> Result<Rc<dyn Backend>, CliError> {
        let http = service.backend(reached.url()).await?;
        let mut others: Vec<Rc<dyn Backend>> = Vec::new();
        for url in &self.node {
            let other = service.backend(url).await?;
            self.has_path_of(&http, &other)?;
            others.push(Rc::new(other));
        }
        for _ in 1..self.nodes.unwrap_or(1) {
            let port = reached.start_another().await?;
            others.push(Rc::new(http.beside(port).map_err(CliError::usage)?));
        }
        let first = service.backend_of(reached, http);
        let nodes = if others.is_empty() { first } else { Rc::new(Nodes::new(first, others)) };
        let Some(url) = &self.beside else { return Ok(nodes) };
        Ok(Rc::new(Beside::new(nodes, Rc::new(service.backend(url).await?))))
    }

    /// Browsers send cookies by the path, so that one of them has to fit all nodes.
    fn has_path_of(&self, first: &HttpBackend, other: &HttpBackend) -> Result<(), CliError> {
        if first.path() == other.path() {
            return Ok(());
        }
        Err(CliError::usage(format!(
            "the probe is at {} on the first node and at {} on another: browsers send their cookies by the path, so that \
             it has to be the same on all nodes",
            first.path(),
            other.path()
        )))
    }
}
