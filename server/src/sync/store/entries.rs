//! Entries as they came: those that stand, and those that are kept for the office.

use crate::error::Result;
use crate::sync::batch::Batch;
use domain::access::Facet;
use domain::entry::{Body, Kind, Subject};
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) async fn stand(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    if batch.new.entries.is_empty() {
        return Ok(());
    }
    columns! {
        id: Uuid, facet: &'static str, kind: String, subject_kind: &'static str, subject: Uuid,
        student: Option<Uuid>, class: Option<Uuid>, writer: Uuid, seq: i64, knock: Option<Uuid>, supersedes: Option<Uuid>,
        recorded_at: chrono::DateTime<chrono::Utc>, received_at: chrono::DateTime<chrono::Utc>, raw: String,
    }
    let mut c = Columns::default();
    for arrived in &batch.new.entries {
        let entry = &arrived.entry;
        let (subject_kind, subject) = subject(entry.subject);
        c.id.push(entry.id.0);
        c.facet.push(Facet::of(&entry.body).map_or("", Facet::code));
        c.kind.push(kind(&entry.body).to_owned());
        c.subject_kind.push(subject_kind);
        c.subject.push(subject);
        let student = entry.subject.student();
        let basics = student.and_then(|id| batch.files.get(&id)?.state.basics.as_ref());
        c.student.push(student.map(|s| s.0));
        c.class.push(basics.map(|b| b.class.0));
        c.writer.push(entry.writer.0);
        c.seq.push(i64::try_from(entry.seq).unwrap_or(i64::MAX));
        c.knock.push(entry.knock.map(|k| k.0));
        c.supersedes.push(entry.supersedes.map(|e| e.0));
        c.recorded_at.push(entry.recorded_at);
        c.received_at.push(arrived.at);
        c.raw.push(arrived.raw.to_string());
    }
    let author = &batch.author.actor;
    sqlx::query(
        "INSERT INTO entry (county, author, author_name, id, facet, kind, subject_kind, subject, student,
           class, writer, seq, knock, supersedes, recorded_at, received_at, raw)
         SELECT $1, $2, $3, * FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::uuid[],
           $9::uuid[], $10::uuid[], $11::uuid[], $12::bigint[], $13::uuid[], $14::uuid[],
           $15::timestamptz[], $16::timestamptz[], $17::text[])",
    )
    .bind(batch.around.county.0)
    .bind(author.user.0)
    .bind(&author.name)
    .bind(c.id)
    .bind(c.facet)
    .bind(c.kind)
    .bind(c.subject_kind)
    .bind(c.subject)
    .bind(c.student)
    .bind(c.class)
    .bind(c.writer)
    .bind(c.seq)
    .bind(c.knock)
    .bind(c.supersedes)
    .bind(c.recorded_at)
    .bind(c.received_at)
    .bind(c.raw)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn are_kept(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    for (arrived, school) in &batch.new.quarantined {
        let entry = &arrived.entry;
        let (subject_kind, subject) = subject(entry.subject);
        sqlx::query(
            "INSERT INTO quarantine (county, id, school, kind, subject_kind, subject, author, author_name,
               writer, seq, received_at, raw)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(batch.around.county.0)
        .bind(entry.id.0)
        .bind(school.0)
        .bind(kind(&entry.body))
        .bind(subject_kind)
        .bind(subject)
        .bind(batch.author.actor.user.0)
        .bind(&batch.author.actor.name)
        .bind(entry.writer.0)
        .bind(i64::try_from(entry.seq).unwrap_or(i64::MAX))
        .bind(arrived.at)
        .bind(&*arrived.raw)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

const fn subject(subject: Subject) -> (&'static str, Uuid) {
    match subject {
        Subject::Student(id) => ("STUDENT", id.0),
        Subject::School(id) => ("SCHOOL", id.0),
        Subject::Village(id) => ("VILLAGE", id.0),
    }
}

fn kind(body: &Body) -> &str {
    match body {
        Body::Unknown { kind, .. } => kind,
        known => known.kind().map_or("", Kind::code),
    }
}
