//! The database is killed while phones send: what was acknowledged is there, once, and what was not is sent
//! again.

use super::program::{Folder, Program, exchange, posted, signal};
use serde_json::{Value, json};
use server::cluster::{Cluster, DATABASE};
use sqlx::{Connection as _, PgConnection};
use std::collections::BTreeSet;
use std::sync::mpsc::{Sender, channel};
use uuid::Uuid;

/// Phones that send at once.
const PHONES: usize = 4;
/// Entries of a request.
const AT_ONCE: u64 = 3;
/// Acknowledged entries after which the database is killed.
const ENOUGH: usize = 60;

/// A phone that has nothing to do but to write.
struct Phone {
    cookie: String,
    writer: Uuid,
    child: Value,
    /// Entries of the last request that was not answered, in their order.
    unanswered: Vec<Value>,
    seq: u64,
    written: Vec<Uuid>,
}

impl Phone {
    fn sign_in(address: &str, number: &str, password: &str) -> Self {
        let device = json!({"id": Uuid::now_v7(), "label": "test"});
        let typed = json!({"phone": number, "password": password, "device": device}).to_string();
        let answer = exchange(address, &posted("/api/v1/session", "", &typed)).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let writer = Uuid::now_v7();
        let pull = json!({"protocol": 1, "writer": writer}).to_string();
        let files = exchange(address, &posted("/api/v1/sync", &cookie, &pull)).unwrap().body;
        let files: Value = serde_json::from_str(&files).unwrap();
        let child = files["page"]["files"][0]["student"]["id"].clone();
        assert!(child.is_string(), "{files}");
        Self { cookie, writer, child, unanswered: Vec::new(), seq: 0, written: Vec::new() }
    }

    fn write(&mut self) {
        for _ in 0..AT_ONCE {
            self.seq += 1;
            let id = Uuid::now_v7();
            self.written.push(id);
            self.unanswered.push(json!({
                "id": id, "subject": {"student": self.child}, "recorded_at": "2026-11-20T09:38:00Z",
                "writer": self.writer, "seq": self.seq, "kind": "ABSENCE", "v": 1,
                "body": {"first_absent_on": "2026-11-20"}
            }));
        }
    }

    /// Sends what is unanswered; the ids that were acknowledged, or nothing when the server is gone.
    fn send(&mut self, address: &str) -> Option<Vec<Uuid>> {
        let request = json!({"protocol": 1, "writer": self.writer, "entries": self.unanswered}).to_string();
        let answer = exchange(address, &posted("/api/v1/sync", &self.cookie, &request)).ok()?;
        if answer.status != 200 {
            assert!(answer.status >= 500, "{}", answer.body);
            return None;
        }
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let receipts = answer["receipts"].as_array().unwrap();
        assert_eq!(receipts.len(), self.unanswered.len(), "{answer}");
        assert!(receipts.iter().all(|receipt| receipt["answer"] == "accepted"), "{answer}");
        self.unanswered.clear();
        Some(receipts.iter().map(|receipt| receipt["id"].as_str().unwrap().parse().unwrap()).collect())
    }

    /// Writes and sends until the server is gone.
    fn send_on(mut self, address: &str, acknowledged: &Sender<Vec<Uuid>>) -> Self {
        loop {
            self.write();
            match self.send(address) {
                Some(ids) => acknowledged.send(ids).unwrap(),
                None => return self,
            }
        }
    }
}

/// The ids of what stands, in whatever number of rows.
async fn stored(folder: &Folder) -> Vec<Uuid> {
    let cluster = Cluster::begin_or_join(&folder.data()).unwrap();
    let mut database = PgConnection::connect_with(&cluster.connection("postgres", DATABASE)).await.unwrap();
    sqlx::query_scalar(
        "SELECT id FROM entry WHERE kind = 'ABSENCE' AND writer = ANY(
           SELECT writer FROM received WHERE received_at > now() - interval '1 hour')",
    )
    .fetch_all(&mut database)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_killed_database_and_the_rest_is_sent_again() {
    let folder = Folder::new();
    let mut server = Program::serve(&folder, &["--demo", "village"]);
    let teacher = server.said.iter().find(|line| line.contains("班主任")).unwrap();
    let words: Vec<&str> = teacher.split_whitespace().collect();
    let number = *words.iter().find(|word| word.len() == 11 && word.starts_with("144")).unwrap();
    let phones: Vec<_> =
        (0..PHONES).map(|_| Phone::sign_in(&server.address, number, words.last().unwrap())).collect();

    let (send, acknowledgements) = channel();
    let senders: Vec<_> = phones
        .into_iter()
        .map(|phone| {
            let (address, send) = (server.address.clone(), send.clone());
            std::thread::spawn(move || phone.send_on(&address, &send))
        })
        .collect();
    drop(send);
    let mut acknowledged: Vec<Uuid> = Vec::new();
    while acknowledged.len() < ENOUGH {
        acknowledged.extend(acknowledgements.recv().unwrap());
    }
    for process in folder.postgres() {
        signal(&process, "KILL");
    }
    acknowledged.extend(acknowledgements.iter().flatten());
    let phones: Vec<Phone> = senders.into_iter().map(|sender| sender.join().unwrap()).collect();
    assert!(!server.wait().success());

    let mut server = Program::serve(&folder, &[]);
    let after: BTreeSet<Uuid> = stored(&folder).await.into_iter().collect();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !after.contains(id)).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged entries are gone", lost.len(), acknowledged.len());

    let mut written = BTreeSet::new();
    for mut phone in phones {
        assert!(!phone.unanswered.is_empty());
        assert!(phone.send(&server.address).is_some(), "{:?}", phone.unanswered);
        written.extend(phone.written);
    }
    let all = stored(&folder).await;
    println!("{} acknowledged, {} written, {} stored", acknowledged.len(), written.len(), all.len());
    assert_eq!(all.len(), written.len());
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), written);
    let (status, said, errors) = folder.run(&["verify"]);
    assert!(status.success() && said.contains(" 0 broken"), "{said} {errors}");
    server.end("TERM");
}
