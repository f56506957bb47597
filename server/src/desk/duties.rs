//! What this person owes, and what was kept for the office to decide.

use super::{Desk, bounds, count, settle};
use crate::error::{Error, Result};
use crate::stored::{StoredDuty, StoredEntry};
use app::desk::Paged;
use app::desk::duties::{DutyRow, KeptEntry};
use chrono::Utc;
use domain::duty::of_kept;
use domain::entry::Body;
use domain::ids::{ClassId, EntryId, SchoolId};
use serde_json::Value;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    duty: StoredDuty,
    name: Option<String>,
    class: Option<Uuid>,
    total: i64,
}

/// A page of what is owed, the earliest first.
///
/// # Errors
/// The database does not answer.
pub(super) async fn page(desk: &Desk, page: u32) -> Result<Paged<DutyRow>> {
    let as_of = Utc::now();
    let mut tx = desk.reader().await?;
    let (limit, offset) = bounds(page);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT d.id, d.owner, d.owner_role, d.student, d.due_on, d.reason, s.name, s.class,
           count(*) OVER () AS total
         FROM duty d LEFT JOIN student s ON s.county = d.county AND s.id = d.student
         WHERE d.county = $1 AND NOT d.gone
         ORDER BY d.due_on, d.reason_kind, d.id, d.owner LIMIT $2 OFFSET $3",
    )
    .bind(desk.actor.county.0)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *tx)
    .await?;
    let total = count(rows.first().map(|row| row.total));
    let rows = rows
        .into_iter()
        .filter_map(|row| {
            Some(DutyRow { duty: row.duty.duty()?, name: row.name, class: row.class.map(ClassId) })
        })
        .collect();
    Ok(Paged { rows, total, page, as_of })
}

/// An entry whose author's right had ended.
///
/// # Errors
/// There is none that this office decides about, or the database does not answer.
pub(super) async fn kept(desk: &Desk, entry: EntryId) -> Result<KeptEntry> {
    let mut tx = desk.reader().await?;
    let county = desk.actor.county.0;
    let row: Option<Kept> = sqlx::query_as(
        "SELECT raw, author, author_name, received_at, school FROM quarantine WHERE county = $1 AND id = $2",
    )
    .bind(county)
    .bind(entry.0)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(Kept { entry: row, school }) = row else { return Err(Error::NotFound) };
    let mut seen = row.seen_by(desk.actor.user)?.ok_or(Error::NotFound)?;
    // Whom a newer kind is for, nobody here knows.
    if let Body::Unknown { body, .. } = &mut seen.entry.body {
        *body = Value::Null;
    }
    let name = match seen.entry.subject.student() {
        Some(student) => {
            sqlx::query_scalar("SELECT name FROM student WHERE county = $1 AND id = $2")
                .bind(county)
                .bind(student.0)
                .fetch_optional(&mut *tx)
                .await?
        }
        None => None,
    };
    drop(tx);
    let waits = match school {
        Some(school) => {
            let school = SchoolId(school);
            settle::waits(desk, school, of_kept(school, entry)).await?
        }
        None => false,
    };
    Ok(KeptEntry { seen, name, waits })
}

#[derive(sqlx::FromRow)]
struct Kept {
    #[sqlx(flatten)]
    entry: StoredEntry,
    school: Option<Uuid>,
}
