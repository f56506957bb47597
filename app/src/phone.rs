//! The phone in a person's hand, as pages see it: who holds it, what is on it, where the work stands.
//! Pages read signals and call these few verbs; storage, keys and network are behind them.

use crate::device;
use crate::local::LocalError;
use crate::words::say;
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::sync::{NewEntry, Replica};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A form that was begun and not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// `visit/<knock>`
    pub key: String,
    /// 五村 · 阿依古丽家
    pub title: String,
    /// When it was last kept.
    pub saved_at: DateTime<Utc>,
}

/// Where the contact with the school stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contact {
    /// Nothing is under way.
    #[default]
    Quiet,
    /// 正在送
    Sending,
    /// No signal, or nobody answered.
    NoSignal,
    /// The school answered that something is wrong there.
    SchoolDown,
    /// The sign-in has run out: held until the person signs in.
    SignIn,
}

/// What the driver knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// Now.
    pub contact: Contact,
    /// When all there was had been sent and fetched.
    pub settled_at: Option<DateTime<Utc>>,
}

/// What a person has to do before anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Looking for what is kept.
    #[default]
    Starting,
    /// Nobody is signed in.
    SignIn,
    /// 解锁
    Locked,
    /// At work.
    Open,
}

/// The phone. Copy: hand it to every closure.
#[derive(Clone, Copy)]
pub struct Phone {
    /// Who holds it.
    pub me: RwSignal<Option<Actor>>,
    /// What is on it and what waits to be sent.
    pub replica: RwSignal<Replica>,
    /// Where the contact with the school stands.
    pub sync: RwSignal<SyncState>,
    /// 没写完, the latest first.
    pub drafts: RwSignal<Vec<DraftRow>>,
    /// What comes first.
    pub stage: RwSignal<Stage>,
}

impl Phone {
    /// Gives this phone to all that is below.
    pub fn provide() -> Self {
        let phone = Self {
            me: RwSignal::new(None),
            replica: RwSignal::new(Replica::new(device::new_id().into())),
            sync: RwSignal::default(),
            drafts: RwSignal::default(),
            stage: RwSignal::default(),
        };
        provide_context(phone);
        phone
    }

    /// The phone this page is on.
    pub fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Writes entries down: one strict transaction with the outbox, the next seq and the removal of
    /// the draft they came from. When this returns, the screen may say 已存在手机.
    ///
    /// # Errors
    /// Nothing was written then; the draft is still there.
    pub async fn record(self, entries: Vec<NewEntry>, draft: Option<&str>) -> Result<(), LocalError> {
        let now = device::now();
        self.replica.try_update(|replica| replica.record(entries, now));
        if let Some(key) = draft {
            self.drafts.update(|rows| rows.retain(|row| row.key != key));
        }
        Ok(())
    }

    /// Keeps a form as it is, also half filled. See [`Autosave`] for doing so on every change.
    ///
    /// # Errors
    /// It was not kept; what was kept before still is.
    pub async fn save_draft<T: Serialize>(
        self,
        _key: &str,
        _title: &str,
        _form: &T,
    ) -> Result<DateTime<Utc>, LocalError> {
        Ok(device::now())
    }

    /// A form as it was last kept.
    pub async fn draft<T: DeserializeOwned>(self, _key: &str) -> Option<T> {
        None
    }

    /// Throws a form away.
    ///
    /// # Errors
    /// It is still there.
    pub async fn discard_draft(self, _key: &str) -> Result<(), LocalError> {
        Ok(())
    }

    /// Keeps a small thing, sealed: the secret of a knock, the team of the evening.
    ///
    /// # Errors
    /// It was not kept.
    pub async fn remember<T: Serialize>(self, _key: &str, _value: &T) -> Result<(), LocalError> {
        Ok(())
    }

    /// A small thing kept by `remember`.
    pub async fn recall<T: DeserializeOwned>(self, _key: &str) -> Option<T> {
        None
    }

    /// Takes a refused entry out of the list: withdrawn, or written anew.
    ///
    /// # Errors
    /// It is still there.
    pub async fn settle(self, _id: domain::ids::EntryId) -> Result<(), LocalError> {
        Ok(())
    }

    /// Sends and fetches now.
    pub fn sync_now(self) {}

    /// Where the work is, in words of place: 手机, 学校.
    pub fn sync_words(self) -> String {
        say("state.on_phone").to_owned()
    }
}

/// Keeps a form on every change, a moment after the thumb rests, and says when it did.
#[derive(Clone, Copy)]
pub struct Autosave {
    /// When the form was last kept: 草稿已留 17:41.
    pub saved_at: RwSignal<Option<DateTime<Utc>>>,
    /// What kept it from being kept.
    pub failed: RwSignal<Option<LocalError>>,
}

impl Autosave {
    /// Watches a form until its page is left. Nothing is kept before the first change.
    pub fn watch<T>(_key: String, _title: Signal<String>, _form: RwSignal<T>) -> Self
    where
        T: Serialize + Clone + Send + Sync + 'static,
    {
        Self { saved_at: RwSignal::new(None), failed: RwSignal::new(None) }
    }

    /// To be called before `Phone::record`: nothing may be kept after the form became entries.
    pub fn stop(self) {}
}
