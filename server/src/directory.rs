//! Who people are and where they belong, from the database: the actor behind a request, and the
//! directory each person's phone holds.

mod assemble;

pub use assemble::Directories;

use crate::database::Transaction;
use crate::error::Result;
use domain::actor::{Actor, Grant};
use domain::ids::{CountyId, UserId};
use sqlx::types::Json;

/// An account as signing in needs to know it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who, with the grants of now.
    pub actor: Actor,
    /// Has only a one-time password.
    pub must_change: bool,
}

/// The person of a transaction of their own; `None` when the account is disabled.
///
/// # Errors
/// The database does not answer, or holds a role this version does not know.
pub async fn oneself(tx: &mut Transaction, county: CountyId, user: UserId) -> Result<Option<Known>> {
    let found: Option<(String, String, bool, Json<Vec<Grant>>)> = sqlx::query_as(
        "SELECT name, phone, one_time_until IS NOT NULL,
           coalesce((SELECT grants FROM held WHERE held.county = a.county AND held.user_id = a.id), '[]')
         FROM account a WHERE county = $1 AND id = $2 AND disabled_at IS NULL",
    )
    .bind(county.0)
    .bind(user.0)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(|(name, phone, must_change, Json(grants))| Known {
        actor: Actor { user, county, name, phone, grants },
        must_change,
    }))
}

/// The person as the applier or the registrar knows them, disabled or not; `None` when there is none.
///
/// # Errors
/// As `oneself`.
pub async fn actor(tx: &mut Transaction, county: CountyId, user: UserId) -> Result<Option<Actor>> {
    let found: Option<(String, String, Json<Vec<Grant>>)> = sqlx::query_as(
        "SELECT name, phone,
           coalesce((SELECT grants FROM held WHERE held.county = a.county AND held.user_id = a.id), '[]')
         FROM account a WHERE county = $1 AND id = $2",
    )
    .bind(county.0)
    .bind(user.0)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(|(name, phone, Json(grants))| Actor { user, county, name, phone, grants }))
}
