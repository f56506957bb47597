//! What is new to a person: the places of things in the server's order, not the things themselves.

use super::{Sight, PAGE};
use crate::error::Result;
use domain::actor::Actor;
use domain::sync::Cursor;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a page is about, by the place of each thing in the order.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Children whose coverage changed: whole files, or forgotten.
    pub touched: BTreeSet<Uuid>,
    pub students: BTreeSet<Uuid>,
    pub entries: BTreeSet<Uuid>,
    pub duties: Vec<(Uuid, Uuid)>,
    pub cards: Vec<(Uuid, Uuid)>,
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
                "entry" => drop(keys.entries.insert(id)),
                "duty" => keys.duties.push((id, place)),
                _ => keys.cards.push((id, place)),
            }
        }
        Ok(keys)
    }
}

/// Everything up to a horizon, after a ver.
pub(super) async fn from_beginning(
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

/// What lies behind a cursor and below the horizon. Each place is gone through in the server's order by
/// itself, so that nothing is read that is neither new nor this person's.
pub(super) async fn behind(
    tx: &mut PgConnection,
    actor: &Actor,
    sight: &Sight,
    cursor: Cursor,
    horizon: u64,
) -> Result<(Keys, Cursor, bool)> {
    let mut rows = sqlx::query(
        "WITH apart AS MATERIALIZED (
           SELECT DISTINCT student FROM access WHERE county = $1 AND scope = ANY($4) AND NOT gone
         )
         SELECT what, id, place, xid::text::bigint AS xid, ver FROM (
           SELECT 'touched' AS what, n.* FROM unnest($2::uuid[]) AS mine (scope) CROSS JOIN LATERAL (
             SELECT student AS id, NULL::uuid AS place, xid, ver FROM access
             WHERE county = $1 AND scope = mine.scope AND (xid, ver) > ($7::text::xid8, $8)
               AND xid < $9::text::xid8 ORDER BY xid, ver LIMIT $10) AS n
           UNION ALL
           SELECT 'student', n.* FROM unnest($3::uuid[]) AS mine (class) CROSS JOIN LATERAL (
             SELECT id, NULL::uuid, xid, ver FROM student
             WHERE county = $1 AND class = mine.class AND (xid, ver) > ($7::text::xid8, $8)
               AND xid < $9::text::xid8 ORDER BY xid, ver LIMIT $10) AS n
           UNION ALL
           SELECT 'entry', n.* FROM unnest($3::uuid[]) AS mine (class) CROSS JOIN LATERAL (
             SELECT id, NULL::uuid, xid, ver FROM entry
             WHERE county = $1 AND class = mine.class AND (xid, ver) > ($7::text::xid8, $8)
               AND xid < $9::text::xid8 ORDER BY xid, ver LIMIT $10) AS n
           UNION ALL
           SELECT 'student', n.* FROM apart CROSS JOIN LATERAL (
             SELECT id, NULL::uuid, xid, ver FROM student
             WHERE county = $1 AND id = apart.student AND (xid, ver) > ($7::text::xid8, $8)
               AND xid < $9::text::xid8 LIMIT 1) AS n
           UNION ALL
           SELECT 'entry', n.* FROM apart CROSS JOIN LATERAL (
             SELECT id, NULL::uuid, xid, ver FROM entry
             WHERE county = $1 AND student = apart.student AND (xid, ver) > ($7::text::xid8, $8)
               AND xid < $9::text::xid8 ORDER BY xid, ver LIMIT $10) AS n
           UNION ALL
           SELECT 'duty', n.* FROM unnest($5::uuid[]) AS mine (owner) CROSS JOIN LATERAL (
             SELECT id, owner, xid, ver FROM duty
             WHERE county = $1 AND owner = mine.owner AND (xid, ver) > ($7::text::xid8, $8)
               AND xid < $9::text::xid8 ORDER BY xid, ver LIMIT $10) AS n
           UNION ALL
           SELECT 'card', n.* FROM unnest($6::uuid[]) AS mine (village) CROSS JOIN LATERAL (
             SELECT id, village, xid, ver FROM card
             WHERE county = $1 AND village = mine.village AND (xid, ver) > ($7::text::xid8, $8)
               AND xid < $9::text::xid8 ORDER BY xid, ver LIMIT $10) AS n
         ) AS news ORDER BY news.xid, ver LIMIT $10",
    )
    .bind(actor.county.0)
    .bind(&sight.scopes)
    .bind(&sight.classes)
    .bind(&sight.apart)
    .bind(&sight.owners)
    .bind(&sight.villages)
    .bind(cursor.xid.to_string())
    .bind(cursor.ver.cast_signed())
    .bind(horizon.to_string())
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
