use super::*;

#[tokio::test]
async fn a_service_that_is_started_again_is_held_where_the_first_one_is() {
    let address = "localhost".parse().unwrap();
    let first = HttpBackend::new("http://127.0.0.1:1/probe", None, false).await.unwrap();
    let first = first.called_back_at(&address).await.unwrap();
    let second = first.beside(2).unwrap();
    assert!(Rc::ptr_eq(&first.gates, &second.gates));
    assert_eq!(second.url.as_str(), "http://127.0.0.1:2/probe");
}

#[tokio::test]
async fn a_connection_that_ends_with_a_service_that_is_ended_is_no_habit_of_it() {
    use std::io::{Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/probe", listener.local_addr().unwrap());
    let service = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = || {
            let (mut read, mut piece) = (Vec::new(), [0; 1024]);
            while !read.ends_with(b"}") {
                let length = stream.read(&mut piece).unwrap();
                read.extend_from_slice(&piece[..length]);
            }
            stream.try_clone().unwrap()
        };
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n";
        request().write_all(&[&answer[..], b"{\"results\":[]}"].concat()).unwrap();
        // The second request is read, and not answered.
        request();
    });
    let backend = HttpBackend::new(&url, None, false).await.unwrap();
    backend.cycle(CycleRequest::default()).await.unwrap();
    backend.expect_the_end();
    assert_eq!(backend.cycle(CycleRequest::default()).await, Err(BackendError::Dropped));
    assert_eq!(backend.lost_connections(), 0);
    service.join().unwrap();
}

#[tokio::test]
async fn a_url_that_is_no_origin_is_refused_unless_one_is_given() {
    let url = "http://app.test.:8443/probe";
    let refused = HttpBackend::new(url, None, true).await.err().unwrap();
    assert_eq!(
        refused.to_string(),
        "http://app.test.:8443/probe has no origin for the rules of cookies: `app.test.` is no host; write an ASCII name (other \
         names in their xn-- form), four decimal numbers for IPv4, or IPv6 in brackets; write its host otherwise, or say with \
         --origin where browsers believe they are, as in https://app.test"
    );
    let origin = Origin::parse("https://app.test:8443").unwrap();
    let told = HttpBackend::new(url, Some(origin.clone()), true).await.unwrap();
    assert_eq!(told.origin(), origin);
    let at_its_url = HttpBackend::new("http://app.test:8443/probe", None, true).await.unwrap();
    assert_eq!(at_its_url.origin().to_string(), "http://app.test:8443");
}

#[test]
fn this_machine_is_where_connections_stay_on_it() {
    let is_here = |url: &str| is_loopback(&Url::parse(url).unwrap());
    for url in [
        "http://localhost/probe",
        "http://localhost./probe",
        "http://app.LOCALHOST.:5000/probe",
        "http://127.8.9.10/probe",
        "http://127.1/probe",
        "http://[::1]/probe",
    ] {
        assert!(is_here(url), "{url}");
    }
    for url in
        ["http://localhost.test/probe", "http://notlocalhost/probe", "http://10.0.0.1/", "http://[::2]/"]
    {
        assert!(!is_here(url), "{url}");
    }
}
