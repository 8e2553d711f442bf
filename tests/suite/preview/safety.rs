//! What the server refuses: other names, other origins, ways out, too much, too slow.

use std::io::Write;
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::server::{Desk, Server};

fn started() -> (Desk, Server) {
    let desk = Desk::new();
    let server = Server::start(&desk.file(), &[]);
    (desk, server)
}

#[test]
fn only_its_own_name_is_answered() {
    let (_desk, server) = started();
    let report = server.report();
    let other = format!("127.0.0.1:{}", server.port ^ 1);
    for host in ["evil.example", "evil.example:80", "127.0.0.1", &other, "localhost", "0.0.0.0", ""]
    {
        for path in ["/", &report, "/assets/report.js", &format!("{report}state")] {
            let answer = server.request("GET", path, &[("Host", host)], "");
            assert!([400, 421].contains(&answer.status), "{host} {path}: {answer:?}");
            assert!(!answer.body.contains("agency"), "{host} {path}");
        }
    }
    assert_eq!(server.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").status, 400, "no host");
    let own = format!("127.0.0.1:{}", server.port);
    let two =
        format!("GET / HTTP/1.1\r\nHost: {own}\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_eq!(server.raw(&two).status, 400, "two hosts");
    let absolute =
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(server.raw(absolute).status, 421, "absolute form");
    let local = format!("localhost:{}", server.port);
    assert_eq!(server.request("GET", &report, &[("Host", &local)], "").status, 200);
}

#[test]
fn only_its_own_pages_may_ask() {
    let (_desk, server) = started();
    let report = server.report();
    let state = format!("{report}state");
    let own = server.url("");
    let token = server.token(&report);
    for origin in [
        "http://evil.example",
        "null",
        "https://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost",
    ] {
        assert_eq!(
            server.request("GET", &state, &[("Origin", origin)], "").status,
            403,
            "{origin}"
        );
        let headers = [("Origin", origin), ("X-Nianbao-Token", token.as_str())];
        let answer = server.request("POST", &format!("{report}pdf"), &headers, "{\"draft\":true}");
        assert_eq!(answer.status, 403, "{origin}");
    }
    assert_eq!(server.request("GET", &state, &[("Origin", &own)], "").status, 200);
    for site in ["cross-site", "same-site"] {
        assert_eq!(
            server.request("GET", &state, &[("Sec-Fetch-Site", site)], "").status,
            403,
            "{site}"
        );
    }
    for site in ["same-origin", "none"] {
        assert_eq!(
            server.request("GET", &state, &[("Sec-Fetch-Site", site)], "").status,
            200,
            "{site}"
        );
    }
}

#[test]
fn changes_need_post_and_token() {
    let (desk, server) = started();
    let report = server.report();
    let pdf = format!("{report}pdf");
    let file = desk.file().with_extension("pdf");
    assert_eq!(server.get(&pdf).status, 405, "no change by GET");
    assert_eq!(server.get(&format!("{pdf}?draft=true")).status, 405);
    assert_eq!(server.request("POST", &pdf, &[], "{\"draft\":false}").status, 403, "no token");
    let guess = [("X-Nianbao-Token", "0000")];
    assert_eq!(
        server.request("POST", &pdf, &guess, "{\"draft\":false}").status,
        403,
        "wrong token"
    );
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH"] {
        assert_eq!(server.request(method, &pdf, &[], "").status, 405, "{method}");
    }
    assert_eq!(server.get(&format!("{pdf}/official")).status, 404);
    assert!(!file.exists(), "nothing may have been written");
    let token = server.token(&report);
    let with = [("X-Nianbao-Token", token.as_str())];
    assert_eq!(server.request("POST", &pdf, &with, "draft").status, 400, "no JSON");
    let long = format!("{{\"draft\":false,\"more\":\"{}\"}}", "x".repeat(1 << 20));
    assert_eq!(server.request("POST", &pdf, &with, &long).status, 413, "too long");
    let answer = server.request("POST", &pdf, &with, "{\"draft\":false}");
    assert_eq!(answer.json()["made"], true, "{answer:?}");
    assert!(std::fs::read(&file).expect("written").starts_with(b"%PDF-"));
    let made = server.get(&format!("{pdf}/official"));
    assert_eq!(made.header("content-type"), Some("application/pdf"));
    assert!(made.body.starts_with("%PDF-"));
}

#[test]
fn there_is_no_way_out() {
    let (desk, server) = started();
    let report = server.report();
    std::fs::write(desk.folder.path().join("secret.txt"), "top secret").expect("written");
    let tails = [
        "..",
        "../",
        "../secret.txt",
        "../../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "..\\secret.txt",
        "....//secret.txt",
        "%252e%252e%252fsecret.txt",
        "/secret.txt",
        "%2fetc%2fpasswd",
        "../../../../../../etc/passwd",
        "..%00",
        "report.js%00.css",
        "%c0%ae%c0%ae/",
    ];
    let bases = [
        "/",
        "/assets/",
        "/reports/",
        &report,
        &format!("{report}pages/"),
        &format!("{report}pdf/"),
    ];
    for base in bases {
        for tail in tails {
            let answer = server.get(&format!("{base}{tail}"));
            assert!([400, 404].contains(&answer.status), "{base}{tail}: {answer:?}");
            for secret in ["top secret", "root:", "agency"] {
                assert!(!answer.body.contains(secret), "{base}{tail}");
            }
        }
    }
    for path in [
        "/nothing",
        "/reports/0123456789abcdef/",
        &format!("{report}pages/0.svg"),
        &format!("{report}pages/99.svg"),
        &format!("{report}pages/-1.svg"),
        &format!("{report}pages/1"),
        &format!("{report}source/x"),
        "/favicon.ico",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    let source = server.get(&format!("{report}source?of=../secret.txt"));
    assert!(!source.body.contains("top secret"));
}

#[test]
fn too_much_is_refused() {
    let (_desk, server) = started();
    let long = "x".repeat(64 << 10);
    assert_eq!(server.request("GET", "/", &[("X-Long", &long)], "").status, 431, "huge header");
    let answer = server.get(&format!("/{long}"));
    assert!([414, 431].contains(&answer.status), "huge path: {}", answer.status);
    let many: Vec<(String, &str)> = (0..200).map(|n| (format!("X-{n}"), "1")).collect();
    let many: Vec<(&str, &str)> =
        many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(server.request("GET", "/", &many, "").status, 431, "many headers");
    for nonsense in ["\x16\x03\x01\x02\0", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n"]
    {
        let answer = server.raw(&format!("{nonsense}\r\n\r\n"));
        assert!([0, 400, 505].contains(&answer.status), "{nonsense:?}: {answer:?}");
    }
    assert_eq!(server.get("/assets/report.js").status, 200, "it still answers");
}

#[test]
fn slow_clients_do_not_keep_others_out() {
    let (_desk, server) = started();
    let report = server.report();
    let mut slow: Vec<TcpStream> = (0..300)
        .map(|_| TcpStream::connect(("127.0.0.1", server.port)).expect("connected"))
        .collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").expect("a part is sent");
    }
    // Others ask for much and never read it.
    let greedy: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("connected");
            let request = format!(
                "GET {report}pages/1.svg HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
                server.port
            );
            stream.write_all(request.repeat(3).as_bytes()).expect("sent");
            stream
        })
        .collect();
    let start = Instant::now();
    assert_eq!(server.get(&format!("{report}state")).status, 200);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    // The slow ones are let go after a while.
    let first = &mut slow[0];
    first.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    let mut rest = Vec::new();
    std::io::Read::read_to_end(first, &mut rest).expect("closed by the server in time");
    drop(greedy);
}

#[test]
fn every_answer_is_protected() {
    let (_desk, server) = started();
    let report = server.report();
    let foreign = server.request("GET", "/", &[("Host", "evil.example")], "");
    let paths = [
        "/",
        "/nothing",
        "/assets/report.js",
        &report,
        &format!("{report}state"),
        &format!("{report}checklist"),
    ];
    for answer in paths.iter().map(|path| server.get(path)).chain([foreign]) {
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let mut news = server.listen(&format!("{report}events"));
    news.wait("pages", |state| state["pages"][0].is_object());
    let page = server.get(&format!("{report}pages/1.svg"));
    assert!(page.header("content-security-policy").expect("a policy").ends_with("sandbox"));
    assert!(!page.body.contains("<script"));
}

#[test]
fn unchanged_files_are_not_sent_again() {
    let (_desk, server) = started();
    let report = server.report();
    server.listen(&format!("{report}events")).wait("pages", |state| state["pages"][0].is_object());
    for path in ["/assets/report.js", &format!("{report}pages/1.svg")] {
        let first = server.get(path);
        let tag = first.header("etag").expect("a tag").to_owned();
        let again = server.request("GET", path, &[("If-None-Match", &tag)], "");
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(server.request("GET", path, &[("If-None-Match", "\"other\"")], "").status, 200);
    }
}

#[test]
fn other_machines_cannot_connect() {
    let (_desk, server) = started();
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    // No packet is sent: this only asks which address would be used.
    let Ok(()) = socket.connect("192.0.2.1:9") else { return };
    let own = socket.local_addr().expect("an address").ip();
    if own.is_loopback() || own.is_unspecified() {
        return;
    }
    assert!(TcpStream::connect((own, server.port)).is_err(), "{own} must not answer");
}
