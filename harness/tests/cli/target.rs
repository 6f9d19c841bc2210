//! Targets that are refused before anything is sent.

use std::net::{IpAddr, TcpListener, UdpSocket};

use insta::assert_snapshot;

use crate::support::{complaint, sessionspec};

#[test]
fn is_remote() {
    assert_snapshot!(complaint(&sessionspec("run http://192.0.2.1/probe").output().unwrap()), @"
    sessionspec: http://192.0.2.1/probe is not on this machine; --allow-remote permits it, for a service that is yours to test
    exit 2
    ");
}

#[test]
fn a_remote_service_is_not_even_connected_to() {
    let Some(own_address) = own_address() else { return };
    let listener = TcpListener::bind((own_address, 0)).unwrap();
    let url = format!("http://{}/probe", listener.local_addr().unwrap());
    assert_eq!(sessionspec("run").arg(&url).output().unwrap().status.code(), Some(2));
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

/// An address of this machine that is not loopback; none without a network.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Connecting a datagram socket chooses its own address, and sends nothing.
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[test]
fn a_mistyped_peer_has_a_near_name() {
    let refused = |arguments: &str, folder: &str| {
        complaint(&sessionspec(arguments).current_dir(folder).output().unwrap())
    };
    assert_snapshot!(refused("run --peer ../fixtures/peers/flask-3.1.3-defautl", "."), @"
    sessionspec: ../fixtures/peers/flask-3.1.3-defautl.toml: No such file or directory (os error [n]); did you mean `../fixtures/peers/flask-3.1.3-default`? a peer is named by its manifest, as in fixtures/peers/flask-3.1.3-default
    exit 2
    ");
    assert_snapshot!(refused("run --peer flask-3.1.3-default", ".."), @"
    sessionspec: flask-3.1.3-default.toml: No such file or directory (os error [n]); did you mean `fixtures/peers/flask-3.1.3-default`? a peer is named by its manifest, as in fixtures/peers/flask-3.1.3-default
    exit 2
    ");
    assert_snapshot!(refused("run --peer colour", ".."), @"
    sessionspec: colour.toml: No such file or directory (os error [n]); a peer is named by its manifest, as in fixtures/peers/flask-3.1.3-default
    exit 2
    ");
}

#[cfg(feature = "tls")]
#[test]
fn is_https_and_nobody_is_believed() {
    let target = sessionspec("run https://127.0.0.1/probe --ca /nowhere/ca.pem").output().unwrap();
    assert_snapshot!(complaint(&target), @"
    sessionspec: https://127.0.0.1/probe is https: cannot read the certificates in /nowhere/ca.pem: No such file or directory (os error [n])
    exit 2
    ");
}

#[test]
fn is_no_url() {
    assert_snapshot!(complaint(&sessionspec("run localhost:5000/probe").output().unwrap()), @"
    sessionspec: `localhost:5000/probe` is no http URL; give the probe's, as in http://127.0.0.1:[n]/probe
    exit 2
    ");
    assert_snapshot!(complaint(&sessionspec("run probe").output().unwrap()), @"
    sessionspec: `probe` is no http URL; give the probe's, as in http://127.0.0.1:[n]/probe
    exit 2
    ");
}
