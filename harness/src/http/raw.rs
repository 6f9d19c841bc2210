//! Requests that no HTTP client would send: header values with bytes that HTTP forbids go over a socket of their own.

use sessionspec::backend::BackendError;
use sessionspec::reference::http::Headers;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::RawResponse;

/// How many header fields a response may have.
const MOST_FIELDS: usize = 256;

/// Sends a `POST` whose header values are not looked at, and reads the response up to the end of the connection.
///
/// # Errors
///
/// Where there is no response, or none that is HTTP. A server that closes the connection without a word has refused the
/// request: that is a 400, as it were.
pub(super) async fn post(
    address: &str,
    target: &str,
    host: &str,
    headers: &Headers,
    body: &[u8],
    most: usize,
) -> Result<RawResponse, BackendError> {
    let mut stream =
        TcpStream::connect(address).await.map_err(|error| BackendError::Unreachable(error.to_string()))?;
    let mut request = format!(
        "POST {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n",
        body.len()
    )
    .into_bytes();
    for (name, value) in headers.iter() {
        request.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
    // A server that has read enough may close the connection before all is sent; its answer counts.
    let _ = stream.write_all(&request).await;
    let mut response = Vec::new();
    let read = stream.take(most as u64).read_to_end(&mut response).await;
    match (read, response.is_empty()) {
        (_, true) => Ok(RawResponse { status: 400, headers: Headers::default(), body: Vec::new() }),
        (_, false) => parse(&response),
    }
}

fn parse(response: &[u8]) -> Result<RawResponse, BackendError> {
    let no_http = |why: String| BackendError::NotAProbe(format!("its answer is no HTTP: {why}"));
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut head = httparse::Response::new(&mut fields);
    let length = match head.parse(response).map_err(|error| no_http(error.to_string()))? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Err(no_http("it ends within its header".to_owned())),
    };
    let mut headers = Headers::default();
    for field in head.headers.iter() {
        headers.append(field.name, field.value);
    }
    let is_chunked = headers.all("Transfer-Encoding").any(|value| value.eq_ignore_ascii_case(b"chunked"));
    let body = &response[length..];
    let body = if is_chunked {
        unchunked(body).ok_or_else(|| no_http("its chunks do not add up".to_owned()))?
    } else {
        body.to_vec()
    };
    Ok(RawResponse { status: head.code.unwrap_or_default(), headers, body })
}

/// The body without its chunks (RFC 9112, section 7.1).
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_taken_apart() {
        let response = parse(b"HTTP/1.1 400 Bad Request\r\nA: b\r\nA: c\r\n\r\nno").unwrap();
        assert_eq!((response.status, response.body), (400, b"no".to_vec()));
        assert_eq!(response.headers.all("a").collect::<Vec<_>>(), [b"b", b"c"]);

        let chunked = parse(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
        );
        assert_eq!(chunked.unwrap().body, b"abcd");
        assert!(parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab").is_err());
        assert!(parse(b"220 mail ready\r\n").is_err());
    }
}
