//! Services at https: their certificates, lawful requests, and requests that HTTP forbids.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sessionspec::backend::{Backend, CycleRequest};
use sessionspec::reference::http::Headers;
use sessionspec_cli::builtin;
use sessionspec_cli::http::{HttpBackend, HttpError, Trust};
use sessionspec_cli::probe::ProbeServer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A certificate, its key, and the file that says who has signed it.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    ca: PathBuf,
}

/// An authority, and a certificate that it has signed for these names.
fn signed(file: &str, names: &[&str]) -> Identity {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = params_of(names).signed_by(&key, &authority).unwrap();
    let ca = written(file, &authority.pem());
    Identity {
        chain: vec![own.der().clone()],
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        ca,
    }
}

/// A certificate that has signed itself, as one of an authority: what `openssl req -x509` makes.
fn self_signed(file: &str, names: &[&str]) -> Identity {
    let key = KeyPair::generate().unwrap();
    let mut params = params_of(names);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = params.self_signed(&key).unwrap();
    let ca = written(file, &own.pem());
    Identity {
        chain: vec![own.der().clone()],
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        ca,
    }
}

fn params_of(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn written(file: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
    std::fs::write(&path, text).unwrap();
    path
}

/// The reference as a probe, and TLS in front of it: the address of what speaks TLS.
fn probe(identity: &Identity) -> SocketAddr {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain.clone(), identity.key.clone_key())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(tokio::task::LocalSet::new().run_until(async move {
            let behind = SocketAddr::from(([127, 0, 0, 1], 0));
            let served = ProbeServer::bind(behind, builtin::find("reference").unwrap().open()).await.unwrap();
            let behind = served.url().unwrap().trim_start_matches("http://").replace("/probe", "");
            tokio::task::spawn_local(async move { served.serve().await.unwrap() });
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            loop {
                let (accepted, _) = listener.accept().await.unwrap();
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    // Whoever does not believe the certificate goes away.
                    let Ok(mut clear) = acceptor.accept(accepted).await else { return };
                    let mut inner = TcpStream::connect(behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut clear, &mut inner).await;
                });
            }
        }));
    });
    told.recv().unwrap()
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sessionspec"))
        .args(["run", "--no-project"])
        .args(arguments)
        .output()
        .unwrap()
}

fn complaint(output: &Output, port: u16) -> String {
    String::from_utf8_lossy(&output.stderr).replace(&port.to_string(), "[port]")
}

#[test]
fn a_service_at_https_is_judged_as_one_at_http_is() {
    let identity = signed("authority.pem", &["127.0.0.1", "localhost"]);
    let port = probe(&identity).port();
    let ca = identity.ca.display().to_string();
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("https://{host}:{port}/probe");
        let ran =
            run(&[&url, "--ca", &ca, "--suite", "minimum", "--suite", "forgery", "--suite", "concurrency"]);
        let said = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(ran.status.code(), Some(0), "{said}{}", complaint(&ran, port));
        // What is sent byte by byte is encrypted, too.
        assert!(said.contains("pass            forgery/unlawful-bytes"), "{said}");
    }
}

#[tokio::test]
async fn a_request_that_http_forbids_is_answered() {
    let identity = self_signed("itself.pem", &["127.0.0.1"]);
    let url = format!("https://{}/probe", probe(&identity));
    let trust = Trust::Only(identity.ca);
    let backend = HttpBackend::trusting(&url, &trust, None, false).await.unwrap();
    backend.describe().await.unwrap();
    assert!(backend.origin().to_string().starts_with("https://"));
    let mut headers = Headers::default();
    headers.append("Cookie", b"session=\0");
    let refused = backend.cycle(CycleRequest { headers, ..CycleRequest::default() }).await.unwrap();
    assert_eq!(refused.status, 400);
}

#[test]
fn whoever_is_not_believed_is_not_judged() {
    let (identity, other) = (signed("one.pem", &["127.0.0.1"]), signed("other.pem", &["127.0.0.1"]));
    let elsewhere = self_signed("elsewhere.pem", &["elsewhere.test"]);
    let said = |identity: &Identity, ca: &Path| {
        let port = probe(identity).port();
        let ran = run(&[&format!("https://127.0.0.1:{port}/probe"), "--ca", &ca.display().to_string()]);
        assert_eq!(ran.status.code(), Some(3));
        complaint(&ran, port)
    };
    insta::assert_snapshot!(said(&identity, &other.ca), @"sessionspec: nothing could be judged at https://127.0.0.1:[port]/probe; asking what it is: the service cannot be reached: nobody who is trusted has signed its certificate; --ca FILE names who has; start the service if it does not run");
    let itself = self_signed("unlisted.pem", &["127.0.0.1"]);
    assert_eq!(said(&itself, &other.ca), said(&identity, &other.ca));
    insta::assert_snapshot!(said(&elsewhere, &elsewhere.ca), @r#"sessionspec: nothing could be judged at https://127.0.0.1:[port]/probe; asking what it is: the service cannot be reached: its TLS is not accepted: invalid peer certificate: certificate not valid for name "127.0.0.1"; certificate is only valid for DnsName("elsewhere.test"); start the service if it does not run"#);
}

#[tokio::test]
async fn what_speaks_the_other_language_is_told_apart() {
    let identity = self_signed("languages.pem", &["127.0.0.1"]);
    let encrypted = probe(&identity);
    // What a server of plain HTTP says to the beginning of TLS, which has no line.
    let plain = crate::server::server(|connection| connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let at = async |url: String, trust: Trust| {
        let backend = HttpBackend::trusting(&url, &trust, None, false).await.unwrap();
        backend.describe().await.unwrap_err().to_string()
    };
    let plain = plain.replace("http://", "https://");
    insta::assert_snapshot!(at(plain, Trust::Only(identity.ca)).await, @"the service cannot be reached: it does not speak TLS; is it at http?");
    insta::assert_snapshot!(at(format!("http://{encrypted}/probe"), Trust::System).await, @"this is no probe: its answer is no HTTP: invalid HTTP version parsed");
}

#[tokio::test]
async fn a_file_that_says_nothing_is_refused() {
    let empty = written("empty.pem", "nothing\n");
    let broken = written("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let refused = async |url: &str, ca: PathBuf| {
        let trust = Trust::Only(ca);
        let error: HttpError = HttpBackend::trusting(url, &trust, None, false).await.err().unwrap();
        error.to_string().replace(env!("CARGO_TARGET_TMPDIR"), "")
    };
    let url = "https://127.0.0.1/probe";
    insta::assert_snapshot!(refused(url, empty.clone()).await, @"https://127.0.0.1/probe is https: /empty.pem has no certificate; --ca takes a file in PEM, in which each begins with `-----BEGIN CERTIFICATE-----`");
    insta::assert_snapshot!(refused(url, broken).await, @"https://127.0.0.1/probe is https: a certificate in /broken.pem cannot be used: invalid peer certificate: BadEncoding");
    insta::assert_snapshot!(refused(url, "/nowhere/ca.pem".into()).await, @"https://127.0.0.1/probe is https: cannot read the certificates in /nowhere/ca.pem: No such file or directory (os error 2)");
    insta::assert_snapshot!(refused("http://127.0.0.1/probe", empty).await, @"--ca is for an https URL, and http://127.0.0.1/probe is none");
}
