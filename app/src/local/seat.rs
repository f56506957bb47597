//! One person's own store on this phone: what they wrote and see, sealed with their key. Nobody else's
//! key opens it, and nobody else's sign-in sends it.

use super::LocalError;
use super::database::{Database, Row, Unless, version};
use super::shape::{self, Plain, Shelf};
use crate::vault::{Sealed, Vault, text};
use domain::actor::Actor;
use domain::ids::{UserId, WriterId};
use domain::sync::{Changes, Cursor, Replica};
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};

/// Shape of the stores; see `shape` for what lies in them. Stores are only ever added.
const VERSION: u8 = 1;
/// Counts the writes of outbox, caseload and meta, so that no tab writes over another's.
const REVISION: &str = "revision";

/// What a seat held when it was opened.
#[derive(Debug)]
pub struct Held {
    /// What waits and what is in sight.
    pub replica: Replica,
    /// Who, as the server last said.
    pub actor: Option<Actor>,
    /// Forms begun: key and content.
    pub drafts: Vec<(String, String)>,
}

/// What lay in a store, opened and not yet understood.
#[derive(Debug)]
pub struct Found(Vec<(Shelf, String, String)>);

impl Held {
    /// What was found, understood. `writer` is for a store that is still empty.
    ///
    /// # Errors
    /// `Shape`: a row of a newer app, or damaged.
    pub fn of(found: Found, writer: WriterId) -> Result<Self, LocalError> {
        let mut rows = Vec::with_capacity(found.0.len());
        let (mut drafts, mut actor) = (Vec::new(), None);
        for (shelf, key, value) in found.0 {
            match (shelf, key.as_str()) {
                (Shelf::Drafts, _) => drafts.push((key, value)),
                (Shelf::Meta, "actor") => actor = serde_json::from_str(&value).ok(),
                _ => rows.push((shelf, key, value)),
            }
        }
        Ok(Self { replica: shape::assemble(&rows, writer)?, actor, drafts })
    }
}

/// An opened store.
#[derive(Debug)]
pub struct Seat {
    /// Whose.
    pub user: UserId,
    database: RefCell<Database>,
    vault: Vault,
    revision: Cell<f64>,
    drafts: RefCell<HashMap<String, f64>>,
}

fn name(user: UserId) -> String {
    format!("qiaomen-{user}")
}

async fn connect(user: UserId) -> Result<Database, LocalError> {
    Database::open(&name(user), VERSION, |db, old| {
        if old < 1 {
            use indexed_db_futures::prelude::*;
            for shelf in Shelf::ALL {
                db.create_object_store(shelf.name()).build()?;
            }
        }
        Ok(())
    })
    .await
}

impl Seat {
    /// Opens a person's store.
    ///
    /// # Errors
    /// The browser keeps nothing.
    pub async fn open(user: UserId, vault: Vault) -> Result<Self, LocalError> {
        Ok(Self {
            user,
            database: RefCell::new(connect(user).await?),
            vault,
            revision: Cell::new(0.0),
            drafts: RefCell::default(),
        })
    }

    /// Removes a person's store and all in it. Only after everything was sent or saved as a file.
    ///
    /// # Errors
    /// The browser refused.
    pub async fn remove(user: UserId) -> Result<(), LocalError> {
        Database::remove(&name(user)).await
    }

    /// Lets go of it.
    pub fn close(&self) {
        self.database().close();
    }

    /// The key in use, for the browser to keep.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    fn database(&self) -> Database {
        self.database.borrow().clone()
    }

    fn place(&self, shelf: Shelf, key: &str) -> String {
        format!("{}|{}|{key}", self.user, shelf.name())
    }

    /// Everything of it, as it stood at one moment.
    ///
    /// # Errors
    /// It is gone, or sealed with another key.
    pub async fn read(&self) -> Result<Found, LocalError> {
        const SHELVES: [Shelf; 4] = [Shelf::Outbox, Shelf::Drafts, Shelf::Caseload, Shelf::Meta];
        let stores = self.database().all_of(&SHELVES.map(Shelf::name)).await?;
        self.revision.set(0.0);
        let (mut places, mut found) = (Vec::new(), Vec::new());
        for (shelf, rows) in SHELVES.into_iter().zip(stores) {
            for (key, value) in rows {
                match (shelf, key.as_str()) {
                    (Shelf::Meta, REVISION) => self.revision.set(version(Some(&value))),
                    (Shelf::Drafts, _) => {
                        self.drafts.borrow_mut().insert(key.clone(), version(Some(&value)));
                    }
                    _ => {}
                }
                if let Some(sealed) = sealed_part(&value) {
                    places.push((self.place(shelf, &key), sealed));
                    found.push((shelf, key));
                }
            }
        }
        let opened = self.vault.open_all(&places).await?;
        let rows = found.into_iter().zip(opened).map(|((shelf, key), value)| Ok((shelf, key, text(value)?)));
        Ok(Found(rows.collect::<Result<_, LocalError>>()?))
    }

    /// Writes rows of the replica, and others with them, in one transaction.
    ///
    /// # Errors
    /// `ChangedElsewhere`: another tab has written; load again, then repeat.
    pub async fn write(&self, rows: Vec<Plain>) -> Result<(), LocalError> {
        let mut sealed = self.seal(&rows).await?;
        let stores: Vec<_> = Shelf::ALL
            .into_iter()
            .filter(|s| *s == Shelf::Meta || rows.iter().any(|r| r.shelf == *s))
            .collect();
        let stores: Vec<_> = stores.into_iter().map(Shelf::name).collect();
        let before = self.revision.get();
        sealed.push(Row {
            store: Shelf::Meta.name(),
            key: REVISION.into(),
            value: Some((before + 1.0).into()),
        });
        let unless = Unless { store: Shelf::Meta.name(), key: REVISION.into(), version: before };
        self.database().write(&stores, Some(unless), sealed).await?;
        self.revision.set(before + 1.0);
        Ok(())
    }

    /// Connects again and writes everything anew, after the store was emptied under the app.
    ///
    /// # Errors
    /// A newer app has been here, or there is no room.
    pub async fn restore(&self, replica: &Replica, actor: Option<&Actor>) -> Result<(), LocalError> {
        let database = connect(self.user).await?;
        self.revision.set(version(database.get(Shelf::Meta.name(), REVISION).await?.as_ref()));
        self.database.replace(database);
        self.drafts.borrow_mut().clear();
        let mut rows = shape::all_rows(replica)?;
        if let Some(actor) = actor {
            rows.push(actor_row(actor)?);
        }
        self.write(rows).await
    }

    async fn seal(&self, rows: &[Plain]) -> Result<Vec<Row>, LocalError> {
        let filled: Vec<(String, &[u8])> = rows
            .iter()
            .filter_map(|row| Some((self.place(row.shelf, &row.key), row.value.as_deref()?.as_bytes())))
            .collect();
        let mut sealed = self.vault.seal_all(&filled).await?.into_iter();
        Ok(rows
            .iter()
            .map(|row| Row {
                store: row.shelf.name(),
                key: row.key.clone(),
                value: row.value.as_ref().and_then(|_| sealed.next()).map(JsValue::from),
            })
            .collect())
    }

    /// Keeps a form.
    ///
    /// # Errors
    /// `ChangedElsewhere`: another tab keeps the same form.
    pub async fn write_draft(&self, key: &str, form: &str) -> Result<(), LocalError> {
        let known = self.drafts.borrow().get(key).copied().unwrap_or_default();
        let sealed = self.vault.seal(&self.place(Shelf::Drafts, key), form.as_bytes()).await?;
        let value = Array::of2(&(known + 1.0).into(), &sealed);
        let store = Shelf::Drafts.name();
        let unless = Unless { store, key: key.to_owned(), version: known };
        let row = Row { store, key: key.to_owned(), value: Some(value.into()) };
        self.database().write(&[store], Some(unless), vec![row]).await?;
        self.drafts.borrow_mut().insert(key.to_owned(), known + 1.0);
        Ok(())
    }

    /// A form, and from now on its version in this tab.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn draft(&self, key: &str) -> Result<Option<String>, LocalError> {
        let value = self.database().get(Shelf::Drafts.name(), key).await?;
        self.drafts.borrow_mut().insert(key.to_owned(), version(value.as_ref()));
        match value.as_ref().and_then(sealed_part) {
            Some(sealed) => Ok(Some(self.vault.open_text(&self.place(Shelf::Drafts, key), &sealed).await?)),
            None => Ok(None),
        }
    }

    /// A form is no more.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn remove_draft(&self, key: &str) -> Result<(), LocalError> {
        let store = Shelf::Drafts.name();
        let row = Row { store, key: key.to_owned(), value: None };
        self.database().write(&[store], None, vec![row]).await?;
        self.forget_draft(key);
        Ok(())
    }

    /// A form was removed together with what it became.
    pub fn forget_draft(&self, key: &str) {
        self.drafts.borrow_mut().remove(key);
    }

    /// Keeps a small thing.
    ///
    /// # Errors
    /// No room, or the store is gone.
    pub async fn keep(&self, key: &str, value: &str) -> Result<(), LocalError> {
        let store = Shelf::Kept.name();
        let sealed = self.vault.seal(&self.place(Shelf::Kept, key), value.as_bytes()).await?;
        let row = Row { store, key: key.to_owned(), value: Some(sealed.into()) };
        self.database().write(&[store], None, vec![row]).await
    }

    /// A small thing.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn kept(&self, key: &str) -> Result<Option<String>, LocalError> {
        match self.database().get(Shelf::Kept.name(), key).await?.as_ref().and_then(sealed_part) {
            Some(sealed) => Ok(Some(self.vault.open_text(&self.place(Shelf::Kept, key), &sealed).await?)),
            None => Ok(None),
        }
    }

    /// Throws the children away to make room, never what was written here.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn make_room(&self, replica: &Replica) -> Result<(), LocalError> {
        let cursor = replica.cursor.map(Cursor::beginning);
        let place = Replica { cursor, incoming: None, ..shape::outline(replica) };
        let mut rows = shape::rows(&place, &Changes::default())?;
        for (key, _) in self.database().all(Shelf::Caseload.name()).await? {
            rows.push(Plain { shelf: Shelf::Caseload, key, value: None });
        }
        self.write(rows).await
    }
}

/// The row that says who the person is.
///
/// # Errors
/// The actor has no JSON form.
pub fn actor_row(actor: &Actor) -> Result<Plain, LocalError> {
    Ok(Plain { shelf: Shelf::Meta, key: "actor".into(), value: Some(serde_json::to_string(actor)?) })
}

/// Sealed bytes of a row: the whole of it, or after its version.
fn sealed_part(value: &JsValue) -> Option<Sealed> {
    let list: &Array = value.dyn_ref()?;
    if list.get(0).as_f64().is_some() { list.get(1).dyn_into().ok() } else { Some(list.clone()) }
}
