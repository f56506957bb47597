//! 单独上报 for the headteacher and the designated person. For everybody else this does not exist, also
//! not for who wrote one: what they wrote is on their phone.

use super::decisions::write;
use super::{Desk, bounds, count};
use crate::database::Transaction;
use crate::error::{Error, Result};
use crate::stored::StoredEntry;
use app::desk::Paged;
use app::desk::reports::ReportRow;
use chrono::Utc;
use domain::actor::Role;
use domain::entry::{Body, Subject};
use domain::ids::{ClassId, EntryId, StudentId};
use domain::safeguarding::SafeguardingHandled;
use domain::sync::SeenEntry;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    entry: StoredEntry,
    name: Option<String>,
    class: Option<Uuid>,
    total: i64,
}

/// A page of reports, the latest first.
///
/// # Errors
/// Not for this person, or the database does not answer.
pub(super) async fn page(desk: &Desk, page: u32) -> Result<Paged<ReportRow>> {
    reads(desk)?;
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
    let mut rows: Vec<ReportRow> = rows
        .into_iter()
        .filter_map(|Row { entry, name, class, .. }| {
            let row = |seen| ReportRow { seen, name, class: class.map(ClassId), handled: Vec::new() };
            entry.seen_by(desk.actor.user).map(|seen| seen.map(row)).transpose()
        })
        .collect::<Result<_>>()?;
    for done in handled(&mut tx, desk, &rows).await? {
        let Body::SafeguardingHandled(handled) = &done.entry.body else { continue };
        if let Some(row) = rows.iter_mut().find(|row| row.seen.entry.id == handled.of) {
            row.handled.push(done);
        }
    }
    Ok(Paged { rows, total, page, as_of })
}

fn reads(desk: &Desk) -> Result<()> {
    let reads = desk.actor.is(Role::Principal) || desk.actor.is(Role::Designated);
    reads.then_some(()).ok_or(Error::NotFound)
}

/// What was done about reports on these children, the first first.
async fn handled(tx: &mut Transaction, desk: &Desk, rows: &[ReportRow]) -> Result<Vec<SeenEntry>> {
    let children: Vec<Uuid> =
        rows.iter().filter_map(|row| Some(row.seen.entry.subject.student()?.0)).collect();
    let done: Vec<StoredEntry> = sqlx::query_as(
        "SELECT raw, author, author_name, received_at FROM entry
         WHERE county = $1 AND student = ANY($2) AND kind = 'SAFEGUARDING_HANDLED' AND raw IS NOT NULL
         ORDER BY xid, ver",
    )
    .bind(desk.actor.county.0)
    .bind(children)
    .fetch_all(&mut **tx)
    .await?;
    done.into_iter().filter_map(|entry| entry.seen_by(desk.actor.user).transpose()).collect()
}

/// 已处理: what was done about a report. Whoever owed it owes it no longer.
///
/// # Errors
/// There is no such report for this person, or what was done is missing.
pub(super) async fn handle(desk: &Desk, handled: SafeguardingHandled) -> Result<()> {
    reads(desk)?;
    let child = child_of(desk, handled.of).await?;
    write(desk, Subject::Student(child), Body::SafeguardingHandled(handled)).await
}

async fn child_of(desk: &Desk, report: EntryId) -> Result<StudentId> {
    let mut tx = desk.reader().await?;
    let child: Option<Uuid> = sqlx::query_scalar(
        "SELECT student FROM entry WHERE county = $1 AND id = $2 AND kind = 'SAFEGUARDING_REPORT'",
    )
    .bind(desk.actor.county.0)
    .bind(report.0)
    .fetch_optional(&mut *tx)
    .await?;
    child.map(StudentId).ok_or(Error::NotFound)
}
