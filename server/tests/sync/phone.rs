//! A phone over HTTP: the real client core of `domain::sync`, its requests and answers as they travel.

use crate::common::{Answer, Client, TestApp, actor, horizon_passes};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::entry::{Body, Subject};
use domain::ids::{EntryId, KnockId, StudentId, WriterId};
use domain::sync::{Changes, FileView, NewEntry, Progress, Replica, SyncResponse};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

pub struct Phone {
    superuser: PgPool,
    pub client: Client,
    pub me: Actor,
    pub replica: Replica,
}

impl Phone {
    /// Of a person of the small county, signed in, not synced yet.
    pub async fn of(app: &TestApp, number: &str) -> Self {
        let client = app.sign_in(number).await;
        Self {
            superuser: app.superuser.clone(),
            client,
            me: actor(number),
            replica: Replica::new(WriterId(Uuid::new_v4())),
        }
    }

    /// Writes one entry down and returns its id.
    pub fn write(&mut self, subject: Subject, body: Body) -> EntryId {
        self.write_whole(NewEntry {
            id: EntryId(Uuid::now_v7()),
            subject,
            knock: None,
            supersedes: None,
            body,
            label: String::new(),
        })
    }

    pub fn write_at_door(&mut self, subject: Subject, knock: KnockId, body: Body) -> EntryId {
        self.write_whole(NewEntry {
            id: EntryId(Uuid::now_v7()),
            subject,
            knock: Some(knock),
            supersedes: None,
            body,
            label: String::new(),
        })
    }

    pub fn write_whole(&mut self, new: NewEntry) -> EntryId {
        let id = new.id;
        self.replica.record(vec![new], now()).unwrap();
        id
    }

    /// The request as it would travel now.
    pub fn request(&self) -> Value {
        serde_json::to_value(self.replica.request("test")).unwrap()
    }

    /// One request, its answer not yet taken in.
    pub async fn ask(&mut self) -> Answer {
        let body = serde_json::to_vec(&self.replica.request("test")).unwrap();
        self.client.send(axum::http::Method::POST, "/api/v1/sync", Some(body)).await
    }

    /// One request and its answer.
    pub async fn exchange(&mut self) -> (SyncResponse, Changes) {
        let from = self.replica.cursor;
        let answer = self.ask().await;
        assert_eq!(answer.status, 200, "{answer}");
        let response: SyncResponse = serde_json::from_slice(&answer.body).unwrap();
        let changes = self.replica.receive(from, response.clone());
        (response, changes)
    }

    /// Until all is sent, and all that was written by now has come.
    pub async fn sync(&mut self) {
        self.sync_once().await;
        horizon_passes(&self.superuser).await;
        self.sync_once().await;
    }

    /// Until there is nothing more to send or to get.
    pub async fn sync_once(&mut self) {
        for _ in 0..100 {
            let (_, changes) = self.exchange().await;
            if changes.forked {
                self.replica.fork(WriterId(Uuid::new_v4())).unwrap();
            }
            if !changes.more && !changes.forked {
                return;
            }
        }
        panic!("no end of syncing");
    }

    pub fn progress(&self, id: EntryId) -> &Progress {
        self.replica.progress(id).unwrap()
    }

    pub fn accepted(&self, id: EntryId) -> bool {
        matches!(self.progress(id), Progress::Accepted { .. })
    }

    /// The codes of a refusal.
    pub fn refused(&self, id: EntryId) -> Vec<String> {
        match self.progress(id) {
            Progress::Refused { problems } => problems.iter().map(|p| p.code.to_string()).collect(),
            other => panic!("not refused: {other:?}"),
        }
    }

    pub fn file(&self, student: StudentId) -> &FileView {
        self.replica.caseload.files.get(&student).expect("the child is not in sight")
    }

    pub fn sees(&self, student: StudentId) -> bool {
        self.replica.caseload.files.contains_key(&student)
    }

    /// Kinds of duties owed by the person.
    pub fn owed(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.replica.caseload.duties.values().map(|d| d.reason.code()).collect();
        codes.sort_unstable();
        codes
    }
}

pub fn now() -> DateTime<Utc> {
    Utc::now()
}
