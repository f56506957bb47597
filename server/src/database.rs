//! Postgres: the pool, and transactions that say who they are. Every statement runs inside one of them,
//! as one of the roles of `migrations/0001_house.sql`; the login role itself may touch nothing.

use crate::error::{Error, Result};
use crate::sync::readers;
use domain::actor::Actor;
use domain::ids::{CountyId, UserId};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, Postgres};
use std::ops::{Deref, DerefMut};
use std::time::Duration;

/// A transaction under one role; rolled back unless committed.
#[derive(Debug)]
pub struct Transaction(sqlx::Transaction<'static, Postgres>);

impl Transaction {
    /// Makes what was done in it stand.
    ///
    /// # Errors
    /// The database does not answer; whether it stands is not known then.
    pub async fn commit(self) -> Result<()> {
        whole(self.0.commit()).await
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// The shape of the database, version by version.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The roles that the server's login role may take.
const ROLES: [&str; 4] = ["qm_reader", "qm_applier", "qm_login", "qm_registrar"];

/// How long a connection lies unused before it is asked whether it still is one.
const LONG_IDLE: Duration = Duration::from_secs(2);

const BEGIN: &str = "BEGIN";

/// Who a transaction is.
#[derive(Clone, Copy, Debug)]
struct Who<'a> {
    role: &'static str,
    county: Option<CountyId>,
    user: Option<UserId>,
    token: Option<&'a [u8; 32]>,
}

impl Who<'_> {
    const fn of(role: &'static str) -> Self {
        Self { role, county: None, user: None, token: None }
    }
}

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
            // Acknowledged is stored, whatever the database is set to.
            ("synchronous_commit", "on"),
            // A phone gives up after some seconds; a lock that waits longer helps nobody, and a long
            // write transaction stalls every pull.
            ("statement_timeout", "20s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "20s"),
            // Every question is about few rows among many. Planned once, and never for the handful of
            // rows that a young database has: that plan would still be in use when there are millions.
            ("plan_cache_mode", "force_generic_plan"),
            ("enable_seqscan", "off"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    // A restart of the database shows here; in between, asking costs a round trip.
                    if meta.idle_for > LONG_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
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
        let who = Who { county: Some(actor.county), user: Some(actor.user), ..Who::of("qm_reader") };
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", who).await
    }

    /// For appending entries and what follows from them, after `domain::access` has said yes.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn applier(&self, county: CountyId, user: UserId) -> Result<Transaction> {
        self.begin(BEGIN, Who { county: Some(county), user: Some(user), ..Who::of("qm_applier") }).await
    }

    /// For keeping accounts, grants, places and settings of a county.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn registrar(&self, county: CountyId) -> Result<Transaction> {
        self.begin(BEGIN, Who { county: Some(county), ..Who::of("qm_registrar") }).await
    }

    /// For signing in, before it is known who asks. `oneself` and `bearer` narrow it down.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn login(&self) -> Result<Transaction> {
        self.begin(BEGIN, Who::of("qm_login")).await
    }

    /// For one's own account and sessions.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn oneself(&self, county: CountyId, user: UserId) -> Result<Transaction> {
        self.begin(BEGIN, Who { county: Some(county), user: Some(user), ..Who::of("qm_login") }).await
    }

    /// For the session of a token.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn bearer(&self, county: CountyId, token_hash: &[u8; 32]) -> Result<Transaction> {
        self.begin(BEGIN, Who { county: Some(county), token: Some(token_hash), ..Who::of("qm_login") }).await
    }

    /// Begins a transaction and says who it is, in one round trip.
    async fn begin(&self, begin: &str, who: Who<'_>) -> Result<Transaction> {
        let mut statements = format!("{begin}; SET LOCAL ROLE {}", who.role);
        let values = [
            ("county", who.county.map(|id| id.0.to_string())),
            ("user", who.user.map(|id| id.0.to_string())),
            ("token", who.token.map(|hash| domain::hex(hash))),
        ];
        for (name, value) in values {
            statements += &format!("; SET LOCAL qm.\"{name}\" = '{}'", value.unwrap_or_default());
        }
        let pool = self.pool.clone();
        // Made of names in this file and of hexadecimal digits.
        let begun = async move { pool.begin_with(AssertSqlSafe(statements)).await };
        whole(begun).await.map(Transaction)
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

/// Goes to its end also when a phone hangs up in between, in a task of its own. A connection on which a
/// transaction was left half begun would go back to the pool with it open; after a commit whose answer
/// nobody waited for, sqlx would end the transaction once more.
async fn whole<T: Send + 'static>(step: impl Future<Output = sqlx::Result<T>> + Send + 'static) -> Result<T> {
    let done = tokio::spawn(step).await;
    Ok(done.map_err(|error| Error::Internal(format!("a transaction broke off: {error}")))??)
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

/// Whether the database has this version's shape already, asked as the login role: who only serves need
/// not hold the owner's key.
///
/// # Errors
/// The database does not answer.
pub async fn has_shape(login: &PgConnectOptions) -> Result<bool> {
    let mut connection = PgConnection::connect_with(login).await?;
    match looks_shaped(&mut connection).await {
        // Without that role or table it has another shape.
        Err(sqlx::Error::Database(_)) => Ok(false),
        looked => Ok(looked?),
    }
}

async fn looks_shaped(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let mut tx = connection.begin().await?;
    sqlx::query("SET LOCAL ROLE qm_reader").execute(&mut *tx).await?;
    let known: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(&mut *tx)
            .await?;
    let wanted = MIGRATIONS.iter().map(|migration| (migration.version, migration.checksum.to_vec()));
    Ok(wanted.eq(known) && readers::are_filled(&mut tx).await?)
}

async fn shape(pool: &PgPool, login: &str) -> Result<()> {
    MIGRATIONS.run(pool).await?;
    readers::fill(&mut *pool.acquire().await?).await?;
    let granted: bool = sqlx::query_scalar(
        "SELECT coalesce(bool_and(pg_has_role($1, role, 'MEMBER')), false)
           AND has_table_privilege('qm_reader', '_sqlx_migrations', 'SELECT') FROM unnest($2) AS role",
    )
    .bind(login)
    .bind(ROLES)
    .fetch_one(pool)
    .await?;
    if !granted {
        sqlx::query("SELECT set_config('qm.login', $1, false)").bind(login).execute(pool).await?;
        sqlx::raw_sql(
            // Two servers that start at once would disturb each other.
            "DO $$ BEGIN
               PERFORM pg_advisory_xact_lock(144);
               EXECUTE format('GRANT qm_reader, qm_applier, qm_login, qm_registrar TO %I',
                              current_setting('qm.login'));
               -- By it a server knows the database's shape.
               GRANT SELECT ON _sqlx_migrations TO qm_reader;
             END $$",
        )
        .execute(pool)
        .await?;
    }
    Ok(())
}
