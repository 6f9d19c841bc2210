//! A server that does with each connection what a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Listens at a free port; what happens on each connection is decided here. The URL of its probe.
pub(crate) fn server(behaviour: impl Fn(&mut Connection) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/probe", listener.local_addr().unwrap());
    let behaviour = Arc::new(behaviour);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let behaviour = Arc::clone(&behaviour);
            let mut connection = Connection::over(stream.unwrap());
            thread::spawn(move || behaviour(&mut connection));
        }
    });
    url
}

/// A connection that somebody has made.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    /// The connection of this stream.
    pub(crate) fn over(stream: TcpStream) -> Self {
        Self(BufReader::new(stream))
    }

    /// The next request; none where the other side has closed the connection.
    pub(crate) fn request(&mut self) -> Option<Vec<u8>> {
        let (mut request, mut length) = (Vec::new(), 0);
        loop {
            let start = request.len();
            self.0.read_until(b'\n', &mut request).ok().filter(|read| *read > 0)?;
            let line = String::from_utf8_lossy(&request[start..]).to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok()?;
        request.extend_from_slice(&body);
        Some(request)
    }

    /// Sends these bytes; the other side may have had enough.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes);
    }

    /// Sends them in packets of one byte.
    pub(crate) fn drip(&mut self, bytes: &[u8]) {
        self.0.get_ref().set_nodelay(true).unwrap();
        bytes.iter().for_each(|byte| self.send(&[*byte]));
    }

    /// Leaves the connection open until the other side closes it.
    pub(crate) fn stay(&mut self) {
        let _ = self.0.read_to_end(&mut Vec::new());
    }
}

/// A whole response with this JSON, after which the connection stays open.
pub(crate) fn json(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
