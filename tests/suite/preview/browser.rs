//! A real browser, driven over the WebDriver protocol: Debian's chromium, without a window, with a fresh profile.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::server::PATIENCE;

/// A browser window. Ends with the value.
pub(super) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    profile: tempfile::TempDir,
    /// Kept open: chromedriver ends when it cannot write.
    _out: BufReader<ChildStdout>,
}

impl Browser {
    /// Opens a window of this size, or says loudly that there is no browser. In continuous integration there must
    /// be one.
    pub(super) fn open(width: u32, height: u32) -> Option<Self> {
        let spawned = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut driver) = spawned else {
            let is_required =
                std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1");
            assert!(!is_required, "chromedriver is missing: install chromium and chromium-driver");
            eprintln!(
                "\n*** NOT TESTED: chromedriver is missing; install chromium and chromium-driver ***\n"
            );
            return None;
        };
        let mut out = BufReader::new(driver.stdout.take().expect("a pipe"));
        let port = loop {
            let mut line = String::new();
            assert_ne!(out.read_line(&mut line).expect("a line"), 0, "chromedriver says its port");
            let told = line.split("started successfully on port ").nth(1);
            if let Some(port) = told.and_then(|told| told.trim().trim_end_matches('.').parse().ok())
            {
                break port;
            }
        };
        let profile = tempfile::tempdir().expect("a folder");
        let mut browser = Self { driver, _out: out, port, session: String::new(), profile };
        browser.begin(width, height);
        Some(browser)
    }

    fn begin(&mut self, width: u32, height: u32) {
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            format!("--user-data-dir={}", self.profile.path().display()),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"args": arguments},
        }}});
        let session = self.call("POST", "/session", &wanted);
        self.session = format!("/session/{}", session["sessionId"].as_str().expect("a session"));
        self.resize(width, height, false);
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut stream =
            TcpStream::connect(("127.0.0.1", self.port)).expect("chromedriver answers");
        stream.set_read_timeout(Some(PATIENCE * 2)).expect("set");
        let body = if method == "POST" { body.to_string() } else { String::new() };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .expect("sent");
        let (head, body) = answer(stream);
        let body: Value =
            serde_json::from_str(&body).unwrap_or_else(|_| panic!("no JSON: {body:.500}"));
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {:.1000}", body.to_string());
        body["value"].clone()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("{}{path}", self.session), body)
    }

    /// Gives the window another size; a narrow one is a phone.
    pub(super) fn resize(&self, width: u32, height: u32, is_phone: bool) {
        let size = json!({"width": width, "height": height, "mobile": is_phone, "deviceScaleFactor": if is_phone { 2 } else { 1 }});
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": size}),
        );
    }

    /// Opens an address.
    pub(super) fn go(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Runs a function body in the page and returns what it returns.
    pub(super) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Waits until an expression in the page is true.
    pub(super) fn wait(&self, what: &str, expression: &str) {
        let start = Instant::now();
        while self.run(&format!("return Boolean({expression})")) != json!(true) {
            assert!(start.elapsed() < PATIENCE, "no {what}: {expression}\n{}", self.summary());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn summary(&self) -> String {
        let text = self.run("return document.body.innerText.slice(0, 800)");
        format!("{}\n{:?}", text.as_str().unwrap_or_default(), self.complaints())
    }

    /// Clicks an element as a person does.
    pub(super) fn click(&self, selector: &str) {
        let found = self.post("/element", &json!({"using": "css selector", "value": selector}));
        let id = found
            .as_object()
            .and_then(|found| found.values().next())
            .and_then(Value::as_str)
            .expect("an element")
            .to_owned();
        self.post(&format!("/element/{id}/click"), &json!({}));
    }

    /// Presses keys.
    pub(super) fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
            })
            .collect();
        self.post(
            "/actions",
            &json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}),
        );
    }

    /// A picture of the window, as base64.
    pub(super) fn picture(&self) -> String {
        let picture = self.call("GET", &format!("{}/screenshot", self.session), &Value::Null);
        picture.as_str().expect("a picture").to_owned()
    }

    /// Warnings and errors of the console since the last question.
    pub(super) fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "browser"}));
        let entries = log.as_array().expect("a log").iter();
        entries
            .filter(|entry| entry["level"] != "DEBUG" && entry["level"] != "INFO")
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// Addresses that pages asked for since the last question.
    pub(super) fn requests(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "performance"}));
        let entries = log.as_array().expect("a log").iter();
        entries
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|entry| {
                entry["message"]["params"]["request"]["url"].as_str().map(str::to_owned)
            })
            .collect()
    }
}

impl Drop for Browser {
    /// Closes the window in any case: chromium outlives its driver.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let _ = write!(
                stream,
                "DELETE {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\n\r\n",
                self.session, self.port
            );
            let _ = stream.read(&mut [0; 64]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Reads one answer; the connection may stay open after it.
fn answer(stream: TcpStream) -> (String, String) {
    let mut stream = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("an answer in time");
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a length");
        }
        if line.trim().is_empty() {
            break;
        }
        head += &line;
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("an answer in time");
    (head, String::from_utf8_lossy(&body).into_owned())
}
