//! Gives a phone what is new to its person, under row level security and in one snapshot.
//!
//! The order is `(xid, ver)`; only rows of transactions below the snapshot's oldest running one are
//! shown, because one that is still running may yet put a row before those already shown. A phone
//! without a place in this order, or whose grants changed, first gets everything: files whole, up to
//! the horizon of that moment. While that is under way its cursor is `(horizon, UNDER_WAY + ver)`,
//! after it `(horizon, 0)`.

mod news;
mod shown;

use crate::database::Database;
use crate::directory::Directories;
use crate::error::Result;
use domain::access::{Facet, Read, cell};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::ids::SchoolId;
use domain::sync::{Cursor, Page, SyncRequest};
use shown::Hydration;
use sqlx::{PgConnection, Row};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Things that a page holds at most.
const PAGE: usize = 1_000;

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

/// The places through which a person sees things.
#[derive(Debug)]
struct Sight {
    /// Scopes whose children the person may see.
    scopes: Vec<Uuid>,
    /// The classes within them.
    classes: Vec<Uuid>,
    /// Those of the scopes that are no classes: they cover children one by one.
    apart: Vec<Uuid>,
    /// Owners of duties: the person, and the places of each role.
    owners: Vec<Uuid>,
    villages: Vec<Uuid>,
    /// The person's own schools.
    schools: BTreeSet<SchoolId>,
}

impl Sight {
    fn of(actor: &Actor) -> Self {
        let mut sight = Self {
            scopes: Vec::new(),
            classes: Vec::new(),
            apart: Vec::new(),
            owners: actor.grants.iter().map(|g| g.scope.key()).chain([actor.user.0]).collect(),
            villages: actor.places(Role::Cadre).map(Scope::key).collect(),
            schools: BTreeSet::new(),
        };
        for scope in seen(actor) {
            sight.scopes.push(scope.key());
            match scope {
                Scope::Class(class) => sight.classes.push(class.0),
                // Their classes are read with what a pull begins with.
                Scope::Grade(..) | Scope::School(_) => {}
                _ => sight.apart.push(scope.key()),
            }
        }
        sight
    }
}

/// Scopes whose children the person may see.
fn seen(actor: &Actor) -> impl Iterator<Item = Scope> {
    let sees = |grant: &&Grant| match cell(Facet::Student, grant.role).0 {
        Read::Place => true,
        Read::Open => matches!(grant.scope, Scope::Township(_) | Scope::County(_)),
        Read::No | Read::Own => false,
    };
    actor.grants.iter().filter(sees).map(|grant| grant.scope)
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
    let mut sight = Sight::of(actor);
    let now = begin(&mut tx, actor, request.cursor, &mut sight).await?;
    let (keys, at, more) = match now.start {
        Start::Beginning { horizon, after } => {
            let (keys, last, more) = news::from_beginning(&mut tx, actor, &sight, horizon, after).await?;
            let ver = if more { UNDER_WAY + last } else { 0 };
            (keys, Cursor { epoch: now.epoch, xid: horizon, ver }, more)
        }
        Start::Behind(cursor) => news::behind(&mut tx, actor, &sight, cursor, now.horizon).await?,
    };
    let reset = matches!(now.start, Start::Beginning { after: 0, .. });
    let mut page = Page { reset, cursor: Some(at), more, ..Page::default() };
    let mut hydration = Hydration { tx: &mut tx, actor, sight: &sight };
    hydration.files(&keys, &mut page).await?;
    hydration.duties(&keys, &mut page).await?;
    hydration.cards(&keys, &mut page).await?;
    let has = request.directory.as_deref();
    if !has.is_some_and(|has| directories.is_current(actor.user, now.surroundings, has))
        && let Some((directory, fingerprint)) = directories.news(&mut tx, actor, has).await?
    {
        page.directory = Some(Box::new(directory));
        page.directory_fingerprint = Some(fingerprint);
    }
    Ok(page)
}

/// What a pull begins with.
struct Now {
    epoch: u64,
    /// The oldest transaction that is still running.
    horizon: u64,
    start: Start,
    /// The version of places, people and settings.
    surroundings: i64,
}

async fn begin(
    tx: &mut PgConnection,
    actor: &Actor,
    cursor: Option<Cursor>,
    sight: &mut Sight,
) -> Result<Now> {
    let asked = cursor.unwrap_or_default();
    let under_way = asked.ver.checked_sub(UNDER_WAY);
    let (mut schools, mut years, mut junior) = (Vec::new(), Vec::new(), Vec::new());
    for scope in seen(actor) {
        let (school, at) = match scope {
            Scope::School(school) => (school, None),
            Scope::Grade(school, at) => (school, Some(at)),
            _ => continue,
        };
        schools.push(school.0);
        years.push(at.map(|at| at.year));
        junior.push(at.map(|at| at.junior));
    }
    let row = sqlx::query(
        "SELECT (SELECT epoch FROM epoch) AS epoch,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
           EXISTS (SELECT FROM user_scope g WHERE g.county = $1 AND g.user_id = $2
             AND (g.xid, g.ver) > ($3::text::xid8, $4)
             AND g.xid < pg_snapshot_xmin(pg_current_snapshot())) AS regranted,
           ARRAY(SELECT DISTINCT school FROM user_scope g WHERE g.county = $1 AND g.user_id = $2
             AND g.gone_xid IS NULL AND school IS NOT NULL) AS schools,
           ARRAY(SELECT id FROM class c JOIN unnest($5::uuid[], $6::integer[], $7::bool[])
               AS mine (school, year, junior) ON c.school = mine.school
             WHERE c.county = $1 AND (year IS NULL OR entry_year = year AND (stage = 'JUNIOR') = junior))
             AS classes,
           coalesce((SELECT version FROM surroundings WHERE county = $1), 0) AS surroundings",
    )
    .bind(actor.county.0)
    .bind(actor.user.0)
    .bind(asked.xid.to_string())
    .bind(place_in_order(asked))
    .bind(schools)
    .bind(years)
    .bind(junior)
    .fetch_one(tx)
    .await?;
    sight.schools = row.try_get::<Vec<Uuid>, _>("schools")?.into_iter().map(SchoolId).collect();
    sight.classes.extend(row.try_get::<Vec<Uuid>, _>("classes")?);
    let epoch = row.try_get::<i64, _>("epoch")?.cast_unsigned();
    let horizon = row.try_get::<i64, _>("horizon")?.cast_unsigned();
    let regranted: bool = row.try_get("regranted")?;
    let start = match cursor {
        Some(cursor) if cursor.epoch == epoch && cursor.xid <= horizon && !regranted => match under_way {
            Some(after) => Start::Beginning { horizon: cursor.xid, after },
            None => Start::Behind(cursor),
        },
        _ => Start::Beginning { horizon, after: 0 },
    };
    Ok(Now { epoch, horizon, start, surroundings: row.try_get("surroundings")? })
}
