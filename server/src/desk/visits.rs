//! Visits: the list, and one of them whole.

use super::{Desk, bounds, child, count};
use crate::database::Transaction;
use crate::error::{Error, Result};
use crate::stored::StoredEntry;
use app::desk::Paged;
use app::desk::visits::{Look, VisitFile, VisitRow, VisitsAsked, WRITTEN_LATER_HOURS};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Facet, may_write};
use domain::confirmation::Standing;
use domain::entry::Kind;
use domain::ids::{ClassId, CountyId, EntryId, KnockId, StudentId, VillageId};
use domain::judge::refers_to;
use domain::sync::SeenEntry;
use domain::vocabulary::{Outcome, VisitKind};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    entry: Uuid,
    knock: Uuid,
    student: Uuid,
    name: Option<String>,
    class: Uuid,
    kind: String,
    village: Uuid,
    household: String,
    author_name: String,
    started_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    received_at: DateTime<Utc>,
    outcome: String,
    next_follow_up_on: Option<NaiveDate>,
    standing: String,
    look: Option<String>,
    total: Option<i64>,
}

impl From<Row> for VisitRow {
    fn from(row: Row) -> Self {
        Self {
            entry: EntryId(row.entry),
            knock: KnockId(row.knock),
            student: StudentId(row.student),
            name: row.name.unwrap_or_default(),
            class: ClassId(row.class),
            kind: VisitKind::from_code(&row.kind),
            village: VillageId(row.village),
            household: row.household,
            author_name: row.author_name,
            started_at: row.started_at,
            recorded_at: row.recorded_at,
            received_at: row.received_at,
            outcome: Outcome::from_code(&row.outcome),
            next_follow_up_on: row.next_follow_up_on,
            standing: standing(&row.standing),
            look: row.look.and_then(|look| Look::ALL.into_iter().find(|known| known.code() == look)),
        }
    }
}

pub(super) fn standing(code: &str) -> Standing {
    const ALL: [Standing; 6] = [
        Standing::NotNeeded,
        Standing::Waiting,
        Standing::Confirmed,
        Standing::Corrected,
        Standing::Unable,
        Standing::ChangedAfter,
    ];
    ALL.into_iter().find(|standing| standing.code() == code).unwrap_or(Standing::NotNeeded)
}

/// A page of visits, the latest first.
///
/// # Errors
/// The database does not answer.
pub(super) async fn page(desk: &Desk, asked: &VisitsAsked) -> Result<Paged<VisitRow>> {
    let as_of = Utc::now();
    let mut tx = desk.reader().await?;
    let (rows, total) = rows(&mut tx, desk.actor.county, asked, None, bounds(asked.page)).await?;
    Ok(Paged { rows, total, page: asked.page, as_of })
}

/// The first of all visits that are asked for, whatever page, and how many there are.
///
/// # Errors
/// The database does not answer.
pub(super) async fn all(desk: &Desk, asked: &VisitsAsked, at_most: u32) -> Result<(Vec<VisitRow>, u32)> {
    let mut tx = desk.reader().await?;
    rows(&mut tx, desk.actor.county, asked, None, (at_most.into(), 0)).await
}

/// Visits that count: not withdrawn, not replaced. What the office said of one is shown to those who may
/// read reviews of that child, and to its author.
async fn rows(
    tx: &mut PgConnection,
    county: CountyId,
    asked: &VisitsAsked,
    only: Option<EntryId>,
    (limit, offset): (i64, i64),
) -> Result<(Vec<VisitRow>, u32)> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT v.entry, v.knock, v.student, s.name, v.class, v.kind, v.village, v.household, v.author_name,
           v.started_at, v.recorded_at, v.received_at, v.outcome, v.next_follow_up_on, v.standing, l.look,
           count(*) OVER () AS total
         FROM visit v
         LEFT JOIN student s ON s.county = v.county AND s.id = v.student
         CROSS JOIN LATERAL (SELECT
           CASE WHEN v.author = qm_user() OR EXISTS (
               SELECT FROM my_right r JOIN access a ON a.scope = r.scope
               WHERE r.facet = 'REVIEW' AND r.whole_place AND a.county = v.county
                 AND a.student = v.student AND NOT a.gone)
             THEN CASE WHEN v.review = 'SEEN' THEN 'SEEN'
                       WHEN v.review = 'PLEASE_ADD' AND NOT v.supplemented THEN 'PLEASE_ADD'
                       ELSE 'WAITING' END
           END AS look) l
         WHERE v.county = $1 AND NOT v.withdrawn AND v.superseded_by IS NULL
           AND ($2::uuid IS NULL OR v.entry = $2)
           AND ($3::uuid IS NULL OR v.class = $3 OR s.grade = $3)
           AND ($4::text IS NULL OR v.kind = $4)
           AND ($5::date IS NULL OR v.visited_on >= $5)
           AND ($6::date IS NULL OR v.visited_on <= $6)
           AND ($7::uuid IS NULL OR v.author = $7)
           AND ($8::text IS NULL OR v.standing = $8)
           AND ($9::text IS NULL OR l.look = $9)
           AND (NOT $10 OR v.recorded_at - v.started_at >= make_interval(hours => $11))
         ORDER BY v.started_at DESC, v.entry
         LIMIT $12 OFFSET $13",
    )
    .bind(county.0)
    .bind(only.map(|entry| entry.0))
    .bind(asked.place)
    .bind(asked.kind.as_ref().map(VisitKind::code))
    .bind(asked.from)
    .bind(asked.to)
    .bind(asked.author.map(|user| user.0))
    .bind(asked.standing.map(Standing::code))
    .bind(asked.look.map(Look::code))
    .bind(asked.late)
    .bind(i32::try_from(WRITTEN_LATER_HOURS).unwrap_or(i32::MAX))
    .bind(limit)
    .bind(offset)
    .fetch_all(tx)
    .await?;
    let total = count(rows.first().and_then(|row| row.total));
    Ok((rows.into_iter().map(VisitRow::from).collect(), total))
}

/// One visit with everything that belongs to it.
///
/// # Errors
/// There is none in sight, or the database does not answer.
pub(super) async fn file(desk: &Desk, entry: EntryId) -> Result<VisitFile> {
    let mut tx = desk.reader().await?;
    let county = desk.actor.county;
    let (rows, _) = rows(&mut tx, county, &VisitsAsked::default(), Some(entry), (1, 0)).await?;
    let row = rows.into_iter().next().ok_or(Error::NotFound)?;
    let (visit, beside) = entries(desk, &mut tx, row.student, entry).await?;
    let visit = visit.ok_or(Error::NotFound)?;
    let known = child(&mut tx, &desk.actor, row.student).await?;
    let may_review =
        known.as_ref().is_some_and(|(_, place)| may_write(&desk.actor, Facet::Of(Kind::Review), place));
    let (line, basics) = known.map_or((None, None), |(state, _)| {
        (state.visits.into_iter().find(|line| line.entry == entry), state.basics)
    });
    let others: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT v.entry, s.name FROM visit v JOIN student s ON s.county = v.county AND s.id = v.student
         WHERE v.county = $1 AND v.knock = $2 AND v.entry <> $3 AND NOT v.withdrawn
           AND v.superseded_by IS NULL ORDER BY s.name",
    )
    .bind(county.0)
    .bind(row.knock.0)
    .bind(entry.0)
    .fetch_all(&mut *tx)
    .await?;
    let others = others.into_iter().map(|(entry, name)| (EntryId(entry), name)).collect();
    Ok(VisitFile { row, visit, beside, line, basics, others, may_review })
}

/// The visit, and what of the child's file speaks of it or was it before.
async fn entries(
    desk: &Desk,
    tx: &mut Transaction,
    student: StudentId,
    visit: EntryId,
) -> Result<(Option<SeenEntry>, Vec<SeenEntry>)> {
    let rows: Vec<StoredEntry> = sqlx::query_as(
        "SELECT raw, author, author_name, received_at FROM entry
         WHERE county = $1 AND student = $2 AND kind IN ('VISIT', 'SUPPLEMENT', 'REVIEW')
         ORDER BY xid, ver",
    )
    .bind(desk.actor.county.0)
    .bind(student.0)
    .fetch_all(&mut **tx)
    .await?;
    let mut all: Vec<SeenEntry> = desk.seen(rows)?;
    // A correction comes after what it corrects: walking back finds all that this visit was before.
    let mut versions = BTreeSet::from([visit]);
    for seen in all.iter().rev() {
        if versions.contains(&seen.entry.id) {
            versions.extend(seen.entry.supersedes);
        }
    }
    all.retain(|seen| {
        versions.contains(&seen.entry.id) || refers_to(&seen.entry).is_some_and(|of| versions.contains(&of))
    });
    let at = all.iter().position(|seen| seen.entry.id == visit);
    let found = at.map(|at| all.remove(at));
    Ok((found, all))
}

/// Whose visit it is; `None` when it is not in sight or does not count any more.
///
/// # Errors
/// The database does not answer.
pub(super) async fn student_of(desk: &Desk, entry: EntryId) -> Result<Option<StudentId>> {
    let mut tx = desk.reader().await?;
    let student: Option<Uuid> = sqlx::query_scalar(
        "SELECT student FROM visit
         WHERE county = $1 AND entry = $2 AND NOT withdrawn AND superseded_by IS NULL",
    )
    .bind(desk.actor.county.0)
    .bind(entry.0)
    .fetch_optional(&mut *tx)
    .await?;
    Ok(student.map(StudentId))
}
