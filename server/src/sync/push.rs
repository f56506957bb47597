//! Takes in what a phone sends: one transaction a request. The writer's row is locked, what was seen
//! before is answered as it was then, the rest is applied in order and written down in the chain. The
//! reply leaves after the commit.

use super::batch::{Arrived, Author, apply};
use super::surroundings::{Memory, Surroundings};
use crate::database::Database;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::calendar::local_date;
use domain::entry::{Entry, Hash, body_hash, link};
use domain::ids::{EntryId, WriterId};
use domain::problem::Problem;
use domain::sync::wire::MAX_ENTRIES;
use domain::sync::{Answer, NewEntry, Receipt, SyncRequest};
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{Acquire, PgConnection, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How often a request that met another one in the database is tried before the phone has to.
const TRIES: usize = 5;

/// An entry longer than this is none: texts are limited to some thousand characters.
const MAX_BYTES: usize = 64 << 10;

/// What became of what a phone sent.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    pub receipts: Vec<Receipt>,
    pub expected_seq: Option<u64>,
    pub forked: bool,
}

/// The part of an entry that every version has.
#[derive(Deserialize)]
struct Head {
    id: EntryId,
    seq: u64,
}

/// One entry of the request: its head, its bytes, and what it says if that can be read.
struct Sent<'a> {
    head: Head,
    raw: &'a str,
    entry: std::result::Result<Entry, Problem>,
}

impl<'a> Sent<'a> {
    fn read(raw: &'a str, writer: WriterId) -> Result<Self> {
        let head: Head =
            serde_json::from_str(raw).map_err(|_| Error::Malformed("an entry without id and seq"))?;
        let entry = if raw.len() > MAX_BYTES {
            Err(Problem::of("TOO_LONG"))
        } else {
            match serde_json::from_str::<Entry>(raw) {
                Ok(entry) if entry.writer != writer => Err(Problem::at("writer", "OTHER_WRITER")),
                Ok(entry) => Ok(entry),
                Err(_) => Err(Problem::at("body", "UNREADABLE")),
            }
        };
        Ok(Self { head, raw, entry })
    }
}

/// Whether entries are applied together or, because the database could not hold one of them, each by
/// itself.
#[derive(Clone, Copy)]
enum Mode {
    Together,
    OneByOne,
}

/// Takes in the entries of a request.
///
/// # Errors
/// The request has too many entries or one that is none at all, or the database does not answer.
pub(super) async fn push(
    database: &Database,
    memory: &Memory,
    actor: &Actor,
    request: &SyncRequest,
    now: DateTime<Utc>,
) -> Result<Pushed> {
    if request.entries.len() > MAX_ENTRIES {
        return Err(Error::TooLarge);
    }
    let sent: Vec<Sent<'_>> =
        request.entries.iter().map(|raw| Sent::read(raw.get(), request.writer)).collect::<Result<_>>()?;
    if sent.is_empty() {
        return Ok(Pushed::default());
    }
    let mut mode = Mode::Together;
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match attempt(database, memory, actor, request, &sent, now, mode).await {
            Err(Error::Database(error)) if tries < TRIES => error,
            done => return done,
        };
        match class(&error) {
            Some(Class::Conflict) => {}
            Some(Class::Data) if matches!(mode, Mode::Together) => mode = Mode::OneByOne,
            _ => return Err(error.into()),
        }
    }
}

async fn attempt(
    database: &Database,
    memory: &Memory,
    actor: &Actor,
    request: &SyncRequest,
    sent: &[Sent<'_>],
    now: DateTime<Utc>,
    mode: Mode,
) -> Result<Pushed> {
    let mut tx = database.applier(actor.county, actor.user).await?;
    let Some(mut writer) = Writer::lock(&mut tx, actor, request).await? else {
        return Ok(Pushed { forked: true, ..Pushed::default() });
    };
    let mut pushed = Pushed::default();
    let seen_until = sent.iter().take_while(|s| s.head.seq <= writer.last_seq).count();
    let (seen, rest) = sent.split_at(seen_until);
    if !seen.is_empty() {
        match writer.seen(&mut tx, seen).await? {
            Some(receipts) => pushed.receipts = receipts,
            None => return Ok(Pushed { forked: true, ..Pushed::default() }),
        }
    }
    let mut expected = writer.last_seq + 1;
    let fresh = rest
        .iter()
        .take_while(|s| {
            s.head.seq == expected && {
                expected += 1;
                true
            }
        })
        .count();
    let (fresh, late) = rest.split_at(fresh);
    if !late.is_empty() {
        pushed.expected_seq = Some(expected);
    }
    if !fresh.is_empty() {
        let author = Author { actor: actor.clone(), signed_in: true, cursor: request.cursor };
        let around = memory.of_version(&mut tx, actor.county, local_date(now), writer.surroundings).await?;
        let answers = take(&mut tx, &around, &author, fresh, now, mode).await?;
        for (sent, answer) in fresh.iter().zip(answers) {
            writer.wrote(&sent.head, sent.raw, &answer);
            pushed.receipts.push(Receipt { id: sent.head.id, seq: sent.head.seq, answer });
        }
        writer.store(&mut tx, now).await?;
    }
    tx.commit().await?;
    Ok(pushed)
}

/// The answers to these entries, in their order.
async fn take(
    tx: &mut PgConnection,
    around: &Surroundings,
    author: &Author,
    fresh: &[Sent<'_>],
    now: DateTime<Utc>,
    mode: Mode,
) -> Result<Vec<Answer>> {
    let arrived: Vec<Arrived> = fresh
        .iter()
        .filter_map(|sent| {
            let entry = sent.entry.as_ref().ok()?.clone();
            Some(Arrived { entry, raw: sent.raw.into(), at: now })
        })
        .collect();
    let mut answers = match mode {
        Mode::Together => apply(tx, around, author, &arrived).await?,
        Mode::OneByOne => one_by_one(tx, around, author, &arrived).await?,
    }
    .into_iter();
    let unreadable = |problem: &Problem| Answer::Refused { problems: vec![problem.clone()] };
    fresh
        .iter()
        .map(|sent| match &sent.entry {
            Ok(_) => answers.next().ok_or_else(|| Error::Internal("an entry without an answer".into())),
            Err(problem) => Ok(unreadable(problem)),
        })
        .collect()
}

/// Each entry in a savepoint of its own: what the database cannot hold goes back to its author, and
/// the others are taken.
async fn one_by_one(
    tx: &mut PgConnection,
    around: &Surroundings,
    author: &Author,
    arrived: &[Arrived],
) -> Result<Vec<Answer>> {
    let mut answers = Vec::with_capacity(arrived.len());
    for one in arrived {
        let mut savepoint = tx.begin().await?;
        match apply(&mut savepoint, around, author, std::slice::from_ref(one)).await {
            Ok(mut answer) => {
                savepoint.commit().await?;
                answers.append(&mut answer);
            }
            Err(Error::Database(error)) if matches!(class(&error), Some(Class::Data)) => {
                savepoint.rollback().await?;
                answers.push(Answer::Refused { problems: vec![Problem::at("body", "CANNOT_BE_STORED")] });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(answers)
}

/// Writes entries of the server's own (an import, the demo county) on the same path as a phone's: the
/// rules, the chain, everything that follows. Each entry has its moment. Seqs go on where the writer
/// stands; answers come in the order of the entries.
///
/// # Errors
/// The database does not answer, or cannot hold an entry: then none of them counts.
pub async fn record(
    tx: &mut PgConnection,
    around: &Surroundings,
    author: &Author,
    writer: WriterId,
    new: Vec<(DateTime<Utc>, NewEntry)>,
) -> Result<Vec<Answer>> {
    let request = SyncRequest {
        protocol: domain::sync::wire::PROTOCOL,
        writer,
        build: env!("CARGO_PKG_VERSION").into(),
        entries: Vec::new(),
        cursor: None,
        directory: None,
        kept: Vec::new(),
    };
    let Some(mut writer_row) = Writer::lock(tx, &author.actor, &request).await? else {
        return Err(Error::Internal("the writer is another person's".into()));
    };
    let mut arrived = Vec::with_capacity(new.len());
    for ((at, new), seq) in new.into_iter().zip(writer_row.last_seq + 1..) {
        let entry = Entry {
            id: new.id,
            subject: new.subject,
            knock: new.knock,
            recorded_at: at,
            writer,
            seq,
            supersedes: new.supersedes,
            body: new.body,
        };
        let raw = serde_json::to_string(&entry).map_err(|e| Error::Internal(e.to_string()))?;
        arrived.push(Arrived { entry, raw: raw.into(), at });
    }
    let mut answers = Vec::with_capacity(arrived.len());
    for part in arrived.chunks(RECORD_AT_ONCE) {
        answers.append(&mut apply(tx, around, author, part).await?);
    }
    for (arrived, answer) in arrived.iter().zip(&answers) {
        let head = Head { id: arrived.entry.id, seq: arrived.entry.seq };
        writer_row.wrote(&head, &arrived.raw, answer);
    }
    let at = arrived.last().map_or_else(Utc::now, |last| last.at);
    writer_row.store(tx, at).await?;
    Ok(answers)
}

/// Entries of the server's own that are applied with one set of statements.
const RECORD_AT_ONCE: usize = 500;

/// A writer while its row is locked, with what it wrote in this transaction.
struct Writer {
    county: Uuid,
    id: Uuid,
    last_seq: u64,
    head: Hash,
    /// The version of places, people and settings.
    surroundings: i64,
    new: Vec<Wrote>,
}

struct Wrote {
    seq: u64,
    entry: Uuid,
    hash: Hash,
    link: Hash,
    answer: String,
}

impl Writer {
    /// The writer's row, locked; a new one when it is first seen. `None`: it is another person's.
    async fn lock(tx: &mut PgConnection, actor: &Actor, request: &SyncRequest) -> Result<Option<Self>> {
        let (county, id) = (actor.county.0, request.writer.0);
        let find = "SELECT user_id, last_seq, chain_head,
               coalesce((SELECT version FROM surroundings WHERE county = $1), 0) AS surroundings
             FROM writer WHERE county = $1 AND id = $2 FOR UPDATE";
        let found = sqlx::query(find).bind(county).bind(id).fetch_optional(&mut *tx).await?;
        let row = match found {
            Some(row) => row,
            None => {
                sqlx::query(
                    "INSERT INTO writer (county, id, user_id, build) VALUES ($1, $2, $3, left($4, 80))
                     ON CONFLICT DO NOTHING",
                )
                .bind(county)
                .bind(id)
                .bind(actor.user.0)
                .bind(&request.build)
                .execute(&mut *tx)
                .await?;
                // Another county's is not even seen.
                let Some(row) = sqlx::query(find).bind(county).bind(id).fetch_optional(tx).await? else {
                    return Ok(None);
                };
                row
            }
        };
        if row.try_get::<Uuid, _>("user_id")? != actor.user.0 {
            return Ok(None);
        }
        let head: Vec<u8> = row.try_get("chain_head")?;
        let head =
            Hash::try_from(head).map_err(|_| Error::Internal("a chain head of another size".into()))?;
        let last_seq = row.try_get::<i64, _>("last_seq")?.cast_unsigned();
        let surroundings = row.try_get("surroundings")?;
        Ok(Some(Self { county, id, last_seq, head, surroundings, new: Vec::new() }))
    }

    /// What was answered then. `None`: one of them says something else now than it did, so that two
    /// phones write under one name.
    async fn seen(&self, tx: &mut PgConnection, sent: &[Sent<'_>]) -> Result<Option<Vec<Receipt>>> {
        let rows: Vec<(i64, Uuid, Vec<u8>, Json<Answer>)> = sqlx::query_as(
            "SELECT seq, entry, body_hash, answer FROM received
             WHERE county = $1 AND writer = $2 AND seq = ANY($3)",
        )
        .bind(self.county)
        .bind(self.id)
        .bind(sent.iter().map(|s| s.head.seq.cast_signed()).collect::<Vec<_>>())
        .fetch_all(tx)
        .await?;
        let mut before: BTreeMap<u64, _> = rows
            .into_iter()
            .map(|(seq, entry, hash, Json(answer))| (seq.cast_unsigned(), (entry, hash, answer)))
            .collect();
        let receipt = |sent: &Sent<'_>| {
            let (entry, hash, answer) = before.remove(&sent.head.seq)?;
            let same = entry == sent.head.id.0 && hash == body_hash(sent.raw.as_bytes());
            same.then_some(Receipt { id: sent.head.id, seq: sent.head.seq, answer })
        };
        Ok(sent.iter().map(receipt).collect())
    }

    fn wrote(&mut self, head: &Head, raw: &str, answer: &Answer) {
        let hash = body_hash(raw.as_bytes());
        self.head = link(&self.head, head.seq, &hash);
        self.last_seq = head.seq;
        // An answer is codes and numbers; it always has a JSON form.
        let answer = serde_json::to_string(answer).unwrap_or_default();
        self.new.push(Wrote { seq: head.seq, entry: head.id.0, hash, link: self.head, answer });
    }

    async fn store(self, tx: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
        let new = &self.new;
        sqlx::query(
            "WITH chained AS (
               UPDATE writer SET last_seq = $4, chain_head = $5 WHERE county = $1 AND id = $2
             )
             INSERT INTO received (county, writer, received_at, seq, entry, body_hash, link, answer)
             SELECT $1, $2, $3, seq, entry, body_hash, link, answer::json
             FROM unnest($6::bigint[], $7::uuid[], $8::bytea[], $9::bytea[], $10::text[])
               AS n (seq, entry, body_hash, link, answer)",
        )
        .bind(self.county)
        .bind(self.id)
        .bind(now)
        .bind(self.last_seq.cast_signed())
        .bind(self.head.as_slice())
        .bind(new.iter().map(|w| w.seq.cast_signed()).collect::<Vec<_>>())
        .bind(new.iter().map(|w| w.entry).collect::<Vec<_>>())
        .bind(new.iter().map(|w| w.hash.as_slice()).collect::<Vec<_>>())
        .bind(new.iter().map(|w| w.link.as_slice()).collect::<Vec<_>>())
        .bind(new.iter().map(|w| w.answer.as_str()).collect::<Vec<_>>())
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// What a database error means for a request.
enum Class {
    /// Two requests met: try again.
    Conflict,
    /// A value that the database cannot hold (SQLSTATE classes 22 and 23).
    Data,
}

fn class(error: &sqlx::Error) -> Option<Class> {
    let code = error.as_database_error()?.code()?;
    match code.as_ref() {
        "40001" | "40P01" => Some(Class::Conflict),
        code if code.starts_with("22") || code.starts_with("23") => Some(Class::Data),
        _ => None,
    }
}
