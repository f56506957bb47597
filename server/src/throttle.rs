//! Limits on tries: some are free, then one a while. A try is counted before it is made, so that many
//! at once count too. Kept in the database, since several servers may stand side by side.

use crate::database::Transaction;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A limit.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Told apart by this from other limits on the same thing.
    pub name: &'static str,
    /// Tries that need not wait.
    pub free: i32,
    /// Seconds between tries after those.
    pub pause_s: f64,
    /// Seconds without a try after which all are free again.
    pub forget_s: f64,
}

/// Signing in to one account: 1,440 guesses a day at most.
pub const SIGN_IN_ACCOUNT: Limit =
    Limit { name: "sign-in/account", free: 5, pause_s: 60.0, forget_s: 3600.0 };
/// Signing in to one account on a phone it was signed in on before: whoever keeps guessing elsewhere does
/// not keep its owner out.
pub const SIGN_IN_DEVICE: Limit = Limit { name: "sign-in/device", ..SIGN_IN_ACCOUNT };
/// Signing in from one address, which a whole village or school may share.
pub const SIGN_IN_ADDRESS: Limit =
    Limit { name: "sign-in/address", free: 300, pause_s: 2.0, forget_s: 600.0 };

impl Limit {
    /// The row of a thing under this limit: keyed, so that nobody reads phone numbers from the table.
    pub fn key(&self, secret: &Secret, of: &str) -> [u8; 32] {
        secret.keyed_hash("throttle", &[self.name.as_bytes(), of.as_bytes()])
    }

    /// Counts a try. Commit before making it.
    ///
    /// # Errors
    /// `TooMany`: this one must wait, and does not count.
    pub async fn count(&self, tx: &mut Transaction, key: &[u8; 32]) -> Result<()> {
        let counted = sqlx::query(
            "INSERT INTO throttle AS t (key, tries) VALUES ($1, 1)
             ON CONFLICT (key) DO UPDATE
               SET tries = CASE WHEN t.last < now() - make_interval(secs => $4) THEN 1 ELSE t.tries + 1 END,
                   last = now()
             WHERE t.tries < $2 OR t.last < now() - make_interval(secs => $3)",
        )
        .bind(key.as_slice())
        .bind(self.free)
        .bind(self.pause_s)
        .bind(self.forget_s)
        .execute(&mut **tx)
        .await?
        .rows_affected();
        if counted > 0 {
            return Ok(());
        }
        let seconds: i64 = sqlx::query_scalar(
            "SELECT greatest(1, ceil($2 - extract(epoch FROM now() - last)))::bigint FROM throttle WHERE key = $1",
        )
        .bind(key.as_slice())
        .bind(self.pause_s)
        .fetch_one(&mut **tx)
        .await?;
        Err(Error::TooMany { seconds: seconds.unsigned_abs() })
    }

    /// Takes a try back that turned out well.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forgive(&self, tx: &mut Transaction, key: &[u8; 32]) -> Result<()> {
        sqlx::query("UPDATE throttle SET tries = greatest(0, tries - 1) WHERE key = $1")
            .bind(key.as_slice())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Takes all tries back.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn clear(&self, tx: &mut Transaction, key: &[u8; 32]) -> Result<()> {
        sqlx::query("DELETE FROM throttle WHERE key = $1").bind(key.as_slice()).execute(&mut **tx).await?;
        Ok(())
    }
}
