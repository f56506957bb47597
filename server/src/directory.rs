//! Who people are and where they belong, from the database: the actor behind a request, and the
//! directory each person's phone holds.

mod assemble;

pub use assemble::{Directories, whole};

use crate::database::Transaction;
use crate::error::{Error, Result};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::ids::{CountyId, UserId};
use domain::vocabulary::CadreRole;
use sqlx::types::Json;

/// An account as signing in needs to know it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who, with the grants of now.
    pub actor: Actor,
    /// Has only a one-time password.
    pub must_change: bool,
}

#[derive(sqlx::FromRow)]
struct Account {
    name: String,
    phone: String,
    must_change: bool,
}

/// A grant as it is stored.
#[derive(sqlx::FromRow)]
struct StoredGrant {
    role: String,
    scope_detail: Json<Scope>,
    cadre: Option<String>,
}

/// The person of a transaction of their own; `None` when the account is disabled.
///
/// # Errors
/// The database does not answer, or holds a role this version does not know.
pub async fn oneself(tx: &mut Transaction, county: CountyId, user: UserId) -> Result<Option<Known>> {
    let account: Option<Account> = sqlx::query_as(
        "SELECT name, phone, one_time_until IS NOT NULL AS must_change
         FROM account WHERE county = $1 AND id = $2 AND disabled_at IS NULL",
    )
    .bind(county.0)
    .bind(user.0)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(Account { name, phone, must_change }) = account else { return Ok(None) };
    let grants = grants(tx, county, user).await?;
    Ok(Some(Known { actor: Actor { user, county, name, phone, grants }, must_change }))
}

/// The person as the applier or the registrar knows them, disabled or not; `None` when there is none.
///
/// # Errors
/// As `oneself`.
pub async fn actor(tx: &mut Transaction, county: CountyId, user: UserId) -> Result<Option<Actor>> {
    let account: Option<(String, String)> =
        sqlx::query_as("SELECT name, phone FROM account WHERE county = $1 AND id = $2")
            .bind(county.0)
            .bind(user.0)
            .fetch_optional(&mut **tx)
            .await?;
    let Some((name, phone)) = account else { return Ok(None) };
    let grants = grants(tx, county, user).await?;
    Ok(Some(Actor { user, county, name, phone, grants }))
}

async fn grants(tx: &mut Transaction, county: CountyId, user: UserId) -> Result<Vec<Grant>> {
    let stored: Vec<StoredGrant> = sqlx::query_as(
        "SELECT role, scope_detail, cadre FROM user_scope
         WHERE county = $1 AND user_id = $2 AND gone_xid IS NULL ORDER BY granted_at, role, scope",
    )
    .bind(county.0)
    .bind(user.0)
    .fetch_all(&mut **tx)
    .await?;
    stored
        .into_iter()
        .map(|StoredGrant { role, scope_detail: Json(scope), cadre }| {
            let role = Role::from_code(&role)
                .ok_or_else(|| Error::Internal(format!("a grant with the role {role}")))?;
            Ok(Grant { role, scope, cadre: cadre.as_deref().map(CadreRole::from_code) })
        })
        .collect()
}
