//! What time alone changes, once a day: duties of a new term, cards that have been answered for a
//! month, settings that begin today, grades that turn on 1 September. Files whose fold is older than
//! this version's are folded anew from their entries, and the heads of all chains are sealed. Doing it
//! twice changes nothing.

use super::batch::{File, Stored};
use super::follow::Following;
use super::surroundings::{Surroundings, covering};
use super::{seal, store};
use crate::account::counties;
use crate::database::Database;
use crate::error::{Error, Result};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use domain::calendar::{local_date, zone};
use domain::confirmation::Answer;
use domain::entry::{Body, Entry};
use domain::ids::{CountyId, KnockId, StudentId, UserId};
use domain::student::{FOLD_VERSION, Recorded, StudentState};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// Children that are gone through in one short transaction: a long one would stall every pull.
const AT_ONCE: i64 = 200;

/// When the office sleeps, at the school's clock.
const AT: NaiveTime = NaiveTime::MIN;

/// Does the day's work now and then every night, for as long as the server runs. Several servers on one
/// database do it one after the other, and all but the first find nothing to do.
pub async fn every_night(database: Database) {
    loop {
        if let Err(error) = run(&database, local_date(Utc::now())).await {
            tracing::error!(%error, "the nightly work ended early and is tried again tomorrow");
        }
        tokio::time::sleep(until_next(Utc::now())).await;
    }
}

fn until_next(now: DateTime<Utc>) -> Duration {
    let tomorrow = (local_date(now) + Days::new(1)).and_time(AT).and_local_timezone(zone());
    let next = tomorrow.earliest().map_or(now + chrono::Duration::days(1), |at| at.with_timezone(&Utc));
    // A little after midnight, so that the date is surely the new one.
    (next - now).to_std().unwrap_or_default() + Duration::from_secs(120)
}

/// The work of a day in every county.
///
/// # Errors
/// The database does not answer.
pub async fn run(database: &Database, today: NaiveDate) -> Result<()> {
    for county in counties(database).await? {
        let mut after = Uuid::nil();
        loop {
            let mut tx = database.applier(county, UserId(Uuid::nil())).await?;
            let around = Surroundings::load(&mut tx, county, today).await?;
            let next = renew(&mut tx, &around, after).await?;
            tx.commit().await?;
            match next {
                Some(last) => after = last,
                None => break,
            }
        }
        let mut tx = database.applier(county, UserId(Uuid::nil())).await?;
        seal::seal(&mut tx, county, today).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Goes through the next children; the last of them, or nothing when there are no more.
async fn renew(tx: &mut PgConnection, around: &Surroundings, after: Uuid) -> Result<Option<Uuid>> {
    let county = around.county;
    let rows = sqlx::query(
        "SELECT id, class, grade, school, township, household, open, state, fold_version FROM student
         WHERE county = $1 AND id > $2 ORDER BY id LIMIT $3 FOR UPDATE",
    )
    .bind(county.0)
    .bind(after)
    .bind(AT_ONCE)
    .fetch_all(&mut *tx)
    .await?;
    let mut files = BTreeMap::new();
    let mut old = Vec::new();
    let mut following = Following::default();
    for row in &rows {
        let id: Uuid = row.try_get("id")?;
        let Json(state) = row.try_get::<Json<StudentState>, _>("state")?;
        let scopes = covering(row, county)?;
        if row.try_get::<i32, _>("fold_version")? < FOLD_VERSION {
            old.push(id);
        }
        following.households.extend(row.try_get::<Option<Uuid>, _>("household")?);
        let stored = Some(Stored { state: state.clone(), scopes });
        files.insert(StudentId(id), File { stored, state, named: Vec::new() });
    }
    fold_anew(tx, county, &old, &mut files).await?;
    for (id, file) in &files {
        following.follow(around, *id, file);
    }
    following.all_lines(around, &files);
    store::follow(tx, around, &files, &following).await?;
    sqlx::query("UPDATE student SET fold_version = $3 WHERE county = $1 AND id = ANY($2)")
        .bind(county.0)
        .bind(&old)
        .bind(FOLD_VERSION)
        .execute(tx)
        .await?;
    let last = rows.last().map(|row| row.try_get("id")).transpose()?;
    Ok(last)
}

/// Student, author, the author's name, when it was received, and the entry as it came.
type Folded = (Uuid, Uuid, String, DateTime<Utc>, Option<String>);

/// Folds files from their entries and the village's answers, as this version does.
async fn fold_anew(
    tx: &mut PgConnection,
    county: CountyId,
    students: &[Uuid],
    files: &mut BTreeMap<StudentId, File>,
) -> Result<()> {
    if students.is_empty() {
        return Ok(());
    }
    let mut states: BTreeMap<Uuid, StudentState> = BTreeMap::new();
    let entries: Vec<Folded> = sqlx::query_as(
        "SELECT about, author, author_name, received_at, raw FROM (
           SELECT student AS about, author, author_name, received_at, raw, xid, ver FROM entry
           WHERE county = $1 AND student = ANY($2)
           UNION ALL
           SELECT (raw::jsonb #>> '{body,about}')::uuid, author, author_name, received_at, raw, xid, ver
           FROM entry WHERE county = $1 AND student IS NULL AND kind = 'VILLAGE_NOTE'
             AND (raw::jsonb #>> '{body,about}')::uuid = ANY($2)
         ) AS entries ORDER BY xid, ver",
    )
    .bind(county.0)
    .bind(students)
    .fetch_all(&mut *tx)
    .await?;
    let mut erased = Vec::new();
    for (student, author, author_name, received_at, raw) in entries {
        let Some(raw) = raw else {
            erased.push(student);
            continue;
        };
        let entry: Entry = serde_json::from_str(&raw)
            .map_err(|_| Error::Internal("a stored entry cannot be read".into()))?;
        let recorded =
            Recorded { entry: &entry, author: UserId(author), author_name: &author_name, received_at };
        let state = states.entry(student).or_default();
        match &entry.body {
            Body::VillageNote(note) => state.hear(&recorded, note),
            _ => state.fold(&recorded),
        }
    }
    let answers: Vec<(Uuid, Uuid, Json<Answer>)> = sqlx::query_as(
        "SELECT DISTINCT ON (e.ver, v.student) v.student, a.knock, a.answer
         FROM visit v JOIN village_answer a ON a.county = v.county AND a.knock = v.knock
           JOIN entry e ON e.id = a.entry
         WHERE v.county = $1 AND v.student = ANY($2) AND a.matched AND NOT a.gone
         ORDER BY e.ver, v.student",
    )
    .bind(county.0)
    .bind(students)
    .fetch_all(tx)
    .await?;
    for (student, knock, Json(answer)) in answers {
        states.entry(student).or_default().answer(KnockId(knock), &answer);
    }
    for (student, state) in states {
        // Where a body is gone for good, the fold that still knew it stands.
        if let Some(file) = files.get_mut(&StudentId(student)).filter(|_| !erased.contains(&student)) {
            let mut state = state;
            // What its author had read by then, only the fold knew that saw both arrive.
            for line in &mut state.visits {
                let old = file.state.visits.iter().find(|old| old.entry == line.entry);
                line.heard.extend(old.into_iter().flat_map(|old| old.heard.iter().copied()));
                line.heard.sort_unstable();
                line.heard.dedup();
            }
            file.state = state;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn wakes_after_the_schools_midnight() {
        let now: DateTime<Utc> = "2026-11-20T15:00:00Z".parse().unwrap();
        assert_eq!(until_next(now), Duration::from_secs(3600 + 120));
        assert_eq!(until_next(now + chrono::Duration::hours(2)), Duration::from_secs(23 * 3600 + 120));
    }
}
