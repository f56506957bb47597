//! After the database came back from a backup (恢复): its order begins anew, so that every phone asks for
//! everything again and offers what the backup does not have.

use crate::config::Opened;
use crate::error::Result;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// What has a place in the server's order.
const ORDERED: [&str; 6] = ["user_scope", "entry", "student", "access", "duty", "card"];

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The epoch that begins.
    pub epoch: i64,
    /// Rows whose place lay ahead of this cluster's transactions: no pull would have shown them.
    pub moved: u64,
}

/// Does it, and says so.
///
/// # Errors
/// As `begin_epoch`.
pub async fn run(opened: &Opened) -> Result<()> {
    let Restored { epoch, moved } = begin_epoch(&opened.owner).await?;
    println!("epoch {epoch} begins; {moved} rows were put back into this database's order");
    println!("every phone now fetches everything anew and sends what the backup does not have");
    Ok(())
}

/// Begins a new epoch. A dump that was read into another cluster carries the numbers of transactions that
/// this one has yet to reach; such rows are put before all of its own.
///
/// # Errors
/// The database does not answer, or this is not its owner.
pub async fn begin_epoch(owner: &PgConnectOptions) -> Result<Restored> {
    let mut connection = PgConnection::connect_with(owner).await?;
    let mut tx = connection.begin().await?;
    let mut moved = 0;
    for table in ORDERED {
        // The owner, too, is held off by row level security; and a stamp would bring the rows into the order
        // of this very transaction, one by one.
        let open = format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER");
        sqlx::raw_sql(AssertSqlSafe(open)).execute(&mut *tx).await?;
        let put_back = format!("UPDATE {table} SET xid = '3' WHERE xid > pg_current_xact_id()");
        moved += sqlx::raw_sql(AssertSqlSafe(put_back)).execute(&mut *tx).await?.rows_affected();
        let close = format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER");
        sqlx::raw_sql(AssertSqlSafe(close)).execute(&mut *tx).await?;
    }
    let epoch =
        sqlx::query_scalar("UPDATE epoch SET epoch = epoch + 1 RETURNING epoch").fetch_one(&mut *tx).await?;
    tx.commit().await?;
    connection.close().await?;
    Ok(Restored { epoch, moved })
}
