//! 单独上报 for the headteacher and the designated person. For everybody else this does not exist, also
//! not for who wrote one: what they wrote is on their phone.

use super::{Desk, EntryRow, bounds, count};
use crate::error::{Error, Result};
use app::desk::Paged;
use app::desk::reports::ReportRow;
use chrono::Utc;
use domain::actor::Role;
use domain::ids::ClassId;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    entry: EntryRow,
    name: Option<String>,
    class: Option<Uuid>,
    total: i64,
}

/// A page of reports, the latest first.
///
/// # Errors
/// Not for this person, or the database does not answer.
pub(super) async fn page(desk: &Desk, page: u32) -> Result<Paged<ReportRow>> {
    if !desk.actor.is(Role::Principal) && !desk.actor.is(Role::Designated) {
        return Err(Error::NotFound);
    }
    let as_of = Utc::now();
    let mut tx = desk.reader().await?;
    let (limit, offset) = bounds(page);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT e.raw, e.author, e.author_name, e.received_at, s.name, s.class, count(*) OVER () AS total
         FROM entry e LEFT JOIN student s ON s.county = e.county AND s.id = e.student
         WHERE e.county = $1 AND e.kind = 'SAFEGUARDING_REPORT' AND e.raw IS NOT NULL
         ORDER BY e.xid DESC, e.ver DESC LIMIT $2 OFFSET $3",
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
            Some(ReportRow { seen: row.entry.seen()?, name: row.name, class: row.class.map(ClassId) })
        })
        .collect();
    Ok(Paged { rows, total, page, as_of })
}
