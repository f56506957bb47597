//! A phone reduced to its talk with the server: HTTP/1.1 on one connection that stays open. Written
//! out, so that measuring takes little of the two cores that are measured.

use domain::ids::WriterId;
use domain::sync::Cursor;
use domain::sync::wire::PROTOCOL;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use uuid::Uuid;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub(crate) struct Phone {
    pub(crate) writer: WriterId,
    connection: BufReader<TcpStream>,
    cookie: String,
    seq: u64,
    cursor: Option<Cursor>,
    directory: Option<String>,
}

/// What of an answer a phone needs to go on.
#[derive(Deserialize)]
struct Answer {
    receipts: Vec<Receipt>,
    #[serde(default)]
    page: Page,
}

#[derive(Deserialize)]
struct Receipt {
    answer: String,
}

#[derive(Default, Deserialize)]
struct Page {
    #[serde(default)]
    cursor: Option<Cursor>,
    #[serde(default)]
    directory_fingerprint: Option<String>,
    #[serde(default)]
    more: bool,
}

impl Phone {
    pub(crate) async fn sign_in(server: SocketAddr, number: &str, password: &str) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let mut phone = Self {
            writer: WriterId(Uuid::now_v7()),
            connection: BufReader::new(stream),
            cookie: String::new(),
            seq: 0,
            cursor: None,
            directory: None,
        };
        let device = json!({ "id": Uuid::now_v7(), "label": "load" });
        let typed = json!({ "phone": number, "password": password, "device": device });
        phone.post("/api/v1/session", &typed.to_string()).await?;
        if phone.cookie.is_empty() {
            return Err("signed in without a cookie".into());
        }
        Ok(phone)
    }

    pub(crate) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// Pulls until nothing is new.
    pub(crate) async fn catch_up(&mut self) -> Result<()> {
        while self.exchange(&[]).await?.1 {}
        Ok(())
    }

    /// One request; how long until its answer was here, whole.
    pub(crate) async fn sync(&mut self, entries: &[String]) -> Result<Duration> {
        Ok(self.exchange(entries).await?.0)
    }

    async fn exchange(&mut self, entries: &[String]) -> Result<(Duration, bool)> {
        let head = json!({
            "protocol": PROTOCOL,
            "writer": self.writer,
            "cursor": self.cursor,
            "directory": self.directory,
        })
        .to_string();
        let body = format!("{},\"entries\":[{}]}}", head.trim_end_matches('}'), entries.join(","));
        let begun = Instant::now();
        let answer = self.post("/api/v1/sync", &body).await?;
        let took = begun.elapsed();
        let answer: Answer = serde_json::from_slice(&answer)?;
        if answer.receipts.len() != entries.len() || answer.receipts.iter().any(|r| r.answer != "accepted") {
            return Err(format!(
                "{} of {} entries answered, or one refused",
                answer.receipts.len(),
                entries.len()
            )
            .into());
        }
        self.cursor = answer.page.cursor.or(self.cursor);
        self.directory = answer.page.directory_fingerprint.or(self.directory.take());
        Ok((took, answer.page.more))
    }

    async fn post(&mut self, path: &str, body: &str) -> Result<Vec<u8>> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncookie: {}\r\ncontent-length: {}\r\n\r\n{body}",
            self.cookie,
            body.len()
        );
        self.connection.write_all(request.as_bytes()).await?;
        let mut status = String::new();
        self.connection.read_line(&mut status).await?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "set-cookie" => self.cookie = value.split(';').next().unwrap_or_default().into(),
                "transfer-encoding" => return Err("an answer in pieces".into()),
                _ => {}
            }
        }
        let mut answer = vec![0; length];
        self.connection.read_exact(&mut answer).await?;
        if !status.contains(" 200 ") {
            let why: Value = serde_json::from_slice(&answer).unwrap_or_default();
            return Err(format!("{path}: {} {why}", status.trim()).into());
        }
        Ok(answer)
    }
}
