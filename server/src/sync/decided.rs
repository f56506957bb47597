//! What the office decided about entries that were kept for it, told to their author, who asks by id. A
//! settlement is the office's own entry; of it the author learns that the entry stands or why it does not.

use crate::database::Database;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::entry::{Body, Entry};
use domain::ids::EntryId;
use domain::sync::Decided;
use domain::sync::wire::MAX_ENTRIES;
use domain::vocabulary::Settled;
use uuid::Uuid;

/// Decisions about those of these entries that this person wrote.
///
/// # Errors
/// Too many at once, or the database does not answer.
pub(super) async fn decided(database: &Database, actor: &Actor, kept: &[EntryId]) -> Result<Vec<Decided>> {
    if kept.len() > MAX_ENTRIES {
        return Err(Error::TooLarge);
    }
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = database.applier(actor.county, actor.user).await?;
    let rows: Vec<(Uuid, DateTime<Utc>, String)> = sqlx::query_as(
        "SELECT q.id, q.received_at, s.raw FROM quarantine q
         JOIN entry s ON s.county = q.county AND s.student IS NULL AND s.subject = q.school
           AND s.kind = 'SETTLEMENT' AND (s.raw::jsonb #>> '{body,of}')::uuid = q.id
         WHERE q.county = $1 AND q.author = $2 AND q.id = ANY($3)",
    )
    .bind(actor.county.0)
    .bind(actor.user.0)
    .bind(kept.iter().map(|id| id.0).collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    let decision = |(id, received_at, raw): (Uuid, DateTime<Utc>, String)| {
        let entry: Entry = serde_json::from_str(&raw).ok()?;
        let Body::Settlement(settlement) = entry.body else { return None };
        let returned = (settlement.how == Settled::Returned).then(|| settlement.words.unwrap_or_default());
        Some(Decided { id: EntryId(id), received_at, returned })
    };
    Ok(rows.into_iter().filter_map(decision).collect())
}
