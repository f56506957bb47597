//! 办结: the office says what came of a child found in a house, or whether an entry stands whose author's
//! right had ended. What is taken stands as its author wrote it.

use super::Desk;
use super::decisions::{stands, write_in};
use crate::directory;
use crate::error::{Error, Result};
use crate::sync::{Arrived, Author, Surroundings, take_kept};
use chrono::{DateTime, Utc};
use domain::calendar::local_date;
use domain::duty::settled;
use domain::entry::{Body, Entry, Subject};
use domain::ids::{CountyId, DutyId, EntryId, SchoolId, UserId};
use domain::problem::Problem;
use domain::settlement::Settlement;
use domain::sync::Answer;
use domain::vocabulary::Settled;
use sqlx::PgConnection;
use uuid::Uuid;

/// Settles it.
///
/// # Errors
/// Nothing of that id waits for this person's office, or what is said does not fit it.
pub(super) async fn settle(desk: &Desk, of: EntryId, how: Settled, words: Option<String>) -> Result<()> {
    let words = words.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
    let settlement = Settlement { of, how, words };
    let kept = if settlement.is_of_kept() { Some(Kept::find(desk, of).await?) } else { None };
    let school = match &kept {
        Some(kept) => kept.school,
        None => found_for(desk, of).await?,
    };
    let duty = settled(school, &settlement);
    if !waits(desk, school, duty).await? {
        return Err(Error::NotFound);
    }
    let (county, user) = (desk.actor.county, desk.actor.user);
    let mut tx = desk.state.database.applier(county, user).await?;
    still_owed(&mut tx, county, duty).await?;
    let around = Surroundings::load(&mut tx, county, local_date(Utc::now())).await?;
    let take = kept.filter(|_| settlement.how == Settled::Taken);
    let body = Body::Settlement(settlement);
    write_in(&mut tx, &around, &desk.actor, Subject::School(school), body).await?;
    if let Some(kept) = take {
        let actor = directory::actor(&mut tx, county, kept.author).await?.ok_or(Error::NotFound)?;
        let author = Author { actor, signed_in: true, cursor: None };
        match take_kept(&mut tx, &around, &author, &kept.arrived).await? {
            // Only a newer server knows what it is.
            Answer::Quarantined { .. } => return Err(Error::Problem(Problem::at("entry", "KIND_UNKNOWN"))),
            answer => stands(Some(answer))?,
        }
    }
    tx.commit().await
}

/// An entry that was kept, as it came.
struct Kept {
    school: SchoolId,
    author: UserId,
    arrived: Arrived,
}

impl Kept {
    async fn find(desk: &Desk, id: EntryId) -> Result<Self> {
        let mut tx = desk.reader().await?;
        type Row = (Option<Uuid>, Uuid, DateTime<Utc>, Option<String>);
        let row: Option<Row> = sqlx::query_as(
            "SELECT school, author, received_at, raw FROM quarantine WHERE county = $1 AND id = $2",
        )
        .bind(desk.actor.county.0)
        .bind(id.0)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((Some(school), author, at, Some(raw))) = row else { return Err(Error::NotFound) };
        let entry: Entry = serde_json::from_str(&raw)
            .map_err(|_| Error::Internal("a kept entry that cannot be read".into()))?;
        let arrived = Arrived { entry, raw: raw.into(), at };
        Ok(Self { school: SchoolId(school), author: UserId(author), arrived })
    }
}

/// The school that a found child was written down for.
async fn found_for(desk: &Desk, id: EntryId) -> Result<SchoolId> {
    let mut tx = desk.reader().await?;
    let school: Option<Uuid> = sqlx::query_scalar(
        "SELECT subject FROM entry
         WHERE county = $1 AND id = $2 AND kind = 'FOUND_CHILD' AND subject_kind = 'SCHOOL'",
    )
    .bind(desk.actor.county.0)
    .bind(id.0)
    .fetch_optional(&mut *tx)
    .await?;
    school.map(SchoolId).ok_or(Error::NotFound)
}

/// Nobody else settles it from here on; or somebody just has.
async fn still_owed(tx: &mut PgConnection, county: CountyId, duty: DutyId) -> Result<()> {
    let owed = sqlx::query("SELECT FROM duty WHERE county = $1 AND id = $2 AND NOT gone FOR UPDATE")
        .bind(county.0)
        .bind(duty.0)
        .fetch_optional(tx)
        .await?;
    owed.map(drop).ok_or(Error::NotFound)
}

/// Whether somebody still owes it, as far as this person sees duties: their own office's.
pub(super) async fn waits(desk: &Desk, school: SchoolId, duty: DutyId) -> Result<bool> {
    let mut tx = desk.reader().await?;
    let waits = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM duty WHERE county = $1 AND id = $2 AND owner = $3 AND NOT gone)",
    )
    .bind(desk.actor.county.0)
    .bind(duty.0)
    .bind(school.0)
    .fetch_one(&mut *tx)
    .await?;
    Ok(waits)
}
