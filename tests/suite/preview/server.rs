//! A preview under test: the program itself on a free port, a folder with reports, and a plain HTTP client.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::root;

/// How long anything may take on a busy machine before it counts as broken.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A running preview. Ends with the value.
pub(super) struct Server {
    process: Child,
    pub(super) port: u16,
}

impl Server {
    /// Starts a preview of a file or folder with more arguments.
    pub(super) fn start(path: &Path, more: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .arg("preview")
            .arg(path)
            .args(more)
            .args(if more.contains(&"--port") { &[][..] } else { &["--port", "0"] })
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut line = String::new();
        let out = process.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let port = line.trim().trim_end_matches('/').rsplit(':').next().expect("an address");
        let port = port.parse().unwrap_or_else(|_| panic!("no port in {line:?}"));
        Self { process, port }
    }

    /// The address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Sends bytes as they are and reads all that comes back.
    pub(super) fn raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        // A server that refuses early may close before all is written.
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::new(&bytes)
    }

    /// A well-formed request.
    pub(super) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request += &format!("Host: 127.0.0.1:{}\r\n", self.port);
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if method == "POST" {
            request +=
                &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        }
        self.raw(&format!("{request}\r\n{body}"))
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], "")
    }

    /// The address of the only report.
    pub(super) fn report(&self) -> String {
        let home = self.get("/");
        home.header("location").expect("one report").to_owned()
    }

    /// Listens to the news under an address.
    pub(super) fn listen(&self, path: &str) -> News {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let port = self.port;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").expect("sent");
        News { lines: BufReader::new(stream) }
    }

    /// The token that pages get.
    pub(super) fn token(&self, report: &str) -> String {
        let (name, hello) = self.listen(&format!("{report}events")).next();
        assert_eq!(name, "hello");
        hello["token"].as_str().expect("a token").to_owned()
    }

    /// Resident memory of the program, in kilobytes.
    pub(super) fn memory(&self) -> u64 {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An answer, taken apart.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

impl Answer {
    fn new(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// A stream of events.
pub(super) struct News {
    lines: BufReader<TcpStream>,
}

impl News {
    /// The next event with its data.
    pub(super) fn next(&mut self) -> (String, Value) {
        let mut name = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).expect("an event in time"), 0, "it ended");
            if let Some(event) = line.strip_prefix("event: ") {
                name = event.trim().to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                return (name, serde_json::from_str(data).expect("JSON"));
            }
        }
    }

    /// The first event from now on that fits.
    pub(super) fn wait(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let (name, data) = self.next();
            if name != "hello" && fits(&data) {
                return data;
            }
            assert!(start.elapsed() < PATIENCE, "no {what}; last: {data:.300}");
        }
    }
}

/// A folder with one report that can be edited.
pub(super) struct Desk {
    pub(super) folder: tempfile::TempDir,
    pub(super) text: String,
}

impl Desk {
    /// A copy of an example without findings that matter.
    pub(super) fn new() -> Self {
        let text =
            fs::read_to_string(root().join("examples/xiangshan-2023.toml")).expect("an example");
        // The example keeps the mistakes of the report it is from.
        let text = [
            ("= [1, 0, 0, 0]", "= [0, 0, 0, 0]"),
            ("第七十一号", "第711号"),
            ("淮北市相山区人社局2023年", "相山区人力资源和社会保障局2023年"),
        ]
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to));
        let desk = Self { folder: tempfile::tempdir().expect("a folder"), text };
        desk.save(&desk.text);
        desk
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("报告 2023.toml")
    }

    /// Writes the file as a simple editor does.
    pub(super) fn save(&self, text: &str) {
        fs::write(self.file(), text).expect("saved");
    }

    /// Writes the file as a careful editor does: under another name, then renamed.
    pub(super) fn replace(&self, text: &str) {
        let other = self.folder.path().join(".swap~");
        fs::write(&other, text).expect("saved");
        fs::rename(&other, self.file()).expect("renamed");
    }

    /// The text with another figure for 行政许可.
    pub(super) fn with_licensing(&self, figure: &str) -> String {
        self.changed("licensing           = 63", &format!("licensing           = {figure}"))
    }

    /// The text with a sum that does not hold.
    pub(super) fn with_error(&self) -> String {
        self.changed("received        = 0", "received        = [1, 0, 0, 0, 0, 0]")
    }

    /// The text with a mistake in its notation.
    pub(super) fn broken(&self) -> String {
        self.changed("penalties           = 1 ", "penalties           = = 1")
    }

    pub(super) fn changed(&self, from: &str, to: &str) -> String {
        assert!(self.text.contains(from), "{from}");
        self.text.replacen(from, to, 1)
    }
}
