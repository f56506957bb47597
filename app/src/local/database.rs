//! IndexedDB, as little of it as the phone needs: read a row, read a store, and write rows of several
//! stores in one strict transaction that may be tied to a version. Knows nothing of what the rows hold.

use super::LocalError;
use indexed_db_futures::database::Database as Idb;
use indexed_db_futures::error::{DomException, Error, OpenDbError, UnexpectedDataError};
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{TransactionDurability, TransactionMode, TransactionOptions};
use js_sys::Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;

/// A database.
#[derive(Clone, Debug)]
pub struct Database {
    idb: Idb,
    /// A newer app has taken it over while it was open here.
    taken_over: Rc<Cell<bool>>,
}

/// A row to write, or to remove when there is no value, together with its further parts: rows whose key is
/// this one's, a dot and more.
#[derive(Clone, Debug)]
pub struct Row {
    /// Store.
    pub store: &'static str,
    /// Key.
    pub key: String,
    /// Value.
    pub value: Option<JsValue>,
}

/// The version a row must still have for a write to count: rows with a version are a number, or a
/// list that begins with one. 0 = there is no such row.
#[derive(Clone, Debug)]
pub struct Unless {
    /// Store.
    pub store: &'static str,
    /// Key.
    pub key: String,
    /// Version.
    pub version: f64,
}

impl Database {
    /// Opens a database, bringing its stores to this version's. Another tab with an older app
    /// closes its own when asked, and says that it must be loaded again.
    ///
    /// # Errors
    /// The browser keeps no data; `Outdated` when a newer app has been here.
    pub async fn open(
        name: &str,
        version: u8,
        upgrade: fn(&Idb, u64) -> Result<(), Error>,
    ) -> Result<Self, LocalError> {
        let opened = Idb::open(name)
            .with_version(version)
            .with_on_blocked(|_| Ok(()))
            .with_on_upgrade_needed(move |event, db| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "small whole numbers"
                )]
                upgrade(&db, event.old_version() as u64)
            })
            .await?;
        let mut changes = opened.version_changes()?;
        let database = Self { idb: opened, taken_over: Rc::default() };
        let closing = database.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(change) = changes.recv().await {
                // One without a next version throws the database away.
                closing.taken_over.set(change.new_version().is_some());
                closing.close();
            }
        });
        Ok(database)
    }

    /// What went wrong: a store that is not there any more may only be the newer app's by now.
    fn wrong(&self, error: impl Into<LocalError>) -> LocalError {
        match error.into() {
            LocalError::Gone if self.taken_over.get() => LocalError::Outdated,
            error => error,
        }
    }

    /// Lets go of it.
    pub fn close(&self) {
        self.idb.clone().close();
    }

    /// Removes a database and all in it.
    ///
    /// # Errors
    /// The browser refused.
    pub async fn remove(name: &str) -> Result<(), LocalError> {
        Ok(Idb::delete_by_name(name)?.await?)
    }

    /// A row.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn get(&self, store: &str, key: &str) -> Result<Option<JsValue>, LocalError> {
        self.read_row(store, key).await.map_err(|error| self.wrong(error))
    }

    async fn read_row(&self, store: &str, key: &str) -> Result<Option<JsValue>, Error> {
        let transaction = self.idb.transaction(store).build()?;
        transaction.object_store(store)?.get::<JsValue, _, _>(key).primitive()?.await
    }

    /// All rows of a store with their keys.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn all(&self, store: &'static str) -> Result<Vec<(String, JsValue)>, LocalError> {
        Ok(self.all_of(&[store]).await?.pop().unwrap_or_default())
    }

    /// All rows of several stores with their keys, as they stood at one moment.
    ///
    /// # Errors
    /// A store is gone.
    pub async fn all_of(&self, stores: &[&'static str]) -> Result<Vec<Vec<(String, JsValue)>>, LocalError> {
        self.read_all(stores).await.map_err(|error| self.wrong(error))
    }

    async fn read_all(&self, stores: &[&'static str]) -> Result<Vec<Vec<(String, JsValue)>>, Error> {
        let transaction = self.idb.transaction(stores).build()?;
        let sources: Vec<_> =
            stores.iter().map(|name| transaction.object_store(name)).collect::<Result<_, _>>()?;
        // All asked for before anything is waited for.
        let mut asked = Vec::with_capacity(sources.len());
        for source in &sources {
            asked.push((
                source.get_all_keys::<String>().primitive()?,
                source.get_all::<JsValue>().primitive()?,
            ));
        }
        let mut found = Vec::with_capacity(asked.len());
        for (keys, values) in asked {
            let (keys, values) = (keys.await?, values.await?);
            found
                .push(keys.zip(values).map(|(key, value)| Ok((key?, value?))).collect::<Result<_, Error>>()?);
        }
        Ok(found)
    }

    /// Writes rows of several stores: all of them, on the disk when this returns, or none.
    ///
    /// # Errors
    /// `ChangedElsewhere` when the version is another; `Full` when there is no room.
    pub async fn write(
        &self,
        stores: &[&'static str],
        unless: Option<Unless>,
        rows: Vec<Row>,
    ) -> Result<(), LocalError> {
        self.commit(stores, unless, rows).await.map_err(|error| self.wrong(error))
    }

    async fn commit(
        &self,
        stores: &[&'static str],
        unless: Option<Unless>,
        rows: Vec<Row>,
    ) -> Result<(), LocalError> {
        let transaction = self
            .idb
            .transaction(stores)
            .with_mode(TransactionMode::Readwrite)
            .with_options(TransactionOptions::new().with_durability(TransactionDurability::Strict))
            .build()?;
        if let Some(unless) = unless {
            let row = transaction
                .object_store(unless.store)?
                .get::<JsValue, _, _>(unless.key.as_str())
                .primitive()?
                .await?;
            if version(row.as_ref()) != unless.version {
                return Err(LocalError::ChangedElsewhere);
            }
        }
        for row in rows {
            let store = transaction.object_store(row.store)?;
            // Not awaited one by one: the commit tells of any that failed.
            match row.value {
                Some(value) => drop(store.put(value).with_key(row.key).primitive()?),
                None => {
                    let parts_end = format!("{}/", row.key);
                    drop(store.delete(row.key..parts_end).primitive()?);
                }
            }
        }
        Ok(transaction.commit().await?)
    }
}

/// The version of a row.
pub fn version(row: Option<&JsValue>) -> f64 {
    let Some(row) = row else { return 0.0 };
    row.as_f64().or_else(|| row.dyn_ref::<Array>()?.get(0).as_f64()).unwrap_or_default()
}

impl From<Error> for LocalError {
    fn from(error: Error) -> Self {
        match error {
            Error::DomException(DomException::InvalidStateError(_) | DomException::NotFoundError(_)) => {
                Self::Gone
            }
            Error::DomException(DomException::Other(error)) if error.name() == "QuotaExceededError" => {
                Self::Full
            }
            Error::DomException(DomException::Other(error)) if error.name() == "VersionError" => {
                Self::Outdated
            }
            // We never abort a commit: the browser does so when it finds no room at the last moment.
            Error::MissingData(UnexpectedDataError::TransactionAborted) => Self::Full,
            _ => Self::Refused,
        }
    }
}

impl From<OpenDbError> for LocalError {
    fn from(error: OpenDbError) -> Self {
        match error {
            OpenDbError::Base(error) => error.into(),
            _ => Self::Refused,
        }
    }
}
