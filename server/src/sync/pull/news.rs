//! What is new to a person: the places of things in the server's order, not the things themselves.

use super::{PAGE, Sight};
use crate::error::Result;
use domain::actor::Actor;
use domain::sync::Cursor;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{FromRow, PgConnection, Postgres};
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
    fn of(news: &[News]) -> Self {
        let mut keys = Self::default();
        for News { what, id, place, .. } in news {
            let place = place.unwrap_or_default();
            match what.as_str() {
                "touched" => drop(keys.touched.insert(*id)),
                "student" => drop(keys.students.insert(*id)),
                "entry" => drop(keys.entries.insert(*id)),
                "duty" => keys.duties.push((*id, place)),
                _ => keys.cards.push((*id, place)),
            }
        }
        keys
    }
}

/// Everything up to a horizon, after a ver. A child in two of the places may come twice, on two pages.
pub(super) async fn from_beginning(
    tx: &mut PgConnection,
    actor: &Actor,
    sight: &Sight,
    horizon: u64,
    after: u64,
) -> Result<(Keys, u64, bool)> {
    let mut news: Vec<News> = sqlx::query_as(
        "(SELECT 'touched' AS what, student AS id, NULL::uuid AS place, ver FROM access
          WHERE county = $1 AND scope = ANY($2) AND NOT gone AND xid < $5::text::xid8 AND ver > $6
          ORDER BY 4 LIMIT $7)
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
    let more = news.len() > PAGE;
    news.truncate(PAGE);
    let last = news.last().map(|last| last.ver).unwrap_or_default();
    Ok((Keys::of(&news), last.cast_unsigned(), more))
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
    let behind = Behind { county: actor.county.0, cursor, horizon };
    let mut news = behind.in_classes(tx, sight).await?;
    if !sight.apart.is_empty() {
        news.extend(behind.apart(tx, sight).await?);
    }
    if !sight.villages.is_empty() {
        news.extend(behind.cards(tx, sight).await?);
    }
    news.sort_by_key(|one| (one.xid, one.ver));
    let more = news.len() > PAGE;
    news.truncate(PAGE);
    // The cursor moves only over what is shown: nothing that a person may not see moves it.
    let at = news.last().map_or(cursor, |last| Cursor {
        epoch: cursor.epoch,
        xid: last.xid.cast_unsigned(),
        ver: last.ver.cast_unsigned(),
    });
    Ok((Keys::of(&news), at, more))
}

struct Behind {
    county: Uuid,
    cursor: Cursor,
    horizon: u64,
}

impl Behind {
    /// Whose coverage changed, and in classes that are covered whole: children and entries; and duties.
    async fn in_classes(&self, tx: &mut PgConnection, sight: &Sight) -> Result<Vec<News>> {
        let query = sqlx::query_as(
            "SELECT 'touched' AS what, n.* FROM unnest($6::uuid[]) AS mine (scope) CROSS JOIN LATERAL (
               SELECT student AS id, NULL::uuid AS place, xid::text::bigint AS xid, ver FROM access a
               WHERE county = $1 AND scope = mine.scope AND (a.xid, ver) > ($2::text::xid8, $3)
                 AND a.xid < $4::text::xid8 ORDER BY a.xid, ver LIMIT $5) AS n
             UNION ALL
             SELECT 'student', n.* FROM unnest($7::uuid[]) AS mine (class) CROSS JOIN LATERAL (
               SELECT id, NULL::uuid, xid::text::bigint, ver FROM student s
               WHERE county = $1 AND class = mine.class AND (s.xid, ver) > ($2::text::xid8, $3)
                 AND s.xid < $4::text::xid8 ORDER BY s.xid, ver LIMIT $5) AS n
             UNION ALL
             SELECT 'entry', n.* FROM unnest($7::uuid[]) AS mine (class) CROSS JOIN LATERAL (
               SELECT id, NULL::uuid, xid::text::bigint, ver FROM entry e
               WHERE county = $1 AND class = mine.class AND (e.xid, ver) > ($2::text::xid8, $3)
                 AND e.xid < $4::text::xid8 ORDER BY e.xid, ver LIMIT $5) AS n
             UNION ALL
             SELECT 'duty', n.* FROM unnest($8::uuid[]) AS mine (owner) CROSS JOIN LATERAL (
               SELECT id, owner, xid::text::bigint, ver FROM duty d
               WHERE county = $1 AND owner = mine.owner AND (d.xid, ver) > ($2::text::xid8, $3)
                 AND d.xid < $4::text::xid8 ORDER BY d.xid, ver LIMIT $5) AS n",
        );
        let query = self.bind(query).bind(&sight.scopes).bind(&sight.classes).bind(&sight.owners);
        Ok(query.fetch_all(tx).await?)
    }

    /// Children that are covered one by one, and their entries.
    async fn apart(&self, tx: &mut PgConnection, sight: &Sight) -> Result<Vec<News>> {
        let query = sqlx::query_as(
            "WITH apart AS MATERIALIZED (
               SELECT DISTINCT student FROM access WHERE county = $1 AND scope = ANY($6) AND NOT gone
             )
             SELECT 'student' AS what, n.* FROM apart CROSS JOIN LATERAL (
               SELECT id, NULL::uuid AS place, xid::text::bigint AS xid, ver FROM student s
               WHERE county = $1 AND id = apart.student AND (s.xid, ver) > ($2::text::xid8, $3)
                 AND s.xid < $4::text::xid8 LIMIT $5) AS n
             UNION ALL
             SELECT 'entry', n.* FROM apart CROSS JOIN LATERAL (
               SELECT id, NULL::uuid, xid::text::bigint, ver FROM entry e
               WHERE county = $1 AND student = apart.student AND (e.xid, ver) > ($2::text::xid8, $3)
                 AND e.xid < $4::text::xid8 ORDER BY e.xid, ver LIMIT $5) AS n",
        );
        Ok(self.bind(query).bind(&sight.apart).fetch_all(tx).await?)
    }

    async fn cards(&self, tx: &mut PgConnection, sight: &Sight) -> Result<Vec<News>> {
        let query = sqlx::query_as(
            "SELECT 'card' AS what, n.* FROM unnest($6::uuid[]) AS mine (village) CROSS JOIN LATERAL (
               SELECT id, village AS place, xid::text::bigint AS xid, ver FROM card c
               WHERE county = $1 AND village = mine.village AND (c.xid, ver) > ($2::text::xid8, $3)
                 AND c.xid < $4::text::xid8 ORDER BY c.xid, ver LIMIT $5) AS n",
        );
        Ok(self.bind(query).bind(&sight.villages).fetch_all(tx).await?)
    }

    fn bind<'q>(&self, query: Query<'q>) -> Query<'q> {
        query
            .bind(self.county)
            .bind(self.cursor.xid.to_string())
            .bind(self.cursor.ver.cast_signed())
            .bind(self.horizon.to_string())
            .bind(limit())
    }
}

type Query<'q> = QueryAs<'q, Postgres, News, PgArguments>;

/// A thing and its place in the order.
#[derive(FromRow)]
struct News {
    what: String,
    id: Uuid,
    place: Option<Uuid>,
    #[sqlx(default)]
    xid: i64,
    ver: i64,
}
