//! Accounts and grants as the registrar keeps them: one-time passwords, roles in places.

mod command;

pub(crate) use command::counties;
pub use command::{User, run};

use crate::database::Transaction;
use crate::error::{Error, Result};
use crate::password;
use domain::actor::{Grant, Scope};
use domain::ids::{CountyId, UserId};
use domain::problem::Problem;
use sqlx::PgConnection;
use sqlx::types::Json;

/// Days in which a one-time password must have been used.
const ONE_TIME_DAYS: i32 = 14;

/// What signing in will ask for.
#[derive(Clone, Debug)]
pub enum Secured {
    /// A one-time password on a slip (its hash): good for its own change alone.
    OneTime(String),
    /// A password of their own (its hash): the demo's.
    Own(String),
    /// None: writes for the system and never signs in.
    Never,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Who.
    pub id: UserId,
    /// Name as colleagues know it.
    pub name: String,
    /// Digits, as `domain::phone::parse` gives them; empty for `Secured::Never`.
    pub phone: String,
    /// What signing in will ask for.
    pub secured: Secured,
}

/// A new one-time password and its hash. Call it before a transaction is opened: hashing takes long.
///
/// # Errors
/// The system gives no random bytes.
pub async fn one_time() -> Result<(String, Secured)> {
    let password = password::one_time();
    let hash = password::hash(password.clone()).await?;
    Ok((password, Secured::OneTime(hash)))
}

/// Makes an account.
///
/// # Errors
/// `Problem` at `phone`: somebody signs in with it already.
pub async fn create(tx: &mut Transaction, county: CountyId, new: &NewAccount) -> Result<()> {
    let (hash, days) = new.secured.parts();
    sqlx::query(
        "INSERT INTO account (county, id, name, phone, password_hash, one_time_until)
         VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6))",
    )
    .bind(county.0)
    .bind(new.id.0)
    .bind(&new.name)
    .bind(&new.phone)
    .bind(hash)
    .bind(days)
    .execute(&mut **tx)
    .await?;
    if hash.is_some() {
        take_phone(tx, county, new.id, &new.phone).await?;
    }
    Ok(())
}

impl Secured {
    fn parts(&self) -> (Option<&str>, Option<i32>) {
        match self {
            Self::OneTime(hash) => (Some(hash), Some(ONE_TIME_DAYS)),
            Self::Own(hash) => (Some(hash), None),
            Self::Never => (None, None),
        }
    }
}

async fn take_phone(tx: &mut Transaction, county: CountyId, user: UserId, phone: &str) -> Result<()> {
    let taken = sqlx::query(
        "INSERT INTO account_login (phone, county, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(phone)
    .bind(county.0)
    .bind(user.0)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if taken == 0 { Err(Error::Problem(Problem::at("phone", "PHONE_TAKEN"))) } else { Ok(()) }
}

/// The account that signs in with a phone number, in this county.
///
/// # Errors
/// The database does not answer.
pub async fn by_phone(tx: &mut Transaction, county: CountyId, phone: &str) -> Result<Option<UserId>> {
    let found = sqlx::query_scalar("SELECT account FROM account_login WHERE phone = $1 AND county = $2")
        .bind(phone)
        .bind(county.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(found.map(UserId))
}

/// Gives another password, which ends no session.
///
/// # Errors
/// The database does not answer.
pub async fn secure(tx: &mut Transaction, county: CountyId, user: UserId, secured: &Secured) -> Result<()> {
    let (hash, days) = secured.parts();
    sqlx::query(
        "UPDATE account SET password_hash = $3, one_time_until = now() + make_interval(days => $4)
         WHERE county = $1 AND id = $2",
    )
    .bind(county.0)
    .bind(user.0)
    .bind(hash)
    .bind(days)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends all sessions of a person.
///
/// # Errors
/// The database does not answer.
pub async fn sign_out(tx: &mut Transaction, county: CountyId, user: UserId) -> Result<()> {
    sqlx::query(
        "UPDATE session SET revoked_at = now() WHERE county = $1 AND account = $2 AND revoked_at IS NULL",
    )
    .bind(county.0)
    .bind(user.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Closes an account, which ends its sessions (ASVS 7.4.2), or opens it again.
///
/// # Errors
/// The database does not answer.
pub async fn set_disabled(tx: &mut Transaction, county: CountyId, user: UserId, to: bool) -> Result<()> {
    sqlx::query("UPDATE account SET disabled_at = CASE WHEN $3 THEN now() END WHERE county = $1 AND id = $2")
        .bind(county.0)
        .bind(user.0)
        .bind(to)
        .execute(&mut **tx)
        .await?;
    if to { sign_out(tx, county, user).await } else { Ok(()) }
}

/// Grants a role in a place, also again after it was taken away. The place must be there.
///
/// # Errors
/// The database does not answer.
pub async fn grant(tx: &mut PgConnection, county: CountyId, user: UserId, grant: &Grant) -> Result<()> {
    sqlx::query(
        "INSERT INTO user_scope AS g
           (county, user_id, role, scope, scope_kind, scope_detail, cadre, school, village, township)
         SELECT $1, $2, $3, $4, $5, $6, $7, s.id, v.id, coalesce(v.township, s.township, $10)
         FROM (SELECT) AS place
         LEFT JOIN school s ON s.county = $1 AND s.id = $8
         LEFT JOIN village v ON v.county = $1 AND v.id = $9
         ON CONFLICT (county, user_id, role, scope) DO UPDATE
           SET gone_xid = NULL, cadre = excluded.cadre, school = excluded.school,
               village = excluded.village, township = excluded.township
           WHERE (g.gone_xid, g.cadre, g.school, g.village, g.township)
             IS DISTINCT FROM (NULL, excluded.cadre, excluded.school, excluded.village, excluded.township)",
    )
    .bind(county.0)
    .bind(user.0)
    .bind(grant.role.code())
    .bind(grant.scope.key())
    .bind(kind(grant.scope))
    .bind(Json(grant.scope))
    .bind(grant.cadre.as_ref().map(|cadre| cadre.code()))
    .bind(school_of(&mut *tx, county, grant.scope).await?)
    .bind(if let Scope::Village(village) = grant.scope { Some(village.0) } else { None })
    .bind(if let Scope::Township(township) = grant.scope { Some(township.0) } else { None })
    .execute(tx)
    .await?;
    Ok(())
}

const fn kind(scope: Scope) -> &'static str {
    match scope {
        Scope::Class(_) => "CLASS",
        Scope::Grade(..) => "GRADE",
        Scope::School(_) => "SCHOOL",
        Scope::Village(_) => "VILLAGE",
        Scope::Township(_) => "TOWNSHIP",
        Scope::County(_) => "COUNTY",
        Scope::Named(_) => "NAMED",
    }
}

async fn school_of(tx: &mut PgConnection, county: CountyId, scope: Scope) -> Result<Option<uuid::Uuid>> {
    match scope {
        Scope::School(school) | Scope::Grade(school, _) => Ok(Some(school.0)),
        Scope::Class(class) => {
            let school = sqlx::query_scalar("SELECT school FROM class WHERE county = $1 AND id = $2");
            Ok(school.bind(county.0).bind(class.0).fetch_optional(tx).await?)
        }
        _ => Ok(None),
    }
}

/// Takes a grant away. What the person did before their phone hears of it still counts.
///
/// # Errors
/// The database does not answer.
pub async fn revoke(tx: &mut Transaction, county: CountyId, user: UserId, grant: &Grant) -> Result<()> {
    sqlx::query(
        "UPDATE user_scope SET gone_xid = pg_current_xact_id()
         WHERE county = $1 AND user_id = $2 AND role = $3 AND scope = $4 AND gone_xid IS NULL",
    )
    .bind(county.0)
    .bind(user.0)
    .bind(grant.role.code())
    .bind(grant.scope.key())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
