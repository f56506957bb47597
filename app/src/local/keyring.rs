//! Who has worked on this phone, and what opens their store. Holds no child and no key in the open;
//! names and counts only, so that the screen before signing in can say whose work waits here.

use super::LocalError;
use super::database::{Database, Row};
use crate::browser::{field, object};
use crate::device;
use crate::vault::{SealedByCode, Vault};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};

const NAME: &str = "qiaomen";
const PEOPLE: &str = "people";
const HOUSE: &str = "house";
/// Who works here now.
const CURRENT: &str = "current";

/// A person who has worked on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// What they sign in with.
    pub phone: String,
    /// The data key, sealed with the key that the server releases after a password.
    pub by_recovery: Vec<u8>,
    /// The data key, sealed with the unlock code; none for those whose screens ask for none.
    pub by_code: Option<SealedByCode>,
    /// Wrong codes in a row; after `TRIES` only the password helps.
    #[serde(default)]
    pub wrong: u8,
    /// Entries not sent yet.
    #[serde(default)]
    pub unsent: usize,
    /// Minutes without use after which the code is asked for; 0 = never.
    #[serde(default)]
    pub lock_after: u16,
    /// The last use.
    pub used_at: DateTime<Utc>,
}

/// Wrong codes after which the code counts no more. 10 of a million guesses, then the password.
pub const TRIES: u8 = 10;

/// The phone's own small store.
#[derive(Clone, Debug)]
pub struct Keyring(Database);

impl Keyring {
    /// Opens it. Shape 1 (2026-11): `people` by user id, `{card: JSON of Holder, key?: CryptoKey}`;
    /// `house`: "device", "current", "session" as text.
    ///
    /// # Errors
    /// The browser keeps nothing.
    pub async fn open() -> Result<Self, LocalError> {
        let database = Database::open(NAME, 1, |db, old| {
            if old < 1 {
                use indexed_db_futures::prelude::*;
                db.create_object_store(PEOPLE).build()?;
                db.create_object_store(HOUSE).build()?;
            }
            Ok(())
        });
        Ok(Self(database.await?))
    }

    /// All who have worked here, the latest first.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn people(&self) -> Result<Vec<Holder>, LocalError> {
        let rows = self.0.all(PEOPLE).await?;
        let mut people: Vec<Holder> = rows.iter().filter_map(|(_, row)| holder(row)).collect();
        people.sort_by_key(|p| std::cmp::Reverse(p.used_at));
        Ok(people)
    }

    /// One of them, with the unlocked key if it may still be used.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn person(&self, user: UserId) -> Result<Option<(Holder, Option<Vault>)>, LocalError> {
        Ok(self.0.get(PEOPLE, &user.to_string()).await?.as_ref().and_then(known))
    }

    /// Who works here now, with the unlocked key if it may still be used. All in one look: every start
    /// waits for it.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn current(&self) -> Result<Option<(Holder, Option<Vault>)>, LocalError> {
        let mut stores = self.0.all_of(&[HOUSE, PEOPLE]).await?.into_iter();
        let (house, people) = (stores.next().unwrap_or_default(), stores.next().unwrap_or_default());
        let user = house.into_iter().find(|(key, _)| key == CURRENT).and_then(|(_, user)| user.as_string());
        let person = user.and_then(|user| people.into_iter().find(|(key, _)| *key == user));
        Ok(person.and_then(|(_, row)| known(&row)))
    }

    /// Keeps a person, unlocked or locked.
    ///
    /// # Errors
    /// No room, or the store is gone.
    pub async fn keep(&self, holder: &Holder, vault: Option<&Vault>) -> Result<(), LocalError> {
        self.0.write(&[PEOPLE], None, vec![row(holder, vault)?]).await
    }

    /// Keeps a person, unlocked, as the one who works here now.
    ///
    /// # Errors
    /// No room, or the store is gone.
    pub async fn seat(&self, holder: &Holder, vault: &Vault) -> Result<(), LocalError> {
        let current =
            Row { store: HOUSE, key: CURRENT.to_owned(), value: Some(holder.user.to_string().into()) };
        self.0.write(&[PEOPLE, HOUSE], None, vec![row(holder, Some(vault))?, current]).await
    }

    /// Forgets a person.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn forget(&self, user: UserId) -> Result<(), LocalError> {
        let row = Row { store: PEOPLE, key: user.to_string(), value: None };
        self.0.write(&[PEOPLE], None, vec![row]).await
    }

    /// This phone's id, the same for all who use it. Made when first asked for.
    ///
    /// # Errors
    /// No room, or the store is gone.
    pub async fn device(&self) -> Result<Uuid, LocalError> {
        if let Some(known) = self.note("device").await? {
            return Ok(known);
        }
        let fresh = device::new_id();
        self.set_note("device", Some(fresh)).await?;
        Ok(fresh)
    }

    /// Nobody works here now.
    ///
    /// # Errors
    /// The store is gone.
    pub async fn leave(&self) -> Result<(), LocalError> {
        self.set_note(CURRENT, None).await
    }

    async fn note(&self, key: &str) -> Result<Option<Uuid>, LocalError> {
        let value = self.0.get(HOUSE, key).await?;
        Ok(value.and_then(|v| v.as_string()).and_then(|text| text.parse().ok()))
    }

    async fn set_note(&self, key: &str, value: Option<Uuid>) -> Result<(), LocalError> {
        let value = value.map(|id| id.to_string().into());
        self.0.write(&[HOUSE], None, vec![Row { store: HOUSE, key: key.to_owned(), value }]).await
    }
}

/// The row of a person.
fn row(holder: &Holder, vault: Option<&Vault>) -> Result<Row, LocalError> {
    let card = JsValue::from(serde_json::to_string(holder)?);
    let row = object(&[("card", &card)]);
    if let Some(vault) = vault {
        let _ = js_sys::Reflect::set(&row, &"key".into(), vault.key());
    }
    Ok(Row { store: PEOPLE, key: holder.user.to_string(), value: Some(row.into()) })
}

/// The person of a row, with the unlocked key if it may still be used.
fn known(row: &JsValue) -> Option<(Holder, Option<Vault>)> {
    let key = field(row, "key").and_then(|key| key.dyn_into().ok()).map(Vault::kept);
    let holder = holder(row)?;
    let key = key.filter(|_| holder.is_fresh(device::now()));
    Some((holder, key))
}

fn holder(row: &JsValue) -> Option<Holder> {
    serde_json::from_str(&field(row, "card")?.as_string()?).ok()
}

impl Holder {
    /// Whether the phone may go on without asking for the code.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let idle = now - self.used_at;
        self.by_code.is_none()
            || self.lock_after == 0
            || idle < TimeDelta::minutes(i64::from(self.lock_after))
    }

    /// Whether the code still counts.
    pub fn code_counts(&self) -> bool {
        self.by_code.is_some() && self.wrong < TRIES
    }
}
