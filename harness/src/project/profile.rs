//! A profile of a project: what it says comes before what stands above it.

use super::Project;
use crate::near::hint;

impl Project {
    /// What counts where this profile is asked for.
    pub(super) fn in_profile(mut self, name: Option<&str>) -> Result<Self, String> {
        let Some(name) = name else { return Ok(self) };
        let Some(own) = self.profiles.remove(name) else {
            let names: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            let hint = hint(name, names.iter().copied());
            let there = if names.is_empty() {
                "it has none".to_owned()
            } else {
                format!("it has {}", names.join(", "))
            };
            return Err(format!("there is no profile `{name}`; {hint}{there}"));
        };
        // What leads to a service is one thing: a profile with a URL starts none.
        let is_elsewhere = own.launch.is_some() || own.url.is_some();
        let (launch, url) = if is_elsewhere { (own.launch, own.url) } else { (self.launch, self.url) };
        let says_nodes = is_elsewhere || own.node.is_some() || own.nodes.is_some();
        let (node, nodes) = if says_nodes { (own.node, own.nodes) } else { (self.node, self.nodes) };
        // One that is beside another service is not beside this one.
        let beside = own.beside.or(self.beside.filter(|_| !is_elsewhere));
        // A command that breaks, mends or empties a store is for this one alone.
        let says_a_store = is_elsewhere || own.store.is_some();
        let says_a_break = says_a_store || own.breaking.is_some() || own.mend.is_some();
        let (store, flush) =
            if says_a_store { (own.store, own.flush) } else { (self.store, own.flush.or(self.flush)) };
        let (breaking, mend) =
            if says_a_break { (own.breaking, own.mend) } else { (self.breaking, self.mend) };
        // One Toxiproxy leads to any store, but a service without one has no use for it.
        let toxiproxy = own.toxiproxy.or(self.toxiproxy.filter(|_| store.is_some()));
        Ok(Self {
            launch,
            url,
            node,
            nodes,
            beside,
            store,
            toxiproxy,
            breaking,
            mend,
            flush,
            path: own.path.or(self.path),
            lifetime: own.lifetime.or(self.lifetime),
            start_timeout: own.start_timeout.or(self.start_timeout),
            timeout: own.timeout.or(self.timeout),
            patience: own.patience.or(self.patience),
            ca: own.ca.or(self.ca),
            origin: own.origin.or(self.origin),
            headers: own.headers.or(self.headers),
            level: own.level.or(self.level),
            cases: own.cases.or(self.cases),
            suites: own.suites.or(self.suites),
            excluded: own.excluded.or(self.excluded),
            reports: own.reports.or(self.reports),
            baseline: own.baseline.or(self.baseline),
            strict: own.strict.or(self.strict),
            replaces_known_failures: (own.known_failures.is_some() && self.known_failures.is_some())
                .then(|| name.to_owned()),
            known_failures: own.known_failures.or(self.known_failures),
            profiles: self.profiles,
            folder: self.folder,
        })
    }
}
