//! Gives a phone what is new to its person, under row level security and in one snapshot.
//!
//! The order is `(xid, ver)`; only rows of transactions below the snapshot's oldest running one are
//! shown, because one that is still running may yet put a row before those already shown. A phone
//! without a place in this order, or whose grants changed, first gets everything: files whole, up to
//! the horizon of that moment. While that is under way its cursor is `(horizon, UNDER_WAY + ver)`,
//! after it `(horizon, 0)`.

use super::siblings::Stub;
use crate::database::Database;
use crate::directory::Directories;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use domain::access::{Facet, Place, Read, cell};
use domain::actor::{Actor, Role, Scope};
use domain::card::Card;
use domain::duty::{Duty, Owner};
use domain::entry::Entry;
use domain::ids::{DutyId, SchoolId, StudentId, UserId, WriterId};
use domain::student::StudentState;
use domain::sync::{Cursor, FileView, Page, SeenEntry, StudentView, SyncRequest};
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Things that a page holds at most.
const PAGE: usize = 500;

/// Marks a cursor of a pull from the beginning that is not at its end; no sequence gets here.
const UNDER_WAY: u64 = 1 << 52;

/// The ver behind which a cursor stands among the rows of its transaction.
pub(super) const fn place_in_order(cursor: Cursor) -> i64 {
    if cursor.ver >= UNDER_WAY { 0 } else { cursor.ver.cast_signed() }
}

/// Where a pull starts.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// Everything up to a horizon, after this ver.
    Beginning { horizon: u64, after: u64 },
    /// What came after this place.
    Behind(Cursor),
}

/// What a page is about, by the place of each thing in the order.
#[derive(Debug, Default)]
struct Keys {
    /// Children whose coverage changed: whole files, or forgotten.
    touched: BTreeSet<Uuid>,
    students: BTreeSet<Uuid>,
    entries: Vec<Uuid>,
    duties: Vec<(Uuid, Uuid)>,
    cards: Vec<(Uuid, Uuid)>,
}

/// The places through which a person sees things.
#[derive(Debug)]
struct Sight {
    /// Scopes whose children the person may see.
    scopes: Vec<Uuid>,
    /// Owners of duties: the person, and the places of each role.
    owners: Vec<Uuid>,
    villages: Vec<Uuid>,
    /// The person's own schools.
    schools: BTreeSet<SchoolId>,
}

impl Sight {
    fn of(actor: &Actor, schools: Vec<Uuid>) -> Self {
        let sees = |role, scope| match cell(Facet::Student, role).0 {
            Read::Place => true,
            Read::Open => matches!(scope, Scope::Township(_) | Scope::County(_)),
            Read::No | Read::Own => false,
        };
        let keys = actor.grants.iter().map(|g| g.scope.key());
        Self {
            scopes: actor.grants.iter().filter(|g| sees(g.role, g.scope)).map(|g| g.scope.key()).collect(),
            owners: keys.chain([actor.user.0]).collect(),
            villages: actor.places(Role::Cadre).map(Scope::key).collect(),
            schools: schools.into_iter().map(SchoolId).collect(),
        }
    }
}

/// A page of what is new.
///
/// # Errors
/// The database does not answer.
pub(super) async fn pull(
    database: &Database,
    directories: &Directories,
    actor: &Actor,
    request: &SyncRequest,
) -> Result<Page> {
    let mut tx = database.reader(actor).await?;
    let (epoch, start, sight) = begin(&mut tx, actor, request.cursor).await?;
    let (keys, at, more) = match start {
        Start::Beginning { horizon, after } => {
            let (keys, last, more) = keys_from_beginning(&mut tx, actor, &sight, horizon, after).await?;
            let ver = if more { UNDER_WAY + last } else { 0 };
            (keys, Cursor { epoch, xid: horizon, ver }, more)
        }
        Start::Behind(cursor) => keys_behind(&mut tx, actor, &sight, cursor).await?,
    };
    let reset = matches!(start, Start::Beginning { after: 0, .. });
    let mut page = Page { reset, cursor: Some(at), more, ..Page::default() };
    let mut hydration = Hydration { tx: &mut tx, actor, sight: &sight };
    hydration.files(&keys, &mut page).await?;
    hydration.duties(&keys, &mut page).await?;
    hydration.cards(&keys, &mut page).await?;
    if let Some((directory, fingerprint)) =
        directories.news(&mut tx, actor, request.directory.as_deref()).await?
    {
        page.directory = Some(Box::new(directory));
        page.directory_fingerprint = Some(fingerprint);
    }
    tx.commit().await?;
    Ok(page)
}

async fn begin(tx: &mut PgConnection, actor: &Actor, cursor: Option<Cursor>) -> Result<(u64, Start, Sight)> {
    let asked = cursor.unwrap_or_default();
    let under_way = asked.ver.checked_sub(UNDER_WAY);
    let row = sqlx::query(
        "SELECT (SELECT epoch FROM epoch) AS epoch,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
           EXISTS (SELECT FROM user_scope g WHERE g.county = $1 AND g.user_id = $2
             AND (g.xid, g.ver) > ($3::text::xid8, $4)
             AND g.xid < pg_snapshot_xmin(pg_current_snapshot())) AS regranted,
           ARRAY(SELECT DISTINCT school FROM user_scope g WHERE g.county = $1 AND g.user_id = $2
             AND g.gone_xid IS NULL AND school IS NOT NULL) AS schools",
    )
    .bind(actor.county.0)
    .bind(actor.user.0)
    .bind(asked.xid.to_string())
    .bind(place_in_order(asked))
    .fetch_one(tx)
    .await?;
    let epoch = row.try_get::<i64, _>("epoch")?.cast_unsigned();
    let horizon = row.try_get::<i64, _>("horizon")?.cast_unsigned();
    let regranted: bool = row.try_get("regranted")?;
    let sight = Sight::of(actor, row.try_get("schools")?);
    let start = match cursor {
        Some(cursor) if cursor.epoch == epoch && cursor.xid <= horizon && !regranted => match under_way {
            Some(after) => Start::Beginning { horizon: cursor.xid, after },
            None => Start::Behind(cursor),
        },
        _ => Start::Beginning { horizon, after: 0 },
    };
    Ok((epoch, start, sight))
}

async fn keys_from_beginning(
    tx: &mut PgConnection,
    actor: &Actor,
    sight: &Sight,
    horizon: u64,
    after: u64,
) -> Result<(Keys, u64, bool)> {
    let mut rows = sqlx::query(
        "(SELECT 'touched' AS what, student AS id, NULL::uuid AS place, min(ver) AS ver FROM access
          WHERE county = $1 AND scope = ANY($2) AND NOT gone AND xid < $5::text::xid8
          GROUP BY student HAVING min(ver) > $6 ORDER BY 4 LIMIT $7)
         UNION ALL
         (SELECT 'duty', id, owner, ver FROM duty
          WHERE county = $1 AND owner = ANY($3) AND NOT gone AND xid < $5::text::xid8 AND ver > $6
          ORDER BY 4 LIMIT $7)
         UNION ALL
         (SELECT 'card', id, village, ver FROM card
          WHERE county = $1 AND village = ANY($4) AND NOT gone AND xid < $5::text::xid8 AND ver > $6
          ORDER BY 4 LIMIT $7)
         ORDER BY 4 LIMIT $7",
    )
    .bind(actor.county.0)
    .bind(&sight.scopes)
    .bind(&sight.owners)
    .bind(&sight.villages)
    .bind(horizon.to_string())
    .bind(after.cast_signed())
    .bind(limit())
    .fetch_all(tx)
    .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = rows.last().map(|row| row.try_get::<i64, _>("ver")).transpose()?.unwrap_or_default();
    Ok((Keys::of(&rows)?, last.cast_unsigned(), more))
}

async fn keys_behind(
    tx: &mut PgConnection,
    actor: &Actor,
    sight: &Sight,
    cursor: Cursor,
) -> Result<(Keys, Cursor, bool)> {
    let mut rows = sqlx::query(
        "WITH seen AS MATERIALIZED (
           SELECT DISTINCT student FROM access WHERE county = $1 AND scope = ANY($2) AND NOT gone
         )
         SELECT what, id, place, xid::text::bigint AS xid, ver FROM (
           (SELECT 'touched' AS what, student AS id, NULL::uuid AS place, xid, ver FROM access
            WHERE county = $1 AND scope = ANY($2) AND (xid, ver) > ($5::text::xid8, $6)
              AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, ver LIMIT $7)
           UNION ALL
           (SELECT 'student', s.id, NULL, s.xid, s.ver FROM seen
            JOIN student s ON s.county = $1 AND s.id = seen.student
            WHERE (s.xid, s.ver) > ($5::text::xid8, $6)
              AND s.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY s.xid, s.ver LIMIT $7)
           UNION ALL
           (SELECT 'entry', e.id, NULL, e.xid, e.ver FROM seen
            JOIN entry e ON e.county = $1 AND e.student = seen.student
            WHERE (e.xid, e.ver) > ($5::text::xid8, $6)
              AND e.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY e.xid, e.ver LIMIT $7)
           UNION ALL
           (SELECT 'duty', id, owner, xid, ver FROM duty
            WHERE county = $1 AND owner = ANY($3) AND (xid, ver) > ($5::text::xid8, $6)
              AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, ver LIMIT $7)
           UNION ALL
           (SELECT 'card', id, village, xid, ver FROM card
            WHERE county = $1 AND village = ANY($4) AND (xid, ver) > ($5::text::xid8, $6)
              AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, ver LIMIT $7)
         ) AS news ORDER BY news.xid, ver LIMIT $7",
    )
    .bind(actor.county.0)
    .bind(&sight.scopes)
    .bind(&sight.owners)
    .bind(&sight.villages)
    .bind(cursor.xid.to_string())
    .bind(cursor.ver.cast_signed())
    .bind(limit())
    .fetch_all(tx)
    .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    // The cursor moves only over what is shown: nothing that a person may not see moves it.
    let at = match rows.last() {
        Some(row) => Cursor {
            epoch: cursor.epoch,
            xid: row.try_get::<i64, _>("xid")?.cast_unsigned(),
            ver: row.try_get::<i64, _>("ver")?.cast_unsigned(),
        },
        None => cursor,
    };
    Ok((Keys::of(&rows)?, at, more))
}

/// One more than a page, to know whether there is more.
const fn limit() -> i64 {
    PAGE as i64 + 1
}

impl Keys {
    fn of(rows: &[PgRow]) -> Result<Self> {
        let mut keys = Self::default();
        for row in rows {
            let id: Uuid = row.try_get("id")?;
            let place = row.try_get::<Option<Uuid>, _>("place")?.unwrap_or_default();
            match row.try_get("what")? {
                "touched" => drop(keys.touched.insert(id)),
                "student" => drop(keys.students.insert(id)),
                "entry" => keys.entries.push(id),
                "duty" => keys.duties.push((id, place)),
                _ => keys.cards.push((id, place)),
            }
        }
        Ok(keys)
    }
}

/// Reads what the keys of a page stand for.
struct Hydration<'a> {
    tx: &'a mut PgConnection,
    actor: &'a Actor,
    sight: &'a Sight,
}

impl Hydration<'_> {
    async fn files(&mut self, keys: &Keys, page: &mut Page) -> Result<()> {
        let wanted: Vec<Uuid> = keys.touched.union(&keys.students).copied().collect();
        let mut students = self.students(&wanted).await?;
        let mut files: BTreeMap<Uuid, Vec<SeenEntry>> = BTreeMap::new();
        let touched: Vec<Uuid> = keys.touched.iter().copied().collect();
        for (student, seen) in self.entries(&[], &touched).await? {
            files.entry(student).or_default().push(seen);
        }
        for id in &keys.touched {
            match students.remove(id) {
                Some(student) => {
                    let entries = files.remove(id).unwrap_or_default();
                    page.files.push(FileView { student, entries: entries.into() });
                }
                None => page.forget.push(StudentId(*id)),
            }
        }
        page.students = students.into_values().collect();
        let news = self.entries(&keys.entries, &[]).await?;
        let news = news.into_iter().filter(|(student, _)| !keys.touched.contains(student));
        page.entries = news.map(|(_, seen)| seen).collect();
        Ok(())
    }

    async fn students(&mut self, ids: &[Uuid]) -> Result<BTreeMap<Uuid, StudentView>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = sqlx::query(
            "SELECT id, open, state, initials, siblings,
               ARRAY(SELECT scope FROM access a
                     WHERE a.county = s.county AND a.student = s.id AND NOT a.gone) AS scopes
             FROM student s WHERE county = $1 AND id = ANY($2)",
        )
        .bind(self.actor.county.0)
        .bind(ids)
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get("id")?;
                let Json::<StudentState>(state) = row.try_get("state")?;
                let Json::<Vec<Stub>>(siblings) = row.try_get("siblings")?;
                let place = Place {
                    county: Some(self.actor.county),
                    scopes: row.try_get("scopes")?,
                    open: row.try_get("open")?,
                };
                let view = StudentView {
                    id: StudentId(id),
                    state: state.seen_by(self.actor, &place),
                    initials: row.try_get("initials")?,
                    siblings: siblings.into_iter().map(|s| s.seen_from(&self.sight.schools)).collect(),
                };
                Ok((id, view))
            })
            .collect()
    }

    /// Entries by id, or all of some children, in the server's order.
    async fn entries(&mut self, ids: &[Uuid], students: &[Uuid]) -> Result<Vec<(Uuid, SeenEntry)>> {
        let by_id = "SELECT student, author, author_name, received_at, raw FROM entry
             WHERE county = $1 AND id = ANY($2) AND student IS NOT NULL AND raw IS NOT NULL ORDER BY xid, ver";
        let by_student = "SELECT student, author, author_name, received_at, raw FROM entry
             WHERE county = $1 AND student = ANY($2) AND raw IS NOT NULL ORDER BY xid, ver";
        let mut seen = Vec::new();
        for (statement, ids) in [(by_id, ids), (by_student, students)] {
            if ids.is_empty() {
                continue;
            }
            let rows: Vec<(Uuid, Uuid, String, DateTime<Utc>, String)> = sqlx::query_as(statement)
                .bind(self.actor.county.0)
                .bind(ids)
                .fetch_all(&mut *self.tx)
                .await?;
            for (student, author, author_name, received_at, raw) in rows {
                let entry = self.shown(UserId(author), &raw)?;
                seen.push((student, SeenEntry { entry, author: UserId(author), author_name, received_at }));
            }
        }
        Ok(seen)
    }

    /// The entry as others see it. Which phone wrote it and as its how manieth entry is its author's
    /// business: a gap in that row would tell of an entry that others may not know of.
    fn shown(&self, author: UserId, raw: &str) -> Result<Entry> {
        let mut entry: Entry =
            serde_json::from_str(raw).map_err(|_| Error::Internal("a stored entry cannot be read".into()))?;
        if author != self.actor.user {
            entry.writer = WriterId(Uuid::nil());
            entry.seq = 0;
        }
        Ok(entry)
    }

    async fn duties(&mut self, keys: &Keys, page: &mut Page) -> Result<()> {
        if keys.duties.is_empty() {
            return Ok(());
        }
        let (ids, owners): (Vec<_>, Vec<_>) = keys.duties.iter().copied().unzip();
        let rows = sqlx::query(
            "SELECT id, owner, owner_role, student, due_on, reason, gone FROM duty
             WHERE county = $1 AND (id, owner) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))",
        )
        .bind(self.actor.county.0)
        .bind(ids)
        .bind(owners)
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let id = DutyId(row.try_get("id")?);
            if row.try_get("gone")? {
                page.done.push(id);
                continue;
            }
            let scope: Uuid = row.try_get("owner")?;
            let owner = match row.try_get::<Option<&str>, _>("owner_role")? {
                Some(role) => match Role::from_code(role) {
                    Some(role) => Owner::Role { role, scope },
                    None => continue,
                },
                None => Owner::User(UserId(scope)),
            };
            page.duties.push(Duty {
                id,
                owner,
                student: row.try_get::<Option<Uuid>, _>("student")?.map(StudentId),
                due_on: row.try_get("due_on")?,
                reason: row.try_get::<Json<_>, _>("reason")?.0,
            });
        }
        // A duty that passed from one of the person's places to another is still owed.
        page.done.retain(|id| !page.duties.iter().any(|duty| duty.id == *id));
        Ok(())
    }

    async fn cards(&mut self, keys: &Keys, page: &mut Page) -> Result<()> {
        if keys.cards.is_empty() {
            return Ok(());
        }
        let (ids, villages): (Vec<_>, Vec<_>) = keys.cards.iter().copied().unzip();
        let rows: Vec<(Uuid, bool, Json<Card>)> = sqlx::query_as(
            "SELECT id, gone, body FROM card
             WHERE county = $1 AND (id, village) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))",
        )
        .bind(self.actor.county.0)
        .bind(ids)
        .bind(villages)
        .fetch_all(&mut *self.tx)
        .await?;
        for (id, gone, Json(card)) in rows {
            if gone { page.cards_gone.push(id) } else { page.cards.push(card) }
        }
        page.cards_gone.retain(|id| !page.cards.iter().any(|card| card.id == *id));
        Ok(())
    }
}
