//! The program under test, and a data folder that goes when it goes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than anything takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A folder for a database, reachable for whoever Postgres runs as.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("qiaomen-binary-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let site = folder.join("site");
        std::fs::create_dir(&site).unwrap();
        std::fs::write(site.join("assets.json"), "{\"build\": \"b1\"}").unwrap();
        Self(folder)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qiaomen"));
        for name in ["DATABASE_URL", "QIAOMEN_ADDR", "QIAOMEN_DEMO", "QIAOMEN_LOG"] {
            command.env_remove(name);
        }
        command.env("QIAOMEN_DATA", self.data()).env("QIAOMEN_SITE", self.0.join("site")).args(args);
        command
    }

    /// Runs a command to its end: how it ended, what it said and what it said went wrong.
    pub(crate) fn run(&self, args: &[&str]) -> (ExitStatus, String, String) {
        let output = self.command(args).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status, text(&output.stdout), text(&output.stderr))
    }

    /// How many Postgres servers run on this folder: not counting the processes that each of them starts.
    pub(crate) fn postgres_count(&self) -> usize {
        let pids = self.postgres();
        pids.iter().filter(|pid| !pids.contains(&parent(pid))).count()
    }

    /// Every process of a Postgres that works on this folder.
    pub(crate) fn postgres(&self) -> Vec<String> {
        let data = self.data().join("postgres");
        let works_here =
            |pid: &String| std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data);
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        processes.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(works_here).collect()
    }
}

fn parent(pid: &str) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // pid (name) state parent …
    stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).unwrap_or("0").to_owned()
}

/// Sends a signal to a process.
pub(crate) fn signal(pid: &str, signal: &str) {
    Command::new("kill").args([&format!("-{signal}"), pid]).status().unwrap();
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A killed server's Postgres may still be ending in there.
        for _ in 0..100 {
            if std::fs::remove_dir_all(&self.0).is_ok() {
                return;
            }
            std::thread::yield_now();
        }
    }
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// One request over a connection of its own, to a server that may end in the middle of it.
pub(crate) fn exchange(address: &str, request: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// What is sent to an address, as JSON.
pub(crate) fn posted(path: &str, cookie: &str, json: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    )
}

/// A running server.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: String,
    /// What it said until it listened.
    pub(crate) said: Vec<String>,
    errors: Receiver<String>,
}

impl Program {
    pub(crate) fn serve(folder: &Folder, args: &[&str]) -> Self {
        let mut command = folder.command(&["serve", "--addr", "127.0.0.1:0"]);
        let mut child = command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let (send, errors) = channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            let _ = send.send(text);
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        let address = loop {
            match lines.next() {
                Some(line) => said.push(line.unwrap()),
                None => panic!("{said:?} {}", errors.recv().unwrap_or_default()),
            }
            if let Some(address) = said.last().and_then(|line| line.strip_prefix("listening on http://")) {
                break address.to_owned();
            }
        };
        Self { child, address, said, errors }
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address))
    }

    pub(crate) fn post(&self, path: &str, json: &str) -> (u16, String) {
        self.ask(&posted(path, "", json))
    }

    fn ask(&self, request: &str) -> (u16, String) {
        let answer = exchange(&self.address, request).unwrap();
        (answer.status, answer.body)
    }

    /// Sends a signal and waits.
    pub(crate) fn end(&mut self, signal: &str) -> ExitStatus {
        self::signal(&self.child.id().to_string(), signal);
        self.wait()
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// What it said went wrong, once it has ended.
    pub(crate) fn errors(&self) -> String {
        self.errors.recv_timeout(PATIENCE).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
