//! Postgres: the pool, and transactions that say who they are. Every statement runs inside one of them,
//! as one of the roles of `migrations/0001_house.sql`; the login role itself may touch nothing.

use crate::error::Result;
use domain::actor::Actor;
use domain::ids::{CountyId, UserId};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres};
use std::time::Duration;

/// A transaction under one role; rolled back unless committed.
pub type Transaction = sqlx::Transaction<'static, Postgres>;

/// The shape of the database, version by version.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The roles that the server's login role may take.
const ROLES: [&str; 4] = ["qm_reader", "qm_applier", "qm_login", "qm_registrar"];

/// The database as the server uses it.
#[derive(Clone, Debug)]
pub struct Database {
    /// Connections of the login role, which is a member of the roles and nothing else.
    pub pool: PgPool,
}

impl Database {
    /// Opens the pool.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn connect(options: PgConnectOptions, connections: u32) -> Result<Self> {
        let options = options.application_name("qiaomen").options([
            // A phone gives up after some seconds; a lock that waits longer helps nobody, and a long
            // write transaction stalls every pull.
            ("statement_timeout", "20s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "20s"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        Ok(Self { pool })
    }

    /// For everything a person asks for: read only, one snapshot, only what row level security shows
    /// to this person.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn reader(&self, actor: &Actor) -> Result<Transaction> {
        let tx = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
        become_role(tx, "qm_reader", Some(actor.county), Some(actor.user), None).await
    }

    /// For appending entries and what follows from them, after `domain::access` has said yes.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn applier(&self, county: CountyId, user: UserId) -> Result<Transaction> {
        become_role(self.pool.begin().await?, "qm_applier", Some(county), Some(user), None).await
    }

    /// For keeping accounts, grants, places and settings of a county.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn registrar(&self, county: CountyId) -> Result<Transaction> {
        become_role(self.pool.begin().await?, "qm_registrar", Some(county), None, None).await
    }

    /// For signing in, before it is known who asks. `oneself` and `bearer` narrow it down.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn login(&self) -> Result<Transaction> {
        become_role(self.pool.begin().await?, "qm_login", None, None, None).await
    }

    /// For one's own account and sessions.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn oneself(&self, county: CountyId, user: UserId) -> Result<Transaction> {
        become_role(self.pool.begin().await?, "qm_login", Some(county), Some(user), None).await
    }

    /// For the session of a token.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn bearer(&self, county: CountyId, token_hash: &[u8; 32]) -> Result<Transaction> {
        become_role(self.pool.begin().await?, "qm_login", Some(county), None, Some(token_hash)).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn answers(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}

/// Narrows a sign-in transaction to the person found.
///
/// # Errors
/// The database does not answer.
pub async fn now_oneself(tx: &mut Transaction, county: CountyId, user: UserId) -> Result<()> {
    sqlx::query("SELECT set_config('qm.county', $1, true), set_config('qm.user', $2, true)")
        .bind(county.0.to_string())
        .bind(user.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Lets a registrar's transaction go on appending entries: places and children founded together.
///
/// # Errors
/// The database does not answer.
pub async fn now_applier(tx: &mut Transaction, user: UserId) -> Result<()> {
    sqlx::query("SELECT set_config('role', 'qm_applier', true), set_config('qm.user', $1, true)")
        .bind(user.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn become_role(
    mut tx: Transaction,
    role: &'static str,
    county: Option<CountyId>,
    user: Option<UserId>,
    token_hash: Option<&[u8; 32]>,
) -> Result<Transaction> {
    // Setting `role` this way is SET LOCAL ROLE; all four in one round trip.
    sqlx::query(
        "SELECT set_config('role', $1, true), set_config('qm.county', $2, true),
                set_config('qm.user', $3, true), set_config('qm.token', $4, true)",
    )
    .bind(role)
    .bind(county.map(|id| id.0.to_string()).unwrap_or_default())
    .bind(user.map(|id| id.0.to_string()).unwrap_or_default())
    .bind(token_hash.map(|hash| domain::hex(hash)).unwrap_or_default())
    .execute(&mut *tx)
    .await?;
    Ok(tx)
}

/// Brings the database to this version's shape, as its owner, and lets the login role take the roles.
/// Safe to run again, and by two servers at once.
///
/// # Errors
/// The database does not answer, the owner may not, or it was shaped by another program.
pub async fn migrate(owner: PgConnectOptions, login: &str) -> Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(owner).await?;
    let done = shape(&pool, login).await;
    pool.close().await;
    done
}

async fn shape(pool: &PgPool, login: &str) -> Result<()> {
    MIGRATIONS.run(pool).await?;
    crate::sync::readers::fill(&mut *pool.acquire().await?).await?;
    let member: bool = sqlx::query_scalar(
        "SELECT coalesce(bool_and(pg_has_role($1, role, 'MEMBER')), false) FROM unnest($2) AS role",
    )
    .bind(login)
    .bind(ROLES)
    .fetch_one(pool)
    .await?;
    if !member {
        sqlx::query("SELECT set_config('qm.login', $1, false)").bind(login).execute(pool).await?;
        sqlx::raw_sql(
            // Two servers that start at once would disturb each other.
            "DO $$ BEGIN
               PERFORM pg_advisory_xact_lock(144);
               EXECUTE format('GRANT qm_reader, qm_applier, qm_login, qm_registrar TO %I',
                              current_setting('qm.login'));
             END $$",
        )
        .execute(pool)
        .await?;
    }
    Ok(())
}
