//! Where processes listen. Linux alone says so of others.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use rustix::process::Pid;

/// What the system says of a socket that waits for connections.
const LISTENS: &str = "0A";

/// Where these processes listen.
pub(super) fn addresses(processes: &[Pid]) -> BTreeSet<SocketAddr> {
    let own: HashSet<String> = processes.iter().flat_map(|process| sockets(*process)).collect();
    let tables =
        ["tcp", "tcp6"].map(|table| fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default());
    let listening = tables.iter().flat_map(|table| table.lines()).filter_map(listener);
    listening.filter(|(_, socket)| own.contains(*socket)).map(|(address, _)| address).collect()
}

/// The numbers of the sockets that a process has. Of one that is gone, or another user's, none are known.
fn sockets(process: Pid) -> Vec<String> {
    let files = fs::read_dir(format!("/proc/{}/fd", process.as_raw_nonzero())).into_iter().flatten();
    let targets = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    let number = |target: PathBuf| {
        let number = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
        Some(number.to_owned())
    };
    targets.filter_map(number).collect()
}

/// The address of a line of the table and the number of its socket, where it listens.
fn listener(line: &str) -> Option<(SocketAddr, &str)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (address, state, socket) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
    let (host, port) = address.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    (*state == LISTENS).then_some(())?;
    Some((SocketAddr::new(host_of(host)?, port), socket))
}

/// The host, which is written as words of 32 bits in the order that their bytes have in the memory of this machine.
fn host_of(digits: &str) -> Option<IpAddr> {
    let words = digits.as_bytes().chunks(8).map(|word| {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        Some(word.to_ne_bytes())
    });
    let bytes: Vec<u8> = words.collect::<Option<Vec<_>>>()?.concat();
    let v4 = <[u8; 4]>::try_from(bytes.as_slice()).map(|bytes| Ipv4Addr::from(bytes).into());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes.as_slice()).map(|bytes| Ipv6Addr::from(bytes).into())).ok()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_process_is_found_where_it_listens_and_nowhere_else() {
        let this = [rustix::process::getpid()];
        let listeners = ["127.0.0.1:0", "0.0.0.0:0"].map(|address| TcpListener::bind(address).unwrap());
        let [first, second] = listeners.each_ref().map(|listener| listener.local_addr().unwrap());
        let connection = TcpStream::connect(first).unwrap();
        let found = addresses(&this);
        assert!(found.contains(&first) && found.contains(&second), "{found:?}");
        assert!(!found.contains(&connection.local_addr().unwrap()), "{found:?}");
        drop(listeners);
        assert!(!addresses(&this).contains(&second));
        assert!(addresses(&[]).is_empty());
    }

    #[test]
    fn an_address_of_either_kind_is_read() {
        // As a machine with its lowest byte first writes them.
        if cfg!(target_endian = "little") {
            assert_eq!(host_of("0100007F"), Some(Ipv4Addr::LOCALHOST.into()));
            assert_eq!(host_of("00000000000000000000000001000000"), Some(Ipv6Addr::LOCALHOST.into()));
        }
        assert_eq!(host_of("0100007F01"), None);
        assert_eq!(host_of("local_ad"), None);
    }
}
