//! A service that misbehaves as a test tells it to, on a real socket. Where it is told nothing, it is a good probe.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use sessionspec::backend::in_process;
use sessionspec::reference::Memory;
use sessionspec_cli::builtin;
use sessionspec_cli::probe::ProbeServer;

/// What happens to a request.
pub(crate) enum Answer {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes again and again, for as long as somebody reads them.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, and then this one from time to time, for as long as somebody reads.
    Dripping(Vec<u8>, u8),
    /// Nothing: the connection stays open until the other side closes it.
    Silence,
    /// The service ends: nobody listens any more, and then this connection is cut.
    Death,
    /// What the reference answers.
    Good,
    /// What the reference answers to another request, in other words.
    Altered(Vec<u8>, Box<dyn Fn(String) -> String>),
    /// What the reference answers, with its body as late as TCP makes it where head and body are written apart.
    Apart,
}

impl Answer {
    /// A whole response.
    pub(crate) fn response(status: &str, content_type: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(
            format!(
                "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n\r\n{body}"
            )
            .into_bytes(),
        )
    }

    /// What the reference answers to this request instead, altered.
    pub(crate) fn altered(request: String, response: impl Fn(String) -> String + 'static) -> Self {
        Self::Altered(request.into_bytes(), Box::new(response))
    }

    /// A 200 with this JSON.
    pub(crate) fn json(body: &str) -> Self {
        Self::response("200 OK", "application/json", body)
    }
}

/// A service in this process.
pub(crate) struct Service {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

type Behaviour = dyn Fn(&Request) -> Answer + Send + Sync;

/// A request that the service has read.
pub(crate) struct Request {
    /// How many came before this one.
    pub(crate) number: usize,
    /// The names of the operations of a cycle; none of a GET.
    pub(crate) ops: Option<Vec<String>>,
    raw: Vec<u8>,
}

impl Request {
    /// The whole request, as it was sent.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }
}

impl Service {
    /// Listens at a free port, and behaves like this.
    pub(crate) fn new(behaviour: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), behaviour)
    }

    /// Listens here, and behaves like this.
    pub(crate) fn at(
        address: SocketAddr,
        behaviour: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::start(address, None, behaviour)
    }

    /// Listens at a free port, and behaves like this; where it is told nothing, it is a good probe of this backend.
    pub(crate) fn in_front_of(
        backend: &'static str,
        behaviour: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::start("127.0.0.1:0".parse().unwrap(), Some(backend), behaviour)
    }

    fn start(
        address: SocketAddr,
        backend: Option<&'static str>,
        behaviour: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let (tell_end, end) = mpsc::channel();
        let life = Arc::new(Life {
            address,
            reference: served(backend),
            over: AtomicBool::new(false),
            end: Mutex::new(end),
        });
        let asked = Arc::new(AtomicUsize::new(0));
        let (behaviour, count): (Arc<Behaviour>, _) = (Arc::new(behaviour), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if life.over.load(Ordering::SeqCst) {
                    break;
                }
                let (life, behaviour, count) =
                    (Arc::clone(&life), Arc::clone(&behaviour), Arc::clone(&count));
                thread::spawn(move || serve(stream.unwrap(), &life, &*behaviour, &count));
            }
            drop(listener);
            // Nobody may be waiting for it.
            let _ = tell_end.send(());
        });
        Self { address, asked }
    }

    /// Always answers the same bytes.
    pub(crate) fn answering(bytes: &[u8]) -> Self {
        let bytes = bytes.to_vec();
        Self::new(move |_| Answer::Bytes(bytes.clone()))
    }

    /// Where its probe would be.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/probe", self.address)
    }

    /// How many requests have come so far.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

struct Life {
    address: SocketAddr,
    reference: SocketAddr,
    over: AtomicBool,
    end: Mutex<mpsc::Receiver<()>>,
}

fn serve(mut stream: TcpStream, life: &Life, behaviour: &Behaviour, count: &AtomicUsize) {
    let Some(request) = read(&stream, count) else { return };
    // Writing fails where the other side has had enough.
    let _ = match behaviour(&request) {
        Answer::Bytes(bytes) => stream.write_all(&bytes),
        Answer::Endless(first, again) => {
            let mut written = stream.write_all(&first);
            while written.is_ok() {
                written = stream.write_all(&again);
            }
            written
        }
        Answer::Dripping(first, again) => {
            let mut written = stream.write_all(&first);
            while written.is_ok() {
                // The fault itself: something comes all the time, and never enough.
                thread::sleep(Duration::from_millis(20));
                written = stream.write_all(&[again]);
            }
            written
        }
        Answer::Silence => stream.read_to_end(&mut Vec::new()).map(drop),
        Answer::Death => {
            life.over.store(true, Ordering::SeqCst);
            // The listener wakes up, sees that it is over, and is gone before this connection is.
            drop(TcpStream::connect(life.address));
            let _ = life.end.lock().unwrap().recv();
            Ok(())
        }
        Answer::Good => stream.write_all(&ask(life.reference, &request.raw)),
        Answer::Altered(request, alter) => {
            let response = String::from_utf8(ask(life.reference, &request)).unwrap();
            stream.write_all(alter(response).as_bytes())
        }
        Answer::Apart => {
            let response = ask(life.reference, &request.raw);
            let head = 4 + response.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
            let written = stream.write_all(&response[..head]);
            // The fault itself: a kernel delays its acknowledgement for so long.
            thread::sleep(Duration::from_millis(40));
            written.and_then(|()| stream.write_all(&response[head..]))
        }
    };
}

fn read(stream: &TcpStream, count: &AtomicUsize) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut raw = Vec::new();
    let mut length = 0;
    loop {
        let start = raw.len();
        reader.read_until(b'\n', &mut raw).ok().filter(|read| *read > 0)?;
        let line = String::from_utf8_lossy(&raw[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    raw.extend_from_slice(&body);
    let ops = serde_json::from_slice::<Value>(&body).ok().and_then(|json| {
        let names = json.get("ops")?.as_array()?.iter().map(|op| op["op"].as_str().unwrap_or("?").to_owned());
        Some(names.collect())
    });
    Some(Request { number: count.fetch_add(1, Ordering::SeqCst), ops, raw })
}

/// Whether this is the `pop` of a check: the first one is the survey's.
pub(crate) fn pops_in_a_check() -> impl Fn(&Request) -> bool + Send + Sync {
    let pops = AtomicUsize::new(0);
    move |request| {
        let pops_now = request.ops.as_ref().is_some_and(|ops| ops.iter().any(|op| op == "pop"));
        pops_now && pops.fetch_add(1, Ordering::SeqCst) > 0
    }
}

/// Sends a request on and reads the whole response.
fn ask(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let first_line = 1 + request.iter().position(|byte| *byte == b'\n').unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&request[..first_line]).unwrap();
    stream.write_all(b"Connection: close\r\n").unwrap();
    stream.write_all(&request[first_line..]).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    response
}

/// Serves an embedded backend, or the reference, on a thread of its own.
fn served(backend: Option<&'static str>) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let any_port = "127.0.0.1:0".parse().unwrap();
            let backend = match backend {
                None => in_process(Memory::default()),
                Some(name) => builtin::find(name).unwrap().open(),
            };
            let server = ProbeServer::bind(any_port, backend).await.unwrap();
            tell.send(server.url().unwrap()).unwrap();
            server.serve().await.unwrap();
        });
    });
    let url = told.recv().unwrap();
    url.trim_start_matches("http://").trim_end_matches("/probe").parse().unwrap()
}
