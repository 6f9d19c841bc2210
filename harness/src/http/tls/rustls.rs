//! TLS by rustls, with one configuration for lawful requests and for those that are sent byte by byte.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use reqwest::ClientBuilder;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use sessionspec::backend::BackendError;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Host;

use super::verifier::Verifier;
use super::{Stream, TlsError, Trust};
use crate::bounded;

/// How a client speaks TLS.
#[derive(Clone)]
pub(in super::super) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// TLS with services whose certificates are believed.
    ///
    /// # Errors
    ///
    /// Where it is not known whom to believe.
    pub(in super::super) fn trusting(trust: &Trust) -> Result<Self, TlsError> {
        let set_up = |error: &dyn Error| TlsError::SetUp(error.to_string());
        let (authorities, themselves) = match trust {
            Trust::System => (of_system()?, Vec::new()),
            Trust::Only(path) => of_file(path)?,
        };
        let provider = Arc::new(ring::default_provider());
        let verifier = Verifier::new(authorities, themselves, &provider).map_err(|error| set_up(&error))?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| set_up(&error))?
            // Despite its name: the verifier believes fewer than any that rustls brings, and says so of itself.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// The client, which speaks so.
    pub(in super::super) fn configure(&self, client: ClientBuilder) -> ClientBuilder {
        client.tls_backend_preconfigured(ClientConfig::clone(&self.0))
    }

    /// The connection, encrypted.
    ///
    /// # Errors
    ///
    /// Where nobody speaks TLS there, or nobody who is believed.
    pub(in super::super) async fn encrypted(
        &self,
        stream: TcpStream,
        host: &Host,
    ) -> Result<Stream, BackendError> {
        let unreachable = |error: &(dyn Error + 'static)| {
            BackendError::Unreachable(is_of_tls(error).unwrap_or_else(|| error.to_string()))
        };
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|error| unreachable(&error))?,
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
        };
        let connected = TlsConnector::from(Arc::clone(&self.0)).connect(name, stream).await;
        Ok(Box::new(connected.map_err(|error| unreachable(&error))?))
    }
}

/// The client, which does not speak TLS. reqwest would set it up all the same, and read the authorities of this machine for
/// each client.
pub(in super::super) fn unencrypted(client: ClientBuilder) -> ClientBuilder {
    static NOBODY: OnceLock<Option<ClientConfig>> = OnceLock::new();
    let nobody = NOBODY.get_or_init(|| {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().ok()?;
        Some(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
    });
    match nobody {
        Some(config) => client.tls_backend_preconfigured(config.clone()),
        None => client,
    }
}

/// What TLS says is wrong, in words that say what to do; none where the error is not about TLS.
pub(in super::super) fn is_of_tls(error: &(dyn Error + 'static)) -> Option<String> {
    let mut error = error;
    // Those of the system hold others, which they do not name as their source.
    while let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        error = inner;
    }
    let error = error.downcast_ref::<rustls::Error>()?;
    Some(match error {
        rustls::Error::InvalidCertificate(error) if is_unknown(error) => {
            "nobody who is trusted has signed its certificate; --ca FILE names who has".to_owned()
        }
        rustls::Error::InvalidMessage(_) => "it does not speak TLS; is it at http?".to_owned(),
        other => format!("its TLS is not accepted: {other}"),
    })
}

/// Whether nobody vouches for a certificate. One that has signed itself as an authority has no error of its own.
fn is_unknown(error: &CertificateError) -> bool {
    match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => true,
        CertificateError::Other(other) => other.to_string().contains("CaUsedAsEndEntity"),
        _ => false,
    }
}

/// The authorities that this machine knows.
fn of_system() -> Result<RootCertStore, TlsError> {
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if authorities.is_empty() { Err(TlsError::NoAuthority) } else { Ok(authorities) }
}

/// The certificates in a file, as those of authorities and as they are.
fn of_file(path: &Path) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsError> {
    let unread = |error: &dyn Error| TlsError::Read { path: path.to_owned(), error: error.to_string() };
    let text = File::open(path).and_then(|file| bounded::read_bytes(file, bounded::FILE));
    let text = text.map_err(|error| unread(&error))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let certificates = certificates.map_err(|error| unread(&error))?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate { path: path.to_owned() });
    }
    let mut authorities = RootCertStore::empty();
    for certificate in &certificates {
        authorities
            .add(certificate.clone())
            .map_err(|error| TlsError::Unusable { path: path.to_owned(), error: error.to_string() })?;
    }
    Ok((authorities, certificates))
}
