//! Writes what came of a batch: one statement a table, whatever the number of entries. Rows that say
//! the same as before are left alone, so that no phone hears of them.

/// Columns of a statement over `unnest`.
macro_rules! columns {
    ($($name:ident: $type:ty),* $(,)?) => { #[derive(Default)] struct Columns { $($name: Vec<$type>),* } };
}

mod answers;
mod cards;
mod duties;
mod entries;
mod students;
mod visits;

use super::batch::{Batch, File};
use super::follow::Following;
use super::siblings;
use super::surroundings::Surroundings;
use crate::error::{Error, Result};
use domain::ids::StudentId;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// The entries of a batch and all that follows from them.
pub(super) async fn write(tx: &mut PgConnection, batch: &Batch<'_>, following: &Following) -> Result<()> {
    entries::stand(tx, batch).await?;
    entries::are_kept(tx, batch).await?;
    visits::are_new(tx, batch, following).await?;
    visits::are_taken_back(tx, batch).await?;
    visits::knocks(tx, batch).await?;
    answers::change(tx, batch).await?;
    duties::arise(tx, batch).await?;
    duties::are_settled(tx, batch).await?;
    follow(tx, batch.around, &batch.files, following).await
}

/// Where children stand, and what follows from that.
pub(super) async fn follow(
    tx: &mut PgConnection,
    around: &Surroundings,
    files: &BTreeMap<StudentId, File>,
    following: &Following,
) -> Result<()> {
    let county = around.county.0;
    students::stand(tx, around, files, &following.changed).await?;
    students::access(tx, county, following).await?;
    visits::stand(tx, county, &following.lines).await?;
    duties::follow(tx, county, following).await?;
    cards::follow(tx, county, following).await?;
    siblings::renew(tx, around, &following.households).await
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Internal(format!("a value without a JSON form: {e}")))
}
