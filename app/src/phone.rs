//! The phone in a person's hand, as pages see it: who holds it, what is on it, where the work stands.
//! Pages read signals and call these few verbs; storage, keys and network are behind them.

pub use crate::autosave::Autosave;
use crate::browser::Turn;
use crate::dates::clock;
use crate::device;
use crate::driver;
use crate::local::LocalError;
use crate::local::keyring::{Holder, Keyring};
use crate::local::seat::{Found, Held, Seat, actor_row};
use crate::local::shape::{self, Plain, Shelf};
use crate::owed::{self, Behind, Owed};
use crate::words::{say, say_with};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::ids::EntryId;
use domain::sync::{Changes, NewEntry, Replica};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::rc::Rc;

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

#[derive(Serialize)]
pub(crate) struct Draft<'a, T> {
    pub(crate) title: &'a str,
    pub(crate) saved_at: DateTime<Utc>,
    pub(crate) form: &'a T,
}

#[derive(Deserialize)]
struct DraftRead<'a> {
    title: String,
    saved_at: DateTime<Utc>,
    #[serde(borrow)]
    form: &'a RawValue,
}

/// Where the contact with the school stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contact {
    /// Nothing is under way.
    #[default]
    Quiet,
    /// 正在送
    Sending,
    /// Nobody answered: no signal.
    NoSignal,
    /// The school answered that something is wrong there.
    SchoolDown,
    /// The sign-in has run out: held until the person signs in.
    SignIn,
}

/// What the driver knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Forms that could not be kept yet, by key.
    pub(crate) owed: RwSignal<BTreeMap<String, Owed>>,
    /// The same of people who do not work here now.
    pub(crate) behind: RwSignal<Behind, LocalStorage>,
    /// What is said in passing.
    pub passing: RwSignal<Option<&'static str>>,
    /// What comes first.
    pub stage: RwSignal<Stage>,
    /// A browser inside another app: it keeps nothing, so nothing may be written here.
    pub unfit: bool,
    /// How this phone knows the person; none before anybody has unlocked it.
    pub(crate) holder: RwSignal<Option<Holder>>,
    pub(crate) seat: StoredValue<Option<Rc<Seat>>, LocalStorage>,
    pub(crate) keyring: StoredValue<Option<Keyring>, LocalStorage>,
}

impl Phone {
    /// Gives this phone to all that is below.
    pub fn provide() -> Self {
        let phone = Self {
            me: RwSignal::new(None),
            replica: RwSignal::new(Replica::new(device::new_id().into())),
            sync: RwSignal::default(),
            drafts: RwSignal::default(),
            owed: RwSignal::default(),
            behind: RwSignal::new_local(Behind::new()),
            passing: RwSignal::default(),
            stage: RwSignal::default(),
            unfit: device::is_unfit(),
            holder: RwSignal::new(None),
            seat: StoredValue::new_local(None),
            keyring: StoredValue::new_local(None),
        };
        provide_context(phone);
        phone
    }

    /// The phone this page is on.
    pub fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    pub(crate) fn seat(self) -> Result<Rc<Seat>, LocalError> {
        self.seat.get_value().ok_or(LocalError::Locked)
    }

    pub(crate) async fn keyring(self) -> Result<Keyring, LocalError> {
        if let Some(keyring) = self.keyring.get_value() {
            return Ok(keyring);
        }
        let keyring = Keyring::open().await?;
        self.keyring.set_value(Some(keyring.clone()));
        Ok(keyring)
    }

    /// Writes entries down: one strict transaction with the outbox, the next seq and the removal of
    /// the draft they came from. When this returns, the screen may say 已存在手机.
    ///
    /// # Errors
    /// Nothing was written then; the draft is still there.
    pub async fn record(self, entries: Vec<NewEntry>, draft: Option<&str>) -> Result<(), LocalError> {
        if self.unfit {
            return Err(LocalError::Unfit);
        }
        let seat = self.seat()?;
        let now = device::now();
        let mut written = None;
        let turn = writing(&seat).await;
        self.write(&seat, |replica| {
            let mut ahead = shape::outline(replica);
            let changes = ahead.record(entries.clone(), now)?;
            let mut rows = shape::rows(&ahead, &changes)?;
            if let Some(key) = draft {
                rows.push(Plain { shelf: Shelf::Drafts, key: key.to_owned(), value: None });
            }
            written = Some(ahead);
            Ok(rows)
        })
        .await?;
        if let Some(key) = draft {
            seat.forget_draft(key);
            self.drafts.update(|rows| rows.retain(|row| row.key != key));
            self.owes_no_more(key);
        }
        if let Some(ahead) = written {
            self.replica.update(|replica| {
                replica.outbox.extend(ahead.outbox);
                replica.next_seq = ahead.next_seq;
            });
        }
        drop(turn);
        device::keep_storage();
        self.sync_now();
        Ok(())
    }

    /// Takes a refused entry out of the list: withdrawn, or written anew.
    ///
    /// # Errors
    /// It is still there.
    pub async fn settle(self, id: EntryId) -> Result<(), LocalError> {
        self.change(|replica| Ok(replica.settle(id))).await.map(drop)
    }

    /// Changes the replica and writes what changed; then the screens hear of it.
    pub(crate) async fn change(
        self,
        mut how: impl FnMut(&mut Replica) -> Result<Changes, LocalError>,
    ) -> Result<Changes, LocalError> {
        let seat = self.seat()?;
        let _turn = writing(&seat).await;
        let mut made = Changes::default();
        let mut some = false;
        let written = self
            .write(&seat, |replica| {
                made = how(replica)?;
                let rows = shape::rows(replica, &made)?;
                some |= !rows.is_empty();
                Ok(rows)
            })
            .await;
        if some {
            self.replica.notify();
        }
        written.map(|()| made)
    }

    /// Writes rows made from the replica; where another tab was first, the phone is full or was
    /// emptied, puts that right and makes them again.
    async fn write(
        self,
        seat: &Seat,
        mut make: impl FnMut(&mut Replica) -> Result<Vec<Plain>, LocalError>,
    ) -> Result<(), LocalError> {
        let mut last = LocalError::Refused;
        for _ in 0..4 {
            let rows = self.replica.try_update_untracked(&mut make).ok_or(LocalError::Locked)??;
            if rows.is_empty() {
                return Ok(());
            }
            last = match seat.write(rows).await {
                Ok(()) => {
                    driver::told_tabs(self);
                    // There was room.
                    owed::again(self);
                    return Ok(());
                }
                Err(error) => error,
            };
            match last {
                LocalError::ChangedElsewhere => self.reload(seat).await?,
                LocalError::Full => self.make_room(seat).await?,
                LocalError::Gone => {
                    let (replica, me) = (self.replica.get_untracked(), self.me.get_untracked());
                    seat.restore(&replica, me.as_ref()).await?;
                }
                other => return Err(other),
            }
        }
        Err(last)
    }

    /// Makes room on a full phone: the children go from the store, and come again with the next signal.
    async fn make_room(self, seat: &Seat) -> Result<(), LocalError> {
        let outline = self.replica.with_untracked(shape::outline);
        seat.make_room(&outline).await?;
        // A place in the server's order without its children would say that there are none.
        let _ = self.replica.try_update_untracked(|replica| replica.cursor = None);
        Ok(())
    }

    /// Reads everything from the store anew.
    pub(crate) async fn reload(self, seat: &Seat) -> Result<(), LocalError> {
        self.show(seat.read().await?)
    }

    /// Puts in sight what was found in the store.
    pub(crate) fn show(self, found: Found) -> Result<(), LocalError> {
        let held = Held::of(found, device::new_id().into())?;
        self.replica.set(held.replica);
        if let Some(actor) = held.actor {
            self.me.set(Some(actor));
        }
        let mut drafts: Vec<_> = held.drafts.iter().filter_map(|(key, form)| draft_row(key, form)).collect();
        drafts.sort_by_key(|row| std::cmp::Reverse(row.saved_at));
        self.drafts.set(drafts);
        Ok(())
    }

    /// Keeps who the person is, as the server last said.
    pub(crate) async fn keep_actor(self, actor: Actor) -> Result<(), LocalError> {
        let seat = self.seat()?;
        let _turn = writing(&seat).await;
        self.write(&seat, |replica| {
            let mut rows = shape::rows(&shape::outline(replica), &Changes::default())?;
            rows.push(actor_row(&actor)?);
            Ok(rows)
        })
        .await?;
        self.me.set(Some(actor));
        Ok(())
    }

    /// Keeps a form as it is, also half filled, unless by the time it is its turn the form is no more. See
    /// [`Autosave`] for doing so on every change. Room for it is made at the expense of the children only
    /// when somebody is writing: a later try must not throw away again what the school has just sent.
    ///
    /// # Errors
    /// It was not kept; what was kept before still is. Where the reason may pass, it is owed.
    pub(crate) async fn write_draft(
        self,
        key: &str,
        form: Owed,
        make_room: bool,
        wanted: &dyn Fn() -> bool,
    ) -> Result<(), LocalError> {
        let seat = self.seat()?;
        let _turn = writing(&seat).await;
        if !wanted() {
            return Ok(());
        }
        if let Err(why) = self.put_draft(&seat, key, &form.draft, make_room).await {
            // Never to whoever sits here by now.
            if why.may_pass() && self.seat().is_ok_and(|now| Rc::ptr_eq(&now, &seat)) {
                self.owed.update(|owed| drop(owed.insert(key.to_owned(), form)));
            }
            return Err(why);
        }
        let row = DraftRow { key: key.to_owned(), title: form.title, saved_at: form.saved_at };
        self.drafts.update(|rows| {
            rows.retain(|known| known.key != row.key);
            rows.insert(0, row);
        });
        self.owes_no_more(key);
        Ok(())
    }

    async fn put_draft(self, seat: &Seat, key: &str, draft: &str, make_room: bool) -> Result<(), LocalError> {
        match seat.write_draft(key, draft).await {
            Err(LocalError::Full) if make_room => self.make_room(seat).await?,
            Err(LocalError::Gone) => {
                let (replica, me) = (self.replica.get_untracked(), self.me.get_untracked());
                seat.restore(&replica, me.as_ref()).await?;
            }
            done => return done,
        }
        seat.write_draft(key, draft).await
    }

    fn owes_no_more(self, key: &str) {
        if self.owed.with_untracked(|owed| owed.contains_key(key)) {
            self.owed.update(|owed| drop(owed.remove(key)));
        }
    }

    /// A form as it last was: as it was kept, or as it waits to be.
    pub async fn draft<T: DeserializeOwned>(self, key: &str) -> Option<T> {
        // Also for its version in this window.
        let kept = self.seat().ok()?.draft(key).await;
        let owed = self.owed.with_untracked(|owed| owed.get(key).map(|form| form.draft.clone()));
        let kept = owed.or(kept.ok()?)?;
        let draft: DraftRead<'_> = serde_json::from_str(&kept).ok()?;
        serde_json::from_str(draft.form.get()).ok()
    }

    /// Throws a form away.
    ///
    /// # Errors
    /// It is still there.
    pub async fn discard_draft(self, key: &str) -> Result<(), LocalError> {
        let seat = self.seat()?;
        let _turn = writing(&seat).await;
        seat.remove_draft(key).await?;
        self.drafts.update(|rows| rows.retain(|row| row.key != key));
        self.owes_no_more(key);
        Ok(())
    }

    /// Keeps a small thing, sealed: the secret of a knock, the team of the evening.
    ///
    /// # Errors
    /// It was not kept.
    pub async fn remember<T: Serialize>(self, key: &str, value: &T) -> Result<(), LocalError> {
        let value = serde_json::to_string(value)?;
        self.seat()?.keep(key, &value).await
    }

    /// A small thing kept by `remember`.
    pub async fn recall<T: DeserializeOwned>(self, key: &str) -> Option<T> {
        let kept = self.seat().ok()?.kept(key).await.ok()??;
        serde_json::from_str(&kept).ok()
    }

    /// Sends and fetches now.
    pub fn sync_now(self) {
        driver::nudge(self);
    }

    /// How many houses and single entries wait on the phone: a visit to siblings is one. Tracked.
    pub fn unsent(self) -> usize {
        self.replica.with(Replica::waiting)
    }

    /// How many entries came back for their author to look at. Tracked.
    pub fn refused(self) -> usize {
        self.replica.with(|replica| replica.refused().count())
    }

    /// Where the work is, in words of place: 手机, 学校. Never 都送到了 while something is not.
    pub fn sync_words(self) -> String {
        let state = self.sync.get();
        let (unsent, refused) = (self.unsent(), self.refused());
        match state.contact {
            Contact::SignIn => say("state.sign_in").to_owned(),
            Contact::Sending if unsent > 0 => say("state.sending").to_owned(),
            _ if refused > 0 => say_with("state.some_refused", &[("n", &refused.to_string())]),
            _ if unsent > 0 => say_with("state.waiting", &[("n", &unsent.to_string())]),
            _ => match state.settled_at {
                Some(at) => say_with("state.all_stored", &[("at", &clock(at))]),
                None => say("state.nothing_waits").to_owned(),
            },
        }
    }
}

/// A turn among all tabs to write to a person's store.
async fn writing(seat: &Seat) -> Option<Turn> {
    Turn::take(&format!("qiaomen-write-{}", seat.user)).await
}

fn draft_row(key: &str, kept: &str) -> Option<DraftRow> {
    let draft: DraftRead<'_> = serde_json::from_str(kept).ok()?;
    Some(DraftRow { key: key.to_owned(), title: draft.title, saved_at: draft.saved_at })
}
