//! Children: the list, and one child's file.

use super::{Desk, bounds, child, count};
use crate::error::{Error, Result};
use crate::stored::{StoredDuty, StoredEntry};
use crate::sync::siblings::Stub;
use app::desk::Paged;
use app::desk::students::{StudentFile, StudentRow, StudentsAsked};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Facet, may_write};
use domain::actor::Role;
use domain::entry::Kind;
use domain::ids::{ClassId, StudentId, VillageId};
use domain::sync::StudentView;
use domain::vocabulary::EnrolmentStatus;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    class: Uuid,
    class_no: Option<i32>,
    roll_no_end: Option<String>,
    village: Option<Uuid>,
    status: Option<String>,
    absent_since: Option<NaiveDate>,
    last_visit: Option<DateTime<Utc>>,
    proposals: i32,
    total: i64,
}

impl From<Row> for StudentRow {
    fn from(row: Row) -> Self {
        Self {
            id: StudentId(row.id),
            name: row.name,
            class: ClassId(row.class),
            class_no: row.class_no.and_then(|no| u16::try_from(no).ok()),
            roll_no_end: row.roll_no_end,
            village: row.village.map(VillageId),
            status: row.status.as_deref().map(EnrolmentStatus::from_code),
            absent_since: row.absent_since,
            last_visit: row.last_visit,
            proposals: u32::try_from(row.proposals).unwrap_or_default(),
        }
    }
}

/// A page of children, class by class. Words are part of a name with or without its dots, the first
/// pinyin initials, the end of a number of the roll, or a village's name.
///
/// # Errors
/// The database does not answer.
pub(super) async fn page(desk: &Desk, asked: &StudentsAsked) -> Result<Paged<StudentRow>> {
    let as_of = Utc::now();
    let mut tx = desk.reader().await?;
    let (limit, offset) = bounds(asked.page);
    let plain = asked.words.replace(['·', ' '], "");
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT s.id, s.name, s.class, (s.state -> 'basics' ->> 'class_no')::integer AS class_no,
           right(s.roll_no, 4) AS roll_no_end, s.village, s.state ->> 'status' AS status,
           (s.state -> 'absence' ->> 'first_absent_on')::date AS absent_since,
           (SELECT max(v.started_at) FROM visit v WHERE v.county = s.county AND v.student = s.id
              AND NOT v.withdrawn AND v.superseded_by IS NULL) AS last_visit,
           CASE WHEN EXISTS (SELECT FROM my_right r JOIN access a ON a.scope = r.scope
                  WHERE r.facet = 'REGISTER' AND r.whole_place AND a.county = s.county
                    AND a.student = s.id AND NOT a.gone)
             THEN jsonb_array_length(coalesce(s.state -> 'proposals', '[]')) ELSE 0 END AS proposals,
           count(*) OVER () AS total
         FROM student s
         JOIN class c ON c.county = s.county AND c.id = s.class
         JOIN school o ON o.county = s.county AND o.id = c.school
         WHERE s.county = $1
           AND ($2 = '' OR strpos(replace(s.name, '·', ''), $2) > 0 OR starts_with(s.initials, lower($2))
             OR length($2) >= 4 AND right(s.roll_no, length($2)) = $2
             OR s.village IN (SELECT id FROM village WHERE county = $1 AND name = $2))
           AND ($3::uuid IS NULL OR s.class = $3 OR s.grade = $3)
           AND ($4::uuid IS NULL OR s.village = $4)
           AND (NOT $5 OR s.state ? 'absence')
         ORDER BY o.code, array_position(ARRAY['PRIMARY', 'JUNIOR'], c.stage), c.stage, c.entry_year DESC,
           c.number, (s.state -> 'basics' ->> 'class_no')::integer NULLS LAST, s.name, s.id
         LIMIT $6 OFFSET $7",
    )
    .bind(desk.actor.county.0)
    .bind(plain)
    .bind(asked.place)
    .bind(asked.village.map(|village| village.0))
    .bind(asked.absent)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *tx)
    .await?;
    let total = count(rows.first().map(|row| row.total));
    Ok(Paged { rows: rows.into_iter().map(StudentRow::from).collect(), total, page: asked.page, as_of })
}

/// A duty as the database keeps it.
/// One child's file. 单独上报 has a page of its own, also for those who may read it.
///
/// # Errors
/// There is no such child in sight, or the database does not answer.
pub(super) async fn file(desk: &Desk, id: StudentId) -> Result<StudentFile> {
    let as_of = Utc::now();
    let county = desk.actor.county.0;
    let mut tx = desk.reader().await?;
    let (state, place) = child(&mut tx, &desk.actor, id).await?.ok_or(Error::NotFound)?;
    let (initials, Json(siblings)): (String, Json<Vec<Stub>>) =
        sqlx::query_as("SELECT initials, siblings FROM student WHERE county = $1 AND id = $2")
            .bind(county)
            .bind(id.0)
            .fetch_one(&mut *tx)
            .await?;
    let school = state.basics.as_ref().map(|basics| basics.school);
    let school = school.into_iter().collect();
    let siblings = siblings.into_iter().map(|stub| stub.seen_from(&school)).collect();
    let entries: Vec<StoredEntry> = sqlx::query_as(
        "SELECT raw, author, author_name, received_at FROM entry
         WHERE county = $1 AND student = $2 AND kind NOT IN ('SAFEGUARDING_REPORT', 'SAFEGUARDING_HANDLED')
         ORDER BY xid DESC, ver DESC LIMIT 500",
    )
    .bind(county)
    .bind(id.0)
    .fetch_all(&mut *tx)
    .await?;
    let duties: Vec<StoredDuty> = sqlx::query_as(
        "SELECT id, owner, owner_role, student, due_on, reason FROM duty
         WHERE county = $1 AND student = $2 AND NOT gone AND reason_kind <> 'SAFEGUARDING' ORDER BY due_on",
    )
    .bind(county)
    .bind(id.0)
    .fetch_all(&mut *tx)
    .await?;
    Ok(StudentFile {
        may_decide: desk.actor.is(Role::Office) && may_write(&desk.actor, Facet::Of(Kind::Register), &place),
        view: StudentView { id, state: state.into(), initials, siblings },
        entries: desk.seen(entries)?,
        duties: duties.into_iter().filter_map(StoredDuty::duty).collect(),
        as_of,
    })
}
